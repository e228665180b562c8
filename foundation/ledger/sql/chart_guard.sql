-- A subject is the same for ever. The system brings the base; a person adds what two approved (OP102).
CREATE OR REPLACE FUNCTION ledger_chart_guard() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'a subject stays as it is' USING ERRCODE = 'OP102';
  END IF;
  IF current_setting('app.scope', true) IS DISTINCT FROM '*' AND NOT EXISTS (
      SELECT FROM ledger_subjectrequest r
      WHERE r.approved AND r.decided_tx = pg_current_xact_id()::text::bigint
        AND (r.code, r.name, r.normal_side, r.kind, r.must_clear)
          = (NEW.code, NEW.name, NEW.normal_side, NEW.kind, NEW.must_clear)) THEN
    RAISE EXCEPTION 'two people add a subject' USING ERRCODE = 'OP102';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_chart_guard BEFORE INSERT OR UPDATE OR DELETE ON ledger_chartaccount
  FOR EACH ROW EXECUTE FUNCTION ledger_chart_guard();
ALTER TABLE ledger_chartaccount ENABLE ALWAYS TRIGGER ledger_chart_guard;
