DROP TABLE ledger_journalline, ledger_posting, ledger_entry;
DROP SEQUENCE ledger_account_serial, ledger_line_serial, ledger_entry_serial;
DROP SCHEMA ledger_parts;
