"""集中监控: every voucher matched to its journal line."""
