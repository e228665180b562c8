-- What came in after a freeze is held for it while it is in force; what was noted stays (OP090).
CREATE FUNCTION monitoring_freeze_inflow_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'what was held for a freeze stays as it was noted' USING ERRCODE = 'OP090';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM public.monitoring_freezerequest f
      JOIN public.ledger_hold h ON h.id = NEW.hold_id
      JOIN public.ledger_account a ON a.id = h.account_id
     WHERE f.id = NEW.freeze_id AND f.state IN ('placed', 'lifting') AND a.number = f.account
       AND f.institution_id = NEW.institution_id) THEN
    RAISE EXCEPTION 'this is no hold of an account that is frozen' USING ERRCODE = 'OP090';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER monitoring_freezeinflow_guard
    BEFORE INSERT OR UPDATE OR DELETE ON monitoring_freezeinflow
    FOR EACH ROW EXECUTE FUNCTION monitoring_freeze_inflow_guard();
ALTER TABLE monitoring_freezeinflow ENABLE ALWAYS TRIGGER monitoring_freezeinflow_guard;
