-- An account begins with nothing and with the side and the kind of its subject.
CREATE OR REPLACE FUNCTION ledger_account_opened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT c.normal_side, c.kind INTO NEW.normal_side, NEW.kind
  FROM ledger_chartaccount c WHERE c.id = NEW.chart_id;
  IF NEW.balance_fen <> 0 OR NEW.held_fen <> 0 OR NEW.seq <> 0 THEN
    RAISE EXCEPTION 'an account begins with nothing'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ledger_account_opened BEFORE INSERT ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_account_opened();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_opened;
