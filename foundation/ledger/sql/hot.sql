-- Hot accounts: the one place where a balance is summed, and what two people say about shards.

-- The balance of an account: its own part and every shard's, used or not, as one snapshot sees them.
CREATE FUNCTION ledger_balance(p_account bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT a.balance_fen
    + coalesce((SELECT sum(s.balance_fen) FROM ledger_shard s WHERE s.account_id = a.id), 0)::bigint
  FROM ledger_account a WHERE a.id = p_account
$$;

-- The parts of an account with the number of postings in each; 0 is the account's own.
CREATE FUNCTION ledger_shards(p_account bigint)
RETURNS TABLE (shard smallint, seq bigint)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT 0::smallint, a.seq FROM ledger_account a WHERE a.id = p_account
  UNION ALL
  SELECT s.shard, s.seq FROM ledger_shard s WHERE s.account_id = p_account
$$;

-- Lock every shard of an account whose row the caller has locked, and answer the balance: nobody
-- posts to it until the transaction ends.
CREATE FUNCTION ledger_held_still(p_account bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT coalesce(ledger_in_scope(
      (SELECT a.institution_id FROM ledger_account a WHERE a.id = p_account)), false) THEN
    RETURN NULL;
  END IF;
  PERFORM FROM ledger_account a WHERE a.id = p_account FOR NO KEY UPDATE;
  PERFORM FROM ledger_shard s WHERE s.account_id = p_account ORDER BY s.shard FOR NO KEY UPDATE;
  RETURN ledger_balance(p_account);
END $$;

-- An account begins with nothing, with one balance, and with the side and the kind of its subject.
CREATE FUNCTION ledger_account_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT c.normal_side, c.kind INTO NEW.normal_side, NEW.kind
  FROM ledger_chartaccount c WHERE c.id = NEW.chart_id;
  IF NEW.balance_fen <> 0 OR NEW.held_fen <> 0 OR NEW.seq <> 0 OR NEW.shards <> 1
      OR NEW.spread THEN
    RAISE EXCEPTION 'an account begins with nothing'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_opened BEFORE INSERT ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_account_opened();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_opened;

-- An account that was ever spread may always be overdrawn: no part of it is a floor for the whole.
CREATE FUNCTION ledger_spread_has_no_floor() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM ledger_shard s WHERE s.account_id = NEW.id) THEN
    PERFORM ledger_refuse('ledger_account_shards', 'an account that was spread has no floor');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_spread_has_no_floor AFTER UPDATE OF overdraft_allowed ON ledger_account
  FOR EACH ROW WHEN (OLD.overdraft_allowed AND NOT NEW.overdraft_allowed)
  EXECUTE FUNCTION ledger_spread_has_no_floor();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_spread_has_no_floor;

-- A proposal begins undecided, is decided once, and by another human than the one who made it.
CREATE FUNCTION ledger_shardrequest_guard() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT s.person INTO NEW.asked_person FROM people_staff s WHERE s.id = NEW.asked_by_id;
    SELECT a.institution_id INTO NEW.institution_id
    FROM ledger_account a WHERE a.id = NEW.account_id;
    IF NEW.approved IS NOT NULL THEN
      PERFORM ledger_refuse('ledger_shard_request_fixed', 'a proposal begins undecided');
    END IF;
    RETURN NEW;
  END IF;
  SELECT s.person INTO NEW.decided_person FROM people_staff s WHERE s.id = NEW.decided_by_id;
  IF OLD.approved IS NOT NULL
      OR (to_jsonb(NEW) - '{decided_by_id,decided_person,decided_label,decided_at,approved}'::text[])
      IS DISTINCT FROM
      (to_jsonb(OLD) - '{decided_by_id,decided_person,decided_label,decided_at,approved}'::text[])
  THEN
    PERFORM ledger_refuse('ledger_shard_request_fixed', 'a proposal is decided once');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_shardrequest_guard BEFORE INSERT OR UPDATE ON ledger_shardrequest
  FOR EACH ROW EXECUTE FUNCTION ledger_shardrequest_guard();
ALTER TABLE ledger_shardrequest ENABLE ALWAYS TRIGGER ledger_shardrequest_guard;
SELECT ledger_keep('ledger_shardrequest', 'DELETE');

-- An approved proposal spreads its account.
CREATE FUNCTION ledger_shardrequest_done() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM ledger_spread(NEW.account_id, NEW.shards);
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_shardrequest_done AFTER UPDATE ON ledger_shardrequest
  FOR EACH ROW WHEN (NEW.approved AND OLD.approved IS NULL)
  EXECUTE FUNCTION ledger_shardrequest_done();
ALTER TABLE ledger_shardrequest ENABLE ALWAYS TRIGGER ledger_shardrequest_done;

DO $$
DECLARE v_role text;
BEGIN
  FOR v_role IN
    SELECT DISTINCT quote_ident(r.rolname)
    FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.oid = 'ledger_shardrequest'::regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE format('REVOKE ALL ON ledger_shardrequest FROM %s', v_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (decided_by_id, decided_person, decided_label,'
      ' decided_at, approved) ON ledger_shardrequest TO %s', v_role);
  END LOOP;
END $$;
