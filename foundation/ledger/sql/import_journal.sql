-- Take in the journal of a foreign core, or with p_dry only look: all of it or nothing. Answers
-- what is wrong by the line of the file; whatever is answered, no line was written. The lines of a
-- foreign core may be of a closed day: they are evidence for monitoring, they move no money.
CREATE FUNCTION ledger_import_journal(p_rows jsonb, p_dry boolean)
RETURNS TABLE (line int, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_scope text[] := string_to_array(nullif(current_setting('app.scope', true), ''), ',');
  v_day date;
BEGIN
  -- Nothing is taken in while a month that is leaving the books is counted.
  IF NOT p_dry THEN
    PERFORM pg_advisory_xact_lock_shared(4700, 3);
  END IF;
  CREATE TEMP TABLE pg_temp.ledger_incoming ON COMMIT DROP AS
  SELECT r.*, i.id AS institution_id
  FROM jsonb_to_recordset(p_rows) r(
    line int, institution text, business_date date, journal_no text, at timestamptz, teller text,
    trade_code text, account text, side text, amount_fen bigint, currency text,
    counter_account text, voucher_no text)
  LEFT JOIN people_institution i ON i.number = r.institution
    AND ('*' = ANY (v_scope) OR i.id::text = ANY (v_scope));
  RETURN QUERY SELECT n.line, 'institution' FROM pg_temp.ledger_incoming n
    WHERE n.institution_id IS NULL ORDER BY n.line;
  IF FOUND THEN
    DROP TABLE pg_temp.ledger_incoming;
    RETURN;
  END IF;
  RETURN QUERY SELECT n.line, 'archived' FROM pg_temp.ledger_incoming n
    WHERE n.business_date <= ledger_archived_until() ORDER BY n.line;
  IF FOUND THEN
    DROP TABLE pg_temp.ledger_incoming;
    RETURN;
  END IF;
  -- Whoever posts from now on looks for a free number; who has one already is waited for.
  IF NOT p_dry THEN
    INSERT INTO ledger_journalnumber AS k (institution_id, business_date, last_no, imported)
    SELECT DISTINCT n.institution_id, n.business_date, 0, true FROM pg_temp.ledger_incoming n
    ORDER BY 1, 2 ON CONFLICT (institution_id, business_date) DO UPDATE SET imported = true;
  END IF;
  RETURN QUERY SELECT n.line, 'taken' FROM pg_temp.ledger_incoming n
    WHERE EXISTS (SELECT FROM ledger_journalline j
      WHERE j.institution_id = n.institution_id AND j.business_date = n.business_date
        AND j.journal_no = n.journal_no
        AND j.id >= ledger_day_prefix(n.business_date) * 10000000000
        AND j.id < (ledger_day_prefix(n.business_date) + 1) * 10000000000)
    ORDER BY n.line;
  IF NOT FOUND AND NOT p_dry THEN
    FOR v_day IN SELECT DISTINCT n.business_date FROM pg_temp.ledger_incoming n LOOP
      PERFORM ledger_month(v_day);
    END LOOP;
    INSERT INTO ledger_journalline
      (id, institution_id, business_date, journal_no, at, teller, trade_code, account_number,
       side, amount_fen, currency, counter_account, voucher_no, source)
    SELECT ledger_day_prefix(n.business_date) * 10000000000 + nextval('ledger_entry_serial'),
      n.institution_id, n.business_date, n.journal_no, n.at, n.teller, n.trade_code, n.account,
      n.side, n.amount_fen, n.currency, n.counter_account, n.voucher_no, 'import'
    FROM pg_temp.ledger_incoming n ORDER BY n.line;
  END IF;
  DROP TABLE pg_temp.ledger_incoming;
END $$;
