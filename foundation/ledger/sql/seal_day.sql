-- Write the turnover of a day that is closing, and its seal. Nobody posts into the day any more:
-- whoever was posting held a share of the day's row, which is locked here whole.
CREATE FUNCTION ledger_seal_day(p_day bigint, p_at timestamptz, p_by text, p_carried jsonb)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_scope text[] := string_to_array(nullif(current_setting('app.scope', true), ''), ',');
  v_day ledger_businessday%ROWTYPE;
  v_low bigint;
  c ledger_dayclosing%ROWTYPE;
BEGIN
  SELECT * INTO v_day FROM ledger_businessday d WHERE d.id = p_day
    AND ('*' = ANY (v_scope) OR d.institution_id::text = ANY (v_scope)) FOR UPDATE;
  IF v_day.state IS DISTINCT FROM 'closing' THEN
    RAISE EXCEPTION 'only a day that is closing is sealed'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_day_flow';
  END IF;
  v_low := ledger_day_prefix(v_day.date) * 10000000000;
  c.id := nextval(pg_get_serial_sequence('ledger_dayclosing', 'id'));
  c.day_id := p_day;
  c.institution_id := v_day.institution_id;
  c.business_date := v_day.date;
  SELECT 1 + count(*) INTO c.round FROM ledger_dayclosing o WHERE o.day_id = p_day;
  SELECT o.seq + 1, o.digest INTO c.seq, c.former FROM ledger_dayclosing o
  WHERE o.institution_id = v_day.institution_id ORDER BY o.seq DESC LIMIT 1;
  c.seq := coalesce(c.seq, 1);
  c.former := coalesce(c.former, repeat('0', 64));
  SELECT t.entries, t.legs, t.last_no, t.content INTO c.entries, c.legs, c.last_no, c.content
  FROM ledger_day_content(v_day.institution_id, v_day.date, NULL) t;
  c.carried := p_carried;
  c.sealed_at := p_at;
  c.sealed_by := p_by;
  SELECT coalesce(jsonb_object_agg(f.currency, f.words), '{}') INTO c.figures
  FROM (
    SELECT p.currency, jsonb_build_object('legs', count(*),
        'debit', coalesce(sum(p.amount_fen) FILTER (WHERE p.amount_fen > 0), 0),
        'credit', coalesce(-sum(p.amount_fen) FILTER (WHERE p.amount_fen < 0), 0)) AS words
    FROM ledger_line_leg p
    WHERE p.poster_id = v_day.institution_id
      AND p.entry_id >= v_low AND p.entry_id < v_low + 10000000000
    GROUP BY p.currency
  ) f;
  IF EXISTS (SELECT FROM jsonb_each(c.figures) f
             WHERE f.value->'debit' IS DISTINCT FROM f.value->'credit') THEN
    RAISE EXCEPTION 'debits and credits of the day differ'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  c.digest := ledger_seal_digest(c);
  INSERT INTO ledger_dayclosing SELECT c.*;
  INSERT INTO ledger_turnover
    (closing_id, account_id, poster_id, institution_id, business_date, currency, legs, debit_fen,
     credit_fen)
  SELECT c.id, p.account_id, v_day.institution_id, p.institution_id, v_day.date, p.currency,
    count(*), coalesce(sum(p.amount_fen) FILTER (WHERE p.amount_fen > 0), 0),
    coalesce(-sum(p.amount_fen) FILTER (WHERE p.amount_fen < 0), 0)
  FROM ledger_line_leg p
  WHERE p.poster_id = v_day.institution_id
    AND p.entry_id >= v_low AND p.entry_id < v_low + 10000000000
  GROUP BY p.account_id, p.institution_id, p.currency;
  RETURN c.id;
END $$;
