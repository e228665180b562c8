-- At commit an entry has two legs or more and they are balanced in every currency.
CREATE OR REPLACE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_legs int;
  v_wrong bigint;
BEGIN
  SELECT coalesce(sum(c.legs), 0), count(*) FILTER (WHERE c.fen <> 0) INTO v_legs, v_wrong
  FROM (
    SELECT count(*) AS legs, sum(amount_fen) AS fen FROM ledger_posting
    WHERE entry_id = NEW.id AND business_date = NEW.business_date GROUP BY currency
  ) c;
  IF v_legs < 2 OR v_wrong > 0 THEN
    RAISE EXCEPTION 'the entry % is not balanced', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON ledger_entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced();
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_balanced;
