"""集中清算: exchanges, settlement, suspense."""
