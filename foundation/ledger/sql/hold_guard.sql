-- A hold only becomes less, ends once, and keeps what it was placed for; a judicial one changes only
-- with a request borne by two humans for each change, or by its expiry.
CREATE FUNCTION ledger_hold_guard() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state <> 'held' OR NEW.amount_fen > OLD.amount_fen
      OR NEW.expires_on < OLD.expires_on OR (OLD.expires_on IS NULL AND NEW.expires_on IS NOT NULL)
      OR (NEW.account_id, NEW.placed_fen, NEW.judicial, NEW.document_no, NEW.reason, NEW.placed_at,
          NEW.placed_by, NEW.institution_id, NEW.subject)
      IS DISTINCT FROM (OLD.account_id, OLD.placed_fen, OLD.judicial, OLD.document_no, OLD.reason,
          OLD.placed_at, OLD.placed_by, OLD.institution_id, OLD.subject) THEN
    PERFORM ledger_refuse('ledger_hold_fixed', 'a hold only becomes less, and ends once');
  END IF;
  IF NEW.changes <> OLD.changes + 1 THEN
    PERFORM ledger_refuse('ledger_hold_counted', 'each change of a hold is counted');
  END IF;
  IF NEW.state = 'expired' THEN
    IF NEW.expires_on IS NULL
        OR (NEW.expires_on > (NEW.released_at AT TIME ZONE 'Asia/Shanghai')::date
        AND NOT EXISTS (SELECT FROM ledger_businessday d
          WHERE d.institution_id = NEW.institution_id AND d.date >= NEW.expires_on)) THEN
      PERFORM ledger_refuse('ledger_hold_expired', 'a hold expires on its day');
    END IF;
  ELSIF NEW.judicial AND (SELECT count(*) FROM ledger_holdrequest r
      WHERE r.hold_id = NEW.id AND r.approved) < NEW.changes THEN
    PERFORM ledger_refuse('ledger_judicial_by_two', 'two people change a judicial hold');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_hold_guard BEFORE UPDATE OR DELETE ON ledger_hold
  FOR EACH ROW EXECUTE FUNCTION ledger_hold_guard();
ALTER TABLE ledger_hold ENABLE ALWAYS TRIGGER ledger_hold_guard;

CREATE FUNCTION ledger_holdrequest_guard() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT s.person INTO NEW.asked_person FROM people_staff s WHERE s.id = NEW.asked_by_id;
    SELECT h.institution_id INTO NEW.institution_id FROM ledger_hold h WHERE h.id = NEW.hold_id;
    IF NEW.approved IS NOT NULL THEN
      PERFORM ledger_refuse('ledger_hold_request_fixed', 'a request begins undecided');
    END IF;
    RETURN NEW;
  END IF;
  SELECT s.person INTO NEW.decided_person FROM people_staff s WHERE s.id = NEW.decided_by_id;
  IF OLD.approved IS NOT NULL
      OR (to_jsonb(NEW) - '{decided_by_id,decided_person,decided_label,decided_at,approved}'::text[])
      IS DISTINCT FROM
      (to_jsonb(OLD) - '{decided_by_id,decided_person,decided_label,decided_at,approved}'::text[])
  THEN
    PERFORM ledger_refuse('ledger_hold_request_fixed', 'a request is decided once');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_holdrequest_guard BEFORE INSERT OR UPDATE ON ledger_holdrequest
  FOR EACH ROW EXECUTE FUNCTION ledger_holdrequest_guard();
ALTER TABLE ledger_holdrequest ENABLE ALWAYS TRIGGER ledger_holdrequest_guard;
SELECT ledger_keep('ledger_holdrequest', 'DELETE');

DO $$
DECLARE v_role text;
BEGIN
  FOR v_role IN
    SELECT DISTINCT quote_ident(r.rolname)
    FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.oid = 'ledger_holdrequest'::regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE format('REVOKE ALL ON ledger_holdrequest FROM %s', v_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (decided_by_id, decided_person, decided_label,'
      ' decided_at, approved) ON ledger_holdrequest TO %s', v_role);
  END LOOP;
END $$;
