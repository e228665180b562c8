-- Seals and turnover are written by ledger_seal_day alone; signatures and what is carried are
-- added, a reopening is added and decided.
DO $$
DECLARE
  v_table text;
  v_role text;
BEGIN
  FOR v_table, v_role IN
    SELECT DISTINCT c.relname, quote_ident(r.rolname)
    FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner
      AND c.relname IN ('ledger_dayclosing', 'ledger_turnover', 'ledger_daysignature',
        'ledger_daycarry', 'ledger_reopening')
  LOOP
    EXECUTE format('REVOKE ALL ON %I FROM %s', v_table, v_role);
    EXECUTE format('GRANT SELECT ON %I TO %s', v_table, v_role);
    IF v_table IN ('ledger_daysignature', 'ledger_daycarry', 'ledger_reopening') THEN
      EXECUTE format('GRANT INSERT ON %I TO %s', v_table, v_role);
    END IF;
    IF v_table = 'ledger_reopening' THEN
      EXECUTE format('GRANT UPDATE (decided_by_id, decided_person, decided_label, decided_at,'
        ' approved) ON %I TO %s', v_table, v_role);
    END IF;
  END LOOP;
END $$;
