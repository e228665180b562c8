-- The journal and the legs: two tables partitioned by month, and what is read of them.
--
-- One row of the journal is one line of the journal, the entry that it tells of and, of an entry of
-- two legs on two accounts, both legs: they have one amount and one currency, so that they cannot
-- but balance. Legs of all other entries are rows of ledger_leg. Ids begin with the date (yymmdd and
-- ten digits), so that a range of ids is a range of days and the id alone may be the key that other
-- tables refer to. Partitions live in a schema of their own, to which the application has no way
-- except through these tables and their policies.
CREATE SCHEMA ledger_parts;

CREATE SEQUENCE ledger_entry_serial MAXVALUE 9999999999 CYCLE CACHE 32;
CREATE SEQUENCE ledger_account_serial;

CREATE TABLE ledger_journalline (
  id bigint NOT NULL PRIMARY KEY,
  institution_id bigint NOT NULL,
  entry_id bigint,
  amount_fen bigint NOT NULL,
  at timestamptz NOT NULL,
  tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  first_account_id bigint,
  first_seq bigint,
  first_home bigint,
  first_after bigint,
  second_account_id bigint,
  second_seq bigint,
  second_home bigint,
  second_after bigint,
  reverses_id bigint,
  business_date date NOT NULL,
  value_date date,
  first_shard smallint,
  second_shard smallint,
  journal_no varchar(20) NOT NULL,
  teller varchar(12) NOT NULL,
  trade_code varchar(8) NOT NULL,
  account_number varchar(32) NOT NULL,
  side varchar(6) NOT NULL,
  currency varchar(3) NOT NULL,
  counter_account varchar(32) NOT NULL DEFAULT '',
  voucher_no varchar(20) NOT NULL DEFAULT '',
  source varchar(6) NOT NULL,
  subject varchar(80) NOT NULL DEFAULT '',
  key varchar(80) NOT NULL DEFAULT '',
  note varchar(200) NOT NULL DEFAULT ''
) PARTITION BY RANGE (id);
CREATE INDEX ledger_line_by_first ON ledger_journalline (first_account_id, first_shard, first_seq);
CREATE INDEX ledger_line_by_second
  ON ledger_journalline (second_account_id, second_shard, second_seq);
CREATE INDEX ledger_line_by_account ON ledger_journalline (account_number, id);
CREATE INDEX ledger_line_by_outlet ON ledger_journalline (institution_id, id);
-- What the journal is searched by. Single columns: equal values share one entry of the index. By
-- its number a line is found through the index that keeps the number once (`ledger_month`).
CREATE INDEX ledger_line_by_teller ON ledger_journalline (teller);
CREATE INDEX ledger_line_by_trade ON ledger_journalline (trade_code);
CREATE INDEX ledger_line_by_amount ON ledger_journalline (amount_fen);
CREATE INDEX ledger_line_by_counter ON ledger_journalline (counter_account)
  WHERE counter_account <> '';
CREATE INDEX ledger_line_by_voucher ON ledger_journalline (voucher_no) WHERE voucher_no <> '';
CREATE INDEX ledger_line_by_item ON ledger_journalline (subject) WHERE subject <> '';

CREATE TABLE ledger_leg (
  account_id bigint NOT NULL,
  seq bigint NOT NULL,
  entry_id bigint NOT NULL,
  institution_id bigint NOT NULL,
  amount_fen bigint NOT NULL,
  balance_after bigint NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  business_date date NOT NULL,
  shard smallint NOT NULL DEFAULT 0,
  line smallint NOT NULL,
  currency varchar(3) NOT NULL,
  PRIMARY KEY (account_id, shard, seq, business_date)
) PARTITION BY RANGE (business_date);
CREATE INDEX ledger_leg_by_entry ON ledger_leg (entry_id, line);

-- Every leg, however its entry is written; for the functions of the books, which see everything.
-- A date prunes the journal only through the ids: those who ask for dates ask for entry_id as well.
CREATE VIEW ledger_every_leg AS
  SELECT j.first_account_id AS account_id, j.first_seq AS seq, j.first_shard AS shard,
    j.business_date, j.id AS entry_id, 1::smallint AS line, j.first_home AS institution_id,
    j.currency, CASE j.side WHEN 'debit' THEN j.amount_fen ELSE -j.amount_fen END AS amount_fen,
    j.first_after AS balance_after, j.made_at
  FROM ledger_journalline j WHERE j.first_account_id IS NOT NULL
  UNION ALL
  SELECT j.second_account_id, j.second_seq, j.second_shard, j.business_date, j.id, 2::smallint,
    j.second_home, j.currency, CASE j.side WHEN 'debit' THEN -j.amount_fen ELSE j.amount_fen END,
    j.second_after, j.made_at
  FROM ledger_journalline j WHERE j.second_account_id IS NOT NULL
  UNION ALL
  SELECT l.account_id, l.seq, l.shard, l.business_date, l.entry_id, l.line, l.institution_id,
    l.currency, l.amount_fen, l.balance_after, l.made_at
  FROM ledger_leg l;

-- The legs of each line, found from the line: for what is asked by the day of an institution.
CREATE VIEW ledger_line_leg AS
  SELECT j.institution_id AS poster_id, j.id AS entry_id, j.business_date, j.journal_no, l.*
  FROM ledger_journalline j CROSS JOIN LATERAL (
    SELECT 1::smallint AS line, j.first_account_id AS account_id, j.first_shard AS shard,
      j.first_seq AS seq, j.first_home AS institution_id, j.currency,
      CASE j.side WHEN 'debit' THEN j.amount_fen ELSE -j.amount_fen END AS amount_fen,
      j.first_after AS balance_after
    WHERE j.first_account_id IS NOT NULL
    UNION ALL
    SELECT 2::smallint, j.second_account_id, j.second_shard, j.second_seq, j.second_home,
      j.currency, CASE j.side WHEN 'debit' THEN -j.amount_fen ELSE j.amount_fen END,
      j.second_after
    WHERE j.second_account_id IS NOT NULL
    UNION ALL
    SELECT p.line, p.account_id, p.shard, p.seq, p.institution_id, p.currency, p.amount_fen,
      p.balance_after
    FROM ledger_leg p
    WHERE p.entry_id = j.id AND p.business_date = j.business_date AND j.first_account_id IS NULL
  ) l WHERE j.source = 'own';

-- The entries, seen by whoever sees their line.
CREATE VIEW ledger_entry WITH (security_invoker = true) AS
  SELECT id, institution_id, business_date, at AS posted_at, journal_no, key, trade_code, teller,
    subject, note, reverses_id, value_date, tx
  FROM ledger_journalline WHERE source = 'own';

-- The legs on accounts in scope: an account's home sees its legs, whoever posted them.
CREATE VIEW ledger_posting WITH (security_barrier = true) AS
  SELECT * FROM ledger_every_leg l
  WHERE l.institution_id IN (SELECT unnest(
      string_to_array(nullif(nullif(current_setting('app.scope', true), ''), '*'), ',')::bigint[]))
    OR (SELECT current_setting('app.scope', true)) = '*';
