-- An account of the bank itself is opened, and the state of any account is changed, in the
-- transaction that approved it, by two (OP103); the system may by itself. A customer's account is
-- opened by the item that was decided about it. No posting sets this off.
CREATE OR REPLACE FUNCTION ledger_account_by_two() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF current_setting('app.scope', true) = '*' THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN
    PERFORM FROM ledger_accountrequest r
    WHERE r.number = NEW.number AND r.step = 'open' AND r.approved
      AND r.decided_tx = pg_current_xact_id()::text::bigint
      AND (r.institution_id, r.chart_id, r.name, r.currency, r.overdraft_allowed)
        = (NEW.institution_id, NEW.chart_id, NEW.name, NEW.currency, NEW.overdraft_allowed);
  ELSE
    PERFORM FROM ledger_accountrequest r
    WHERE r.number = NEW.number AND r.institution_id = NEW.institution_id AND r.approved
      AND r.decided_tx = pg_current_xact_id()::text::bigint
      AND (r.step, OLD.state, NEW.state) IN (('stop', 'active', 'stop_payment'),
        ('allow', 'stop_payment', 'active'), ('freeze', 'active', 'frozen'),
        ('freeze', 'stop_payment', 'frozen'), ('unfreeze', 'frozen', 'active'),
        ('close', 'active', 'closed'));
  END IF;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'two people open an own account and change the state of an account'
      USING ERRCODE = 'OP103';
  END IF;
  RETURN NULL;
END $$;
-- After the change, as ledger_account_sound is.
CREATE TRIGGER ledger_account_by_two AFTER INSERT ON ledger_account
  FOR EACH ROW WHEN (NEW.kind = 'internal') EXECUTE FUNCTION ledger_account_by_two();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_by_two;
CREATE TRIGGER ledger_account_state_by_two AFTER UPDATE OF state ON ledger_account
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
  EXECUTE FUNCTION ledger_account_by_two();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_state_by_two;
