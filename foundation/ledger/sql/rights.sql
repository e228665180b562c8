-- The application reads the books and posts through `ledger_post`; it writes none of these tables
-- itself. Legs it reads where their accounts are in scope (`ledger_posting`); of a line it does not
-- see what it left on the accounts. Of an account it may change what is not counted. Taken from whoever the default rights
-- gave them to, so that no name of a role stands here.
DO $$
DECLARE
  v_table text;
  v_role text;
BEGIN
  FOR v_table, v_role IN
    SELECT DISTINCT c.relname, quote_ident(r.rolname)
    FROM pg_class c, aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner
      AND c.relname IN ('ledger_entry', 'ledger_posting', 'ledger_journalline', 'ledger_leg',
        'ledger_every_leg', 'ledger_line_leg',
        'ledger_postingkey', 'ledger_reversal', 'ledger_journalnumber', 'ledger_account',
        'ledger_businessday', 'ledger_hold', 'ledger_shard')
  LOOP
    EXECUTE format('REVOKE ALL ON %I FROM %s', v_table, v_role);
    CONTINUE WHEN v_table IN ('ledger_leg', 'ledger_every_leg', 'ledger_line_leg');
    IF v_table = 'ledger_journalline' THEN
      EXECUTE format('GRANT SELECT (id, institution_id, entry_id, amount_fen, at, reverses_id,'
        ' business_date, value_date, journal_no, teller, trade_code, account_number, side, currency,'
        ' counter_account, voucher_no, source, subject, key, note, tx) ON %I TO %s', v_table, v_role);
      CONTINUE;
    END IF;
    EXECUTE format('GRANT SELECT ON %I TO %s', v_table, v_role);
    CASE v_table
      WHEN 'ledger_account' THEN
        EXECUTE format('GRANT INSERT (institution_id, number, name, chart_id, normal_side, kind,'
          ' currency, state, overdraft_allowed, balance_fen, held_fen, seq, holder_person,'
          ' customer_number, opened_on, closed_on, shards, spread), UPDATE (name, state, held_fen, closed_on,'
          ' holder_person, customer_number) ON %I TO %s', v_table, v_role);
      WHEN 'ledger_hold', 'ledger_businessday' THEN
        EXECUTE format('GRANT INSERT, UPDATE ON %I TO %s', v_table, v_role);
      ELSE NULL;
    END CASE;
  END LOOP;
END $$;
