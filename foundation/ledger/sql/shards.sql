-- The shards of hot accounts: further balances of an account, so that postings to it do not wait
-- for one another. What never changes of the account is repeated here, so that one look is enough.
CREATE TABLE ledger_shard (
  account_id bigint NOT NULL REFERENCES ledger_account (id),
  shard smallint NOT NULL CHECK (shard BETWEEN 1 AND 64),
  shards smallint NOT NULL,
  used boolean NOT NULL,
  institution_id bigint NOT NULL,
  number varchar(19) NOT NULL,
  normal_side varchar(6) NOT NULL,
  currency varchar(3) NOT NULL,
  opened_on date NOT NULL,
  state varchar(12) NOT NULL,
  balance_fen bigint NOT NULL DEFAULT 0,
  seq bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, shard)
) WITH (fillfactor = 50);
CREATE INDEX ledger_shard_by_number ON ledger_shard (number);
