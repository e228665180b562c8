-- Post one entry in one round trip: every check, the balances, the journal line with its legs.
--
-- A refusal is answered as its code with the words for its text, and leaves everything as it was,
-- so that the caller's transaction stays usable; what the checks cannot foresee, the guards raise.
-- Order of locks: business day (shared), accounts by number, shards by account, journal number.
-- The key is claimed when the accounts are locked: a retry waits for the first try and finds it.
-- It runs as the owner over every institution, because a payee may be at another outlet; for whom
-- it posts is checked against the caller's own scope.
CREATE FUNCTION ledger_post(
  p_institution bigint, p_key text, p_hash bytea, p_date date, p_at timestamptz,
  p_accounts text[], p_amounts bigint[], p_trade text, p_teller text, p_voucher text,
  p_counter text, p_subject text, p_note text, p_reverses bigint, p_dry boolean,
  p_value date DEFAULT NULL,
  OUT entry bigint, OUT line bigint, OUT journal text, OUT replayed boolean,
  OUT refusal text, OUT detail text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_scope text := current_setting('app.scope', true);
  n int := coalesce(cardinality(p_accounts), 0);
  v_value date := coalesce(p_value, p_date);
  v_day text;
  v_plain boolean;
  v_hot1 boolean;
  v_hot2 boolean;
  -- Of the two legs of most entries, in the order of the account numbers.
  v_1 int; v_2 int; v_fen bigint; v_shard1 smallint := 0; v_shard2 smallint := 0;
  v_id1 bigint; v_home1 bigint; v_currency1 text; v_after1 bigint; v_seq1 bigint;
  v_id2 bigint; v_home2 bigint; v_currency2 text; v_after2 bigint; v_seq2 bigint;
  v_ids bigint[]; v_homes bigint[]; v_currencies text[]; v_afters bigint[]; v_seqs bigint[];
  v_shards smallint[];
  v_moved record;
  v_nothing text;
  v_imported boolean;
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

  -- The share of the day is a lock in memory, for which nothing is written; the day is read after
  -- it, as it is then, which another isolation would not do.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'posting needs READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  v_nothing := pg_advisory_xact_lock_shared(4701, p_institution::int);
  SELECT d.state INTO v_day FROM ledger_businessday d
  WHERE d.institution_id = p_institution AND d.date = p_date;

  -- Two legs on two accounts: both balances are changed at once where nothing speaks against it,
  -- and put back where something does.
  IF n = 2 AND NOT p_dry AND p_reverses IS NULL AND v_day = 'open'
     AND p_accounts[1] <> p_accounts[2] AND p_amounts[1] = -p_amounts[2] THEN
    v_1 := CASE WHEN p_accounts[1] < p_accounts[2] THEN 1 ELSE 2 END;
    v_2 := 3 - v_1;
    v_fen := p_amounts[v_1];
    UPDATE ledger_account a SET seq = a.seq + 1, balance_fen = a.balance_fen
      + CASE a.normal_side WHEN 'debit' THEN v_fen ELSE -v_fen END
    WHERE a.number = p_accounts[v_1] AND NOT a.spread AND a.state = 'active'
      AND a.opened_on <= v_value AND (a.overdraft_allowed OR a.balance_fen
        + CASE a.normal_side WHEN 'debit' THEN v_fen ELSE -v_fen END >= a.held_fen)
    RETURNING a.id, a.institution_id, a.currency, a.balance_fen, a.seq
    INTO v_id1, v_home1, v_currency1, v_after1, v_seq1;
    IF v_id1 IS NULL THEN
      v_hot1 := EXISTS (SELECT FROM ledger_shard s WHERE s.number = p_accounts[v_1] AND s.used);
    END IF;
    IF v_id1 IS NOT NULL OR v_hot1 THEN
      UPDATE ledger_account a SET seq = a.seq + 1, balance_fen = a.balance_fen
        + CASE a.normal_side WHEN 'debit' THEN -v_fen ELSE v_fen END
      WHERE a.number = p_accounts[v_2] AND NOT a.spread AND a.state = 'active'
        AND a.opened_on <= v_value AND (a.overdraft_allowed OR a.balance_fen
          + CASE a.normal_side WHEN 'debit' THEN -v_fen ELSE v_fen END >= a.held_fen)
      RETURNING a.id, a.institution_id, a.currency, a.balance_fen, a.seq
      INTO v_id2, v_home2, v_currency2, v_after2, v_seq2;
      IF v_id2 IS NULL THEN
        v_hot2 := EXISTS (SELECT FROM ledger_shard s WHERE s.number = p_accounts[v_2] AND s.used);
      END IF;
    END IF;
    -- Shards come last, so that nobody waits for them longer than must be, and only when every row
    -- that is needed is locked: no row is waited for behind a shard or behind a higher number.
    IF v_hot1 AND (v_id2 IS NOT NULL OR v_hot2) THEN
      v_moved := ledger_shard_moved(p_accounts[v_1], p_amounts[v_1], v_value);
      v_id1 := v_moved.id; v_home1 := v_moved.home; v_currency1 := v_moved.currency;
      v_after1 := v_moved.after; v_seq1 := v_moved.seq; v_shard1 := v_moved.shard;
    END IF;
    IF v_hot2 AND v_id1 IS NOT NULL THEN
      v_moved := ledger_shard_moved(p_accounts[v_2], p_amounts[v_2], v_value);
      v_id2 := v_moved.id; v_home2 := v_moved.home; v_currency2 := v_moved.currency;
      v_after2 := v_moved.after; v_seq2 := v_moved.seq; v_shard2 := v_moved.shard;
    END IF;
    v_plain := v_currency1 = v_currency2;
    IF v_plain IS NOT TRUE THEN
      PERFORM ledger_put_back(v_id1, v_shard1, p_amounts[v_1]);
      PERFORM ledger_put_back(v_id2, v_shard2, p_amounts[v_2]);
    END IF;
  END IF;

  IF v_plain IS NOT TRUE THEN
    SELECT * INTO v_ids, v_homes, v_currencies, v_afters, v_seqs, v_shards, refusal, detail
    FROM ledger_weigh(p_accounts, p_amounts, v_value, v_day, p_date, p_reverses);
    IF refusal IS NOT NULL OR p_dry THEN
      SELECT k.entry, k.line, k.journal, true, k.refusal, k.detail
      INTO entry, line, journal, replayed, refusal, detail
      FROM ledger_known(p_institution, p_key, p_hash, refusal, detail) k;
      replayed := entry IS NOT NULL;
      RETURN;
    END IF;
  END IF;

  INSERT INTO ledger_postingkey (institution_id, key, request_hash, entry_id, business_date)
  VALUES (p_institution, p_key, p_hash,
    ledger_day_prefix(p_date) * 10000000000 + nextval('ledger_entry_serial'), p_date)
  ON CONFLICT DO NOTHING RETURNING entry_id INTO entry;
  IF entry IS NULL THEN
    IF v_plain THEN
      PERFORM ledger_put_back(v_id1, v_shard1, p_amounts[v_1]);
      PERFORM ledger_put_back(v_id2, v_shard2, p_amounts[v_2]);
    END IF;
    SELECT k.entry, k.line, k.journal, k.refusal, k.detail
    INTO entry, line, journal, refusal, detail
    FROM ledger_known(p_institution, p_key, p_hash, 'E4001', '') k;
    replayed := entry IS NOT NULL;
    RETURN;
  END IF;
  IF p_reverses IS NOT NULL THEN
    INSERT INTO ledger_reversal (original, entry, institution_id)
    VALUES (p_reverses, ledger_post.entry, p_institution);
  END IF;
  IF v_plain IS NOT TRUE THEN
    PERFORM ledger_settle(v_ids, v_shards, v_afters, v_seqs);
  END IF;

  line := entry;
  UPDATE ledger_journalnumber j SET last_no = j.last_no + 1
  WHERE j.institution_id = p_institution AND j.business_date = p_date
  RETURNING lpad(j.last_no::text, 8, '0'), j.imported INTO journal, v_imported;
  IF v_imported THEN
    journal := lpad(ledger_free_number(p_institution, p_date, journal::bigint)::text, 8, '0');
  END IF;
  IF v_plain THEN
    INSERT INTO ledger_journalline
      (id, institution_id, entry_id, amount_fen, at, first_account_id, first_seq, first_home,
       first_after, second_account_id, second_seq, second_home, second_after, business_date,
       value_date, first_shard, second_shard, journal_no, teller, trade_code, account_number, side,
       currency, counter_account, voucher_no, source, subject, key, note)
    VALUES
      (entry, p_institution, entry, abs(p_amounts[1]), p_at,
       CASE v_1 WHEN 1 THEN v_id1 ELSE v_id2 END, CASE v_1 WHEN 1 THEN v_seq1 ELSE v_seq2 END,
       CASE v_1 WHEN 1 THEN v_home1 ELSE v_home2 END, CASE v_1 WHEN 1 THEN v_after1 ELSE v_after2 END,
       CASE v_1 WHEN 1 THEN v_id2 ELSE v_id1 END, CASE v_1 WHEN 1 THEN v_seq2 ELSE v_seq1 END,
       CASE v_1 WHEN 1 THEN v_home2 ELSE v_home1 END, CASE v_1 WHEN 1 THEN v_after2 ELSE v_after1 END,
       p_date, p_value, CASE v_1 WHEN 1 THEN v_shard1 ELSE v_shard2 END,
       CASE v_1 WHEN 1 THEN v_shard2 ELSE v_shard1 END, journal, p_teller, p_trade, p_accounts[1],
       CASE WHEN p_amounts[1] > 0 THEN 'debit' ELSE 'credit' END, v_currency1,
       CASE p_counter WHEN '' THEN p_accounts[2] ELSE p_counter END, p_voucher, 'own', p_subject,
       p_key, p_note);
  ELSIF n = 2 AND v_ids[1] <> v_ids[2] THEN
    INSERT INTO ledger_journalline
      (id, institution_id, entry_id, amount_fen, at, first_account_id, first_seq, first_home,
       first_after, second_account_id, second_seq, second_home, second_after, reverses_id,
       business_date, value_date, first_shard, second_shard, journal_no, teller, trade_code,
       account_number, side, currency, counter_account, voucher_no, source, subject, key, note)
    VALUES
      (entry, p_institution, entry, abs(p_amounts[1]), p_at, v_ids[1], v_seqs[1], v_homes[1],
       v_afters[1], v_ids[2], v_seqs[2], v_homes[2], v_afters[2], p_reverses, p_date, p_value,
       v_shards[1], v_shards[2], journal, p_teller, p_trade, p_accounts[1],
       CASE WHEN p_amounts[1] > 0 THEN 'debit' ELSE 'credit' END, v_currencies[1],
       CASE p_counter WHEN '' THEN p_accounts[2] ELSE p_counter END, p_voucher, 'own', p_subject,
       p_key, p_note);
  ELSE
    WITH j AS (
      INSERT INTO ledger_journalline
        (id, institution_id, entry_id, amount_fen, at, reverses_id, business_date, value_date,
         journal_no, teller, trade_code, account_number, side, currency, counter_account,
         voucher_no, source, subject, key, note)
      VALUES
        (entry, p_institution, entry, abs(p_amounts[1]), p_at, p_reverses, p_date, p_value, journal,
         p_teller, p_trade, p_accounts[1],
         CASE WHEN p_amounts[1] > 0 THEN 'debit' ELSE 'credit' END, v_currencies[1],
         CASE p_counter WHEN '' THEN p_accounts[2] ELSE p_counter END, p_voucher, 'own', p_subject,
         p_key, p_note)
    )
    INSERT INTO ledger_leg
      (account_id, seq, shard, business_date, entry_id, line, institution_id, currency,
       amount_fen, balance_after)
    SELECT u.account, u.seq, u.shard, p_date, ledger_post.entry, u.line, u.home, u.currency,
      u.fen, u.after
    FROM unnest(v_ids, v_seqs, v_shards, v_homes, v_currencies, p_amounts, v_afters)
      WITH ORDINALITY u(account, seq, shard, home, currency, fen, after, line);
  END IF;
END $$;
