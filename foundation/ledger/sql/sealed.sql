-- A leg is added only in the transaction of its entry: a balanced pair cannot be slipped into an
-- old entry. Once a statement, over all the legs that it adds.
CREATE OR REPLACE FUNCTION ledger_sealed() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM added a LEFT JOIN ledger_entry e ON e.id = a.entry_id
    WHERE e.tx IS DISTINCT FROM pg_current_xact_id()
  ) THEN
    RAISE EXCEPTION 'a leg is added only with its entry'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_sealed AFTER INSERT ON ledger_posting
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_sealed();
ALTER TABLE ledger_posting ENABLE ALWAYS TRIGGER ledger_sealed;
