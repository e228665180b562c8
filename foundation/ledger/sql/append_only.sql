-- What is posted stays: no row of these tables is changed or removed, by anyone, not even in a
-- session that replays a replica's changes.
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

DO $$
DECLARE v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY[
    'ledger_journalline', 'ledger_leg', 'ledger_postingkey', 'ledger_reversal'
  ] LOOP
    EXECUTE format('CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON %I'
      ' FOR EACH ROW EXECUTE FUNCTION ledger_append_only()', v_table);
    EXECUTE format('CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON %I'
      ' FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER ledger_append_only', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER ledger_no_truncate', v_table);
    EXECUTE format('COMMENT ON TABLE %I IS ''append-only''', v_table);
  END LOOP;
END $$;
