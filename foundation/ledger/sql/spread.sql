-- Spread an account over so many shards; with 1 they are one balance again, the first shard: once
-- spread, its row is not posted to any more. The balance stays where
-- it is: the account's is the sum of its row and of all its shards, used or not. It waits for
-- whoever is posting to the row or to a shard. The application has no right to call it: an approved
-- proposal does (hot.sql).
CREATE FUNCTION ledger_spread(p_account bigint, p_shards smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_scope text := current_setting('app.scope', true);
  v_home bigint;
BEGIN
  SELECT institution_id INTO v_home FROM ledger_account WHERE id = p_account FOR NO KEY UPDATE;
  IF NOT FOUND OR v_scope IS DISTINCT FROM '*'
     AND NOT coalesce(v_home::text = ANY (string_to_array(v_scope, ',')), false) THEN
    RAISE EXCEPTION 'no such account' USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE ledger_account SET shards = p_shards, spread = spread OR p_shards > 1
  WHERE id = p_account;
  INSERT INTO ledger_shard (account_id, shard, shards, used, institution_id, number, normal_side,
    currency, opened_on, state)
  SELECT a.id, n, p_shards, true, a.institution_id, a.number, a.normal_side, a.currency,
    a.opened_on, a.state
  FROM ledger_account a, generate_series(1, p_shards) n
  WHERE a.id = p_account AND a.spread ON CONFLICT DO NOTHING;
  UPDATE ledger_shard SET shards = p_shards, used = shard <= p_shards
  WHERE account_id = p_account;
END $$;

-- Nobody but the owner calls it by himself.
REVOKE EXECUTE ON FUNCTION ledger_spread(bigint, smallint) FROM PUBLIC;

-- The shards follow the state of their account, and an account is closed only when it and all its
-- shards come to nothing.
CREATE FUNCTION ledger_shards_follow() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE ledger_shard SET state = NEW.state WHERE account_id = NEW.id;
  IF NEW.state = 'closed' AND (NEW.held_fen <> 0 OR NEW.closed_on IS NULL
      OR ledger_balance(NEW.id) <> 0) THEN
    RAISE EXCEPTION 'a closed account is empty' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'ledger_closed_account_empty';
  END IF;
  RETURN NULL;
END $$;
