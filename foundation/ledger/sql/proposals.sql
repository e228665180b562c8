-- What two humans decide about the books. A proposal begins undecided and is decided once (OP100),
-- by another human than the one who made it (OP101); who they are and in which transaction it was
-- decided is looked up here.
CREATE OR REPLACE FUNCTION ledger_proposal_guard() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_decided CONSTANT text[] :=
    '{decided_by_id,decided_person,decided_label,decided_at,decided_tx,approved}';
BEGIN
  NEW.decided_tx := NULL;
  IF TG_OP = 'INSERT' THEN
    SELECT s.person INTO NEW.asked_person FROM people_staff s WHERE s.id = NEW.asked_by_id;
    IF NEW.approved IS NOT NULL THEN
      RAISE EXCEPTION 'a proposal begins undecided' USING ERRCODE = 'OP100';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.approved IS NOT NULL
      OR to_jsonb(NEW) - v_decided IS DISTINCT FROM to_jsonb(OLD) - v_decided THEN
    RAISE EXCEPTION 'a proposal is decided once' USING ERRCODE = 'OP100';
  END IF;
  SELECT s.person INTO NEW.decided_person FROM people_staff s WHERE s.id = NEW.decided_by_id;
  IF NEW.decided_person = NEW.asked_person THEN
    RAISE EXCEPTION 'who proposes does not decide' USING ERRCODE = 'OP101';
  END IF;
  NEW.decided_tx := pg_current_xact_id()::text::bigint;
  RETURN NEW;
END $$;

-- Put a table of proposals under the guard; whoever may use it proposes and decides, no more.
CREATE OR REPLACE FUNCTION ledger_propose(p_table regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_role text;
BEGIN
  EXECUTE format('CREATE TRIGGER ledger_proposal_guard BEFORE INSERT OR UPDATE ON %s'
    ' FOR EACH ROW EXECUTE FUNCTION ledger_proposal_guard()', p_table);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER ledger_proposal_guard', p_table);
  PERFORM ledger_keep(p_table, 'DELETE');
  FOR v_role IN
    SELECT DISTINCT quote_ident(r.rolname)
    FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.oid = p_table AND a.grantee <> c.relowner
  LOOP
    EXECUTE format('REVOKE ALL ON %s FROM %s', p_table, v_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (decided_by_id, decided_person, decided_label,'
      ' decided_at, approved) ON %s TO %s', p_table, v_role);
  END LOOP;
END $$;
