-- Entries, postings and journal lines: three tables partitioned by month of the business date.
-- Ids begin with the date (yymmdd and ten digits), so that a range of ids is a range of days and
-- the id alone may be the key that other tables refer to. Partitions live in a schema of their
-- own, to which the application has no way except through these tables and their policies.
CREATE SCHEMA ledger_parts;

CREATE SEQUENCE ledger_entry_serial MAXVALUE 9999999999 CYCLE CACHE 32;
CREATE SEQUENCE ledger_line_serial MAXVALUE 9999999999 CYCLE CACHE 32;
CREATE SEQUENCE ledger_account_serial;

CREATE TABLE ledger_entry (
  id bigint NOT NULL PRIMARY KEY,
  institution_id bigint NOT NULL,
  business_date date NOT NULL,
  posted_at timestamptz NOT NULL,
  journal_no varchar(20) NOT NULL,
  key varchar(80) NOT NULL,
  trade_code varchar(8) NOT NULL,
  teller varchar(12) NOT NULL,
  subject varchar(80) NOT NULL DEFAULT '',
  note varchar(200) NOT NULL DEFAULT '',
  reverses_id bigint,
  tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT ledger_entry_id_says_day CHECK (id / 10000000000 = ledger_day_prefix(business_date))
) PARTITION BY RANGE (id);
CREATE INDEX ledger_entry_by_subject ON ledger_entry (subject) WHERE subject <> '';

CREATE TABLE ledger_posting (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  shard smallint NOT NULL DEFAULT 0,
  business_date date NOT NULL,
  entry_id bigint NOT NULL,
  line smallint NOT NULL,
  institution_id bigint NOT NULL,
  currency varchar(3) NOT NULL,
  amount_fen bigint NOT NULL,
  balance_after bigint NOT NULL,
  PRIMARY KEY (account_id, seq, shard, business_date),
  CONSTRAINT ledger_posting_not_nothing CHECK (amount_fen <> 0),
  CONSTRAINT ledger_posting_day_of_entry
    CHECK (entry_id / 10000000000 = ledger_day_prefix(business_date))
) PARTITION BY RANGE (business_date);
CREATE INDEX ledger_posting_by_entry ON ledger_posting (entry_id, line);

CREATE TABLE ledger_journalline (
  id bigint NOT NULL PRIMARY KEY,
  institution_id bigint NOT NULL,
  business_date date NOT NULL,
  journal_no varchar(20) NOT NULL,
  at timestamptz NOT NULL,
  teller varchar(12) NOT NULL,
  trade_code varchar(8) NOT NULL,
  account_number varchar(32) NOT NULL,
  side varchar(6) NOT NULL,
  amount_fen bigint NOT NULL,
  currency varchar(3) NOT NULL,
  counter_account varchar(32) NOT NULL DEFAULT '',
  voucher_no varchar(20) NOT NULL DEFAULT '',
  source varchar(6) NOT NULL,
  subject varchar(80) NOT NULL DEFAULT '',
  entry_id bigint,
  CONSTRAINT ledger_line_id_says_day CHECK (id / 10000000000 = ledger_day_prefix(business_date)),
  CONSTRAINT ledger_line_side_known CHECK (side IN ('debit', 'credit')),
  CONSTRAINT ledger_line_positive CHECK (amount_fen > 0),
  CONSTRAINT ledger_line_source CHECK (
    (source = 'own' AND entry_id IS NOT NULL) OR (source = 'import' AND entry_id IS NULL)
  )
) PARTITION BY RANGE (id);
CREATE INDEX ledger_line_by_account ON ledger_journalline (account_number, id);
CREATE INDEX ledger_line_by_entry ON ledger_journalline (entry_id);
CREATE INDEX ledger_line_by_outlet ON ledger_journalline (institution_id, id);
