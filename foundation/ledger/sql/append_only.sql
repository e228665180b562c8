-- What is posted stays: no row of these tables is changed or removed, by anyone, not even in a
-- session that replays a replica's changes.
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Refuse these events on a table, and TRUNCATE; safe to repeat.
CREATE FUNCTION ledger_keep(p_table regclass, p_events text DEFAULT 'UPDATE OR DELETE')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_append_only BEFORE %s ON %s'
    ' FOR EACH ROW EXECUTE FUNCTION public.ledger_append_only()', p_events, p_table);
  EXECUTE format('CREATE OR REPLACE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON %s'
    ' FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only()', p_table);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER ledger_append_only', p_table);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER ledger_no_truncate', p_table);
  EXECUTE format('COMMENT ON TABLE %s IS %L', p_table, p_events || ' refused');
END $$;

-- Whoever has any right to a table may from now on read it, and no more. Taken from whoever the
-- default rights gave them to, so that no name of a role stands here.
CREATE FUNCTION ledger_only_read(p_table regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_role text;
BEGIN
  FOR v_role IN
    SELECT DISTINCT quote_ident(r.rolname)
    FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.oid = p_table AND a.grantee <> c.relowner
  LOOP
    EXECUTE format('REVOKE ALL ON %s FROM %s', p_table, v_role);
    EXECUTE format('GRANT SELECT ON %s TO %s', p_table, v_role);
  END LOOP;
END $$;

SELECT ledger_keep(t) FROM unnest(ARRAY[
  'ledger_journalline', 'ledger_leg', 'ledger_postingkey', 'ledger_reversal']::regclass[]) t;
