-- Post one entry in one round trip: every check, the balances, the legs, the journal line.
--
-- A refusal is answered as its code with the words for its text, before anything is written, so
-- the caller's transaction stays usable; what the checks cannot foresee, the constraints raise.
-- Order of locks: business day (shared), accounts by id, journal number. The key is looked up
-- after the accounts are locked: a retry waits for the first try and then finds it.
-- It runs as the owner over every institution, because a payee may be at another outlet; for whom
-- it posts is checked against the caller's own scope.
CREATE OR REPLACE FUNCTION ledger_post(
  p_institution bigint, p_key text, p_hash bytea, p_date date, p_at timestamptz,
  p_accounts text[], p_amounts bigint[], p_trade text, p_teller text, p_voucher text,
  p_counter text, p_subject text, p_note text, p_reverses bigint, p_dry boolean,
  OUT entry bigint, OUT line bigint, OUT journal text, OUT replayed boolean,
  OUT refusal text, OUT detail text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_scope text := current_setting('app.scope', true);
  n int := coalesce(cardinality(p_accounts), 0);
  r record;
  i int;
  v_day text;
  v_legs int := 0;
  v_balance bigint;
  v_seq bigint;
  v_ids bigint[] := '{}';
  v_new bigint[] := '{}';
  v_seqs bigint[] := '{}';
  v_leg_account bigint[] := array_fill(NULL::bigint, ARRAY[n]);
  v_leg_seq bigint[] := v_leg_account;
  v_leg_after bigint[] := v_leg_account;
  v_leg_home bigint[] := v_leg_account;
  v_leg_currency text[] := array_fill(NULL::text, ARRAY[n]);
  v_no bigint;
  v_key record;
BEGIN
  replayed := false;
  IF v_scope IS DISTINCT FROM '*'
     AND NOT coalesce(p_institution::text = ANY (string_to_array(v_scope, ',')), false) THEN
    refusal := 'E4014'; detail := ''; RETURN;
  END IF;
  IF n NOT BETWEEN 2 AND 200 OR n IS DISTINCT FROM cardinality(p_amounts)
     OR 0 = ANY (p_amounts) OR array_position(p_amounts, NULL) IS NOT NULL THEN
    refusal := 'E4013'; detail := ''; RETURN;
  END IF;

  SELECT state INTO v_day FROM ledger_businessday
  WHERE institution_id = p_institution AND date = p_date FOR SHARE;
  IF v_day IS NULL THEN
    refusal := 'E4002'; detail := p_date;
  ELSIF v_day <> 'open' THEN
    refusal := 'E4003'; detail := p_date;
  END IF;

  FOR r IN
    SELECT a.id, a.number, a.currency, a.state, a.normal_side, a.balance_fen, a.held_fen,
           a.overdraft_allowed, a.seq, a.institution_id
    FROM ledger_account a WHERE a.number = ANY (p_accounts) ORDER BY a.id FOR NO KEY UPDATE
  LOOP
    v_balance := r.balance_fen;
    v_seq := r.seq;
    FOR i IN 1..n LOOP
      IF p_accounts[i] = r.number THEN
        v_balance := v_balance
          + CASE r.normal_side WHEN 'debit' THEN p_amounts[i] ELSE -p_amounts[i] END;
        v_seq := v_seq + 1;
        v_legs := v_legs + 1;
        v_leg_account[i] := r.id;
        v_leg_seq[i] := v_seq;
        v_leg_after[i] := v_balance;
        v_leg_home[i] := r.institution_id;
        v_leg_currency[i] := r.currency;
      END IF;
    END LOOP;
    v_ids := v_ids || r.id;
    v_new := v_new || v_balance;
    v_seqs := v_seqs || v_seq;
    IF refusal IS NULL THEN
      refusal := CASE
        WHEN r.state = 'closed' THEN 'E4006'
        WHEN r.state = 'frozen' THEN 'E4007'
        WHEN r.state = 'stop_payment' AND v_balance < r.balance_fen THEN 'E4008'
        WHEN v_balance < r.balance_fen AND v_balance < r.held_fen
          AND NOT r.overdraft_allowed THEN 'E4009'
      END;
      detail := CASE WHEN refusal IS NOT NULL THEN r.number END;
    END IF;
  END LOOP;

  SELECT k.entry_id, k.request_hash, k.business_date INTO v_key FROM ledger_postingkey k
  WHERE k.institution_id = p_institution AND k.key = p_key;
  IF FOUND THEN
    SELECT * INTO entry, line, journal, replayed, refusal, detail
    FROM ledger_replay(v_key.entry_id, v_key.request_hash, p_hash);
    RETURN;
  END IF;

  IF p_reverses IS NOT NULL AND EXISTS (SELECT FROM ledger_reversal WHERE original = p_reverses) THEN
    refusal := 'E4010'; detail := p_reverses;
  END IF;
  IF v_legs < n AND coalesce(refusal, '') NOT IN ('E4002', 'E4003', 'E4010') THEN
    refusal := 'E4004'; detail := p_accounts[array_position(v_leg_account, NULL)];
  END IF;
  IF refusal IS NULL THEN
    SELECT u.currency, sum(u.fen) INTO r FROM unnest(v_leg_currency, p_amounts) u(currency, fen)
    GROUP BY u.currency HAVING sum(u.fen) <> 0 LIMIT 1;
    IF FOUND THEN
      refusal := 'E4005'; detail := r.currency || ' ' || r.sum;
    END IF;
  END IF;
  IF refusal IS NOT NULL OR p_dry THEN
    RETURN;
  END IF;

  entry := ledger_day_prefix(p_date) * 10000000000 + nextval('ledger_entry_serial');
  INSERT INTO ledger_postingkey (institution_id, key, request_hash, entry_id, business_date)
  VALUES (p_institution, p_key, p_hash, entry, p_date) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    -- Only another content on other accounts can have come between.
    entry := NULL; refusal := 'E4001'; detail := ''; RETURN;
  END IF;
  IF p_reverses IS NOT NULL THEN
    INSERT INTO ledger_reversal (original, entry, institution_id)
    VALUES (p_reverses, ledger_post.entry, p_institution);
  END IF;
  UPDATE ledger_account a SET balance_fen = u.balance, seq = u.seq
  FROM unnest(v_ids, v_new, v_seqs) u(id, balance, seq) WHERE a.id = u.id;

  line := ledger_day_prefix(p_date) * 10000000000 + nextval('ledger_line_serial');
  LOOP
    UPDATE ledger_journalnumber SET last_no = last_no + 1
    WHERE institution_id = p_institution AND business_date = p_date RETURNING last_no INTO v_no;
    journal := lpad(v_no::text, 8, '0');
    INSERT INTO ledger_journalline
      (id, institution_id, business_date, journal_no, at, teller, trade_code, account_number,
       side, amount_fen, currency, counter_account, voucher_no, source, subject, entry_id)
    VALUES
      (line, p_institution, p_date, journal, p_at, p_teller, p_trade, p_accounts[1],
       CASE WHEN p_amounts[1] > 0 THEN 'debit' ELSE 'credit' END, abs(p_amounts[1]),
       v_leg_currency[1], coalesce(nullif(p_counter, ''), p_accounts[2]), p_voucher, 'own',
       p_subject, entry)
    ON CONFLICT DO NOTHING;
    -- An imported line may hold the number already: then the next one.
    EXIT WHEN FOUND;
  END LOOP;

  INSERT INTO ledger_entry
    (id, institution_id, business_date, posted_at, journal_no, key, trade_code, teller, subject,
     note, reverses_id)
  VALUES
    (entry, p_institution, p_date, p_at, journal, p_key, p_trade, p_teller, p_subject,
     p_note, p_reverses);
  INSERT INTO ledger_posting
    (account_id, seq, business_date, entry_id, line, institution_id, currency, amount_fen,
     balance_after)
  SELECT u.account, u.seq, p_date, ledger_post.entry, u.line, u.home, u.currency, u.fen, u.after
  FROM unnest(v_leg_account, v_leg_seq, v_leg_home, v_leg_currency, p_amounts, v_leg_after)
    WITH ORDINALITY u(account, seq, home, currency, fen, after, line);
END $$;
