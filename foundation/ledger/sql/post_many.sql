-- Post many entries in one round trip: what `ledger_post` would answer for each, one after the
-- other, and where all were to be posted or none, what stands against it. Everything is weighed in
-- memory before anything is written: `p_items` says what, `p_legs` the legs by the item's place.
-- The order of locks is that of `ledger_post`: days, accounts, shards, keys, journal numbers.
--
-- A key that another transaction committed meanwhile with other accounts is only seen when it is
-- claimed; then everything is weighed anew.
CREATE FUNCTION ledger_post_many(p_items jsonb, p_legs jsonb, p_whole boolean)
RETURNS TABLE (
  item int, entry bigint, line bigint, journal text, replayed boolean, refusal text, detail text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'posting needs READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  FOR v_try IN 1..10 LOOP
    BEGIN
      RETURN QUERY SELECT * FROM ledger_weigh_many(p_items, p_legs, p_whole);
      RETURN;
    EXCEPTION WHEN SQLSTATE 'LG001' THEN
      NULL;
    END;
  END LOOP;
  RAISE EXCEPTION 'the keys of a batch are claimed by others again and again'
    USING ERRCODE = 'serialization_failure';
END $$;

CREATE FUNCTION ledger_weigh_many(p_items jsonb, p_legs jsonb, p_whole boolean)
RETURNS TABLE (
  item int, entry bigint, line bigint, journal text, replayed boolean, refusal text, detail text
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  v_scope text[] := string_to_array(nullif(current_setting('app.scope', true), ''), ',');
  n int := jsonb_array_length(p_items);
  -- Of each item, in the order in which they were given.
  v_place bigint[]; v_key text[]; v_hash bytea[]; v_date date[]; v_at timestamptz[];
  v_trade text[]; v_teller text[]; v_voucher text[]; v_counter text[]; v_subject text[];
  v_note text[]; v_value date[]; v_state text[]; v_stored boolean[]; v_group int[]; v_twin int[];
  v_from int[]; v_to int[];
  v_entry bigint[]; v_journal text[]; v_again boolean[]; v_refusal text[]; v_detail text[];
  v_currency text[]; v_first text[]; v_second text[]; v_first_fen bigint[]; v_pair boolean[];
  -- Of each leg, by item, account and line.
  v_item int[]; v_line smallint[]; v_number text[]; v_fen bigint[]; v_of int[];
  v_after bigint[]; v_seq bigint[]; v_kept boolean[];
  -- Of each account, or of the shard of it that is locked.
  a_id bigint[]; a_number text[]; a_currency text[]; a_state text[]; a_debit boolean[];
  a_balance bigint[]; a_held bigint[]; a_overdraft boolean[]; a_seq bigint[]; a_home bigint[];
  a_shard smallint[]; a_opened date[];
  -- Of each institution and day: the last journal number given out, and whether some were taken in.
  g_no bigint[]; g_imported boolean[]; g_count int[];
  -- The accepted item that holds the key of a group of twins, by the first of them.
  v_owner int[];
  r record; i int; j int; k int; first int; last int; missing int;
  balance bigint; total bigint; mixed boolean; code text; words text; claimed int; accepted int := 0;
  v_nothing text;
BEGIN
  SELECT array_agg(d.institution ORDER BY d.n), array_agg(d.key ORDER BY d.n),
    array_agg(decode(d.hash, 'hex') ORDER BY d.n), array_agg(d.date ORDER BY d.n),
    array_agg(d.at ORDER BY d.n), array_agg(d.trade ORDER BY d.n),
    array_agg(d.teller ORDER BY d.n), array_agg(d.voucher ORDER BY d.n),
    array_agg(d.counter ORDER BY d.n), array_agg(d.subject ORDER BY d.n),
    array_agg(d.note ORDER BY d.n), array_agg(d.value ORDER BY d.n),
    array_agg(d.grouped ORDER BY d.n), array_agg(d.twin ORDER BY d.n)
  INTO v_place, v_key, v_hash, v_date, v_at, v_trade, v_teller, v_voucher, v_counter, v_subject,
    v_note, v_value, v_group, v_twin
  FROM (
    SELECT t.*, dense_rank() OVER (ORDER BY t.institution, t.date)::int AS grouped,
      min(t.n) OVER (PARTITION BY t.institution, t.key)::int AS twin
    FROM ROWS FROM (jsonb_to_recordset(p_items) AS (
      institution bigint, key text, hash text, date date, at timestamptz, trade text, teller text,
      voucher text, counter text, subject text, note text, value date
    )) WITH ORDINALITY t(institution, key, hash, date, at, trade, teller, voucher, counter,
      subject, note, value, n)
  ) d;

  -- The share of each institution's day, and the days as they are then.
  FOR r IN SELECT DISTINCT p.place FROM unnest(v_place) p(place) ORDER BY p.place LOOP
    v_nothing := pg_advisory_xact_lock_shared(4701, r.place::int);
  END LOOP;
  SELECT array_agg(d.state ORDER BY u.n) INTO v_state
  FROM unnest(v_place, v_date) WITH ORDINALITY u(place, date, n)
  LEFT JOIN ledger_businessday d ON d.institution_id = u.place AND d.date = u.date;

  SELECT array_agg(l.id), array_agg(l.number), array_agg(l.currency), array_agg(l.state),
    array_agg(l.normal_side = 'debit'), array_agg(l.balance_fen), array_agg(l.held_fen),
    array_agg(l.overdraft_allowed), array_agg(l.seq), array_agg(l.institution_id),
    array_agg(l.shard), array_agg(l.opened_on)
  INTO a_id, a_number, a_currency, a_state, a_debit, a_balance, a_held, a_overdraft, a_seq, a_home,
    a_shard, a_opened
  FROM ledger_locked((
    SELECT coalesce(array_agg(DISTINCT g.a), '{}') FROM jsonb_to_recordset(p_legs) g(a text)
  )) l;
  SELECT array_agg(d.i ORDER BY d.i, d.place, d.line), array_agg(d.line ORDER BY d.i, d.place, d.line),
    array_agg(d.a ORDER BY d.i, d.place, d.line), array_agg(d.f ORDER BY d.i, d.place, d.line),
    array_agg(d.place ORDER BY d.i, d.place, d.line)
  INTO v_item, v_line, v_number, v_fen, v_of
  FROM (
    SELECT g.i, g.a, g.f, known.place::int AS place,
      row_number() OVER (PARTITION BY g.i ORDER BY g.n)::smallint AS line
    FROM ROWS FROM (jsonb_to_recordset(p_legs) AS (i int, a text, f bigint))
      WITH ORDINALITY g(i, a, f, n)
    LEFT JOIN unnest(a_number) WITH ORDINALITY known(number, place) ON known.number = g.a
  ) d;
  SELECT array_agg(s.from_leg ORDER BY s.n), array_agg(s.to_leg ORDER BY s.n),
    array_agg(s.first ORDER BY s.n), array_agg(s.second ORDER BY s.n),
    array_agg(s.fen ORDER BY s.n)
  INTO v_from, v_to, v_first, v_second, v_first_fen
  FROM (
    SELECT w.n, min(l.leg)::int AS from_leg, max(l.leg)::int AS to_leg,
      max(l.number) FILTER (WHERE l.line = 1) AS first,
      max(l.number) FILTER (WHERE l.line = 2) AS second,
      max(l.fen) FILTER (WHERE l.line = 1) AS fen
    FROM generate_series(1, n) w(n)
    LEFT JOIN unnest(v_item, v_line, v_number, v_fen) WITH ORDINALITY
      l(item, line, number, fen, leg) ON l.item = w.n
    GROUP BY w.n
  ) s;
  -- The keys that stand already; the accounts are locked, so a first try with the same is seen.
  SELECT array_agg(p.key IS NOT NULL ORDER BY u.n) INTO v_stored
  FROM unnest(v_place, v_key) WITH ORDINALITY u(place, key, n)
  LEFT JOIN ledger_postingkey p ON p.institution_id = u.place AND p.key = u.key;

  v_entry := array_fill(NULL::bigint, ARRAY[n]);
  v_journal := array_fill(NULL::text, ARRAY[n]);
  v_refusal := v_journal; v_detail := v_journal; v_currency := v_journal;
  v_again := array_fill(false, ARRAY[n]);
  v_pair := v_again;
  v_owner := array_fill(NULL::int, ARRAY[n]);
  v_after := array_fill(NULL::bigint, ARRAY[coalesce(cardinality(v_item), 0)]);
  v_seq := v_after;
  v_kept := array_fill(false, ARRAY[coalesce(cardinality(v_item), 0)]);

  FOR i IN 1..n LOOP
    first := v_from[i]; last := coalesce(v_to[i], 0); code := NULL; words := NULL;
    IF NOT coalesce('*' = ANY (v_scope) OR v_place[i]::text = ANY (v_scope), false) THEN
      code := 'E4014'; words := '';
    ELSIF first IS NULL OR last - first + 1 NOT BETWEEN 2 AND 200 THEN
      code := 'E4013'; words := '';
    ELSE
      FOR j IN first..last LOOP
        IF coalesce(v_fen[j], 0) = 0 THEN
          code := 'E4013'; words := '';
        END IF;
      END LOOP;
    END IF;
    IF code IS NULL AND v_stored[i] THEN
      SELECT * INTO r FROM ledger_known(v_place[i], v_key[i], v_hash[i], NULL, NULL);
      v_entry[i] := r.entry; v_journal[i] := r.journal; code := r.refusal; words := r.detail;
      v_again[i] := r.entry IS NOT NULL;
    ELSIF code IS NULL AND v_owner[v_twin[i]] IS NOT NULL THEN
      IF v_hash[i] IS DISTINCT FROM v_hash[v_owner[v_twin[i]]] THEN
        code := 'E4001'; words := '';
      ELSE
        v_again[i] := true;
      END IF;
    ELSIF code IS NULL THEN
      IF v_state[i] IS NULL THEN
        code := 'E4002'; words := v_date[i];
      ELSIF v_state[i] <> 'open' THEN
        code := 'E4003'; words := v_date[i];
      END IF;
      j := first; total := 0; mixed := false; missing := NULL;
      WHILE j <= last LOOP
        k := v_of[j];
        IF k IS NULL THEN
          IF missing IS NULL OR v_line[j] < v_line[missing] THEN
            missing := j;
          END IF;
          j := j + 1;
          CONTINUE;
        END IF;
        balance := a_balance[k];
        mixed := mixed OR a_currency[k] <> a_currency[v_of[first]];
        WHILE j <= last AND v_of[j] = k LOOP
          balance := balance + CASE WHEN a_debit[k] THEN v_fen[j] ELSE -v_fen[j] END;
          total := total + v_fen[j];
          v_after[j] := balance;
          j := j + 1;
        END LOOP;
        IF code IS NULL THEN
          IF a_state[k] <> 'active' OR balance < a_balance[k] OR a_opened[k] > v_date[i]
             OR v_value[i] IS NOT NULL THEN
            code := CASE
              WHEN a_state[k] = 'closed' THEN 'E4006'
              WHEN a_state[k] = 'frozen' THEN 'E4007'
              WHEN a_state[k] = 'stop_payment' AND balance < a_balance[k] THEN 'E4008'
              WHEN balance < a_balance[k] AND balance < a_held[k] AND NOT a_overdraft[k]
                THEN 'E4009'
              WHEN a_opened[k] > coalesce(v_value[i], v_date[i]) THEN 'E4022'
            END;
            words := a_number[k];
          END IF;
        END IF;
      END LOOP;
      IF missing IS NOT NULL AND coalesce(code, '') NOT IN ('E4002', 'E4003') THEN
        code := 'E4004'; words := v_number[missing];
      END IF;
      IF code IS NULL AND (total <> 0 OR mixed) THEN
        SELECT s.currency, sum(s.fen) AS fen INTO r FROM (
          SELECT a_currency[v_of[leg]] AS currency, v_fen[leg] AS fen
          FROM generate_series(first, last) leg
        ) s GROUP BY s.currency HAVING sum(s.fen) <> 0 ORDER BY s.currency LIMIT 1;
        IF FOUND THEN
          code := 'E4005'; words := r.currency || ' ' || r.fen;
        END IF;
      END IF;
      IF code IS NULL THEN
        FOR j IN first..last LOOP
          k := v_of[j];
          a_balance[k] := v_after[j];
          a_seq[k] := a_seq[k] + 1;
          v_seq[j] := a_seq[k];
          v_kept[j] := true;
          IF v_line[j] = 1 THEN
            v_currency[i] := a_currency[k];
          END IF;
        END LOOP;
        v_owner[v_twin[i]] := i;
        v_pair[i] := last = first + 1 AND v_of[first] <> v_of[last];
        v_entry[i] := ledger_day_prefix(v_date[i]) * 10000000000 + nextval('ledger_entry_serial');
        accepted := accepted + 1;
      END IF;
    END IF;
    v_refusal[i] := code;
    v_detail[i] := CASE WHEN code IS NOT NULL THEN words END;
  END LOOP;

  IF p_whole AND array_remove(v_refusal, NULL) <> '{}' THEN
    RETURN QUERY SELECT u.n::int, NULL::bigint, NULL::bigint, NULL::text, false, u.refusal, u.detail
    FROM unnest(v_refusal, v_detail) WITH ORDINALITY u(refusal, detail, n) ORDER BY u.n;
    RETURN;
  END IF;

  IF accepted > 0 THEN
    INSERT INTO ledger_postingkey (institution_id, key, request_hash, entry_id, business_date)
    SELECT u.place, u.key, u.hash, u.entry, u.date
    FROM unnest(v_place, v_key, v_hash, v_entry, v_date, v_again) u(place, key, hash, entry, date, again)
    WHERE u.entry IS NOT NULL AND NOT u.again
    ORDER BY u.place, u.key ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS claimed = ROW_COUNT;
    IF claimed < accepted THEN
      RAISE EXCEPTION 'a key was claimed meanwhile' USING ERRCODE = 'LG001';
    END IF;
    PERFORM ledger_settle(s.ids, s.shards, s.afters, s.seqs) FROM (
      SELECT array_agg(a_id[u.place]) AS ids, array_agg(a_shard[u.place]) AS shards,
        array_agg(u.after) AS afters, array_agg(u.seq) AS seqs
      FROM (
        SELECT DISTINCT ON (l.place) l.place, l.after, l.seq
        FROM unnest(v_of, v_after, v_seq, v_kept) l(place, after, seq, kept)
        WHERE l.kept ORDER BY l.place, l.seq DESC
      ) u
    ) s;

    -- A block of journal numbers for each institution and day; where numbers were taken in, each
    -- by itself, since some of them may be in the way.
    SELECT array_agg(c.many ORDER BY c.grouped) INTO g_count FROM (
      SELECT g.grouped, count(*) FILTER (WHERE e.entry IS NOT NULL AND NOT e.again)::int AS many
      FROM unnest(v_group, v_entry, v_again) WITH ORDINALITY e(grouped, entry, again, n)
      RIGHT JOIN (SELECT generate_series(1, (SELECT max(x) FROM unnest(v_group) x)) AS grouped) g
        ON g.grouped = e.grouped
      GROUP BY g.grouped
    ) c;
    g_no := array_fill(NULL::bigint, ARRAY[cardinality(g_count)]);
    g_imported := array_fill(false, ARRAY[cardinality(g_count)]);
    FOR i IN 1..n LOOP
      CONTINUE WHEN v_entry[i] IS NULL OR v_again[i];
      k := v_group[i];
      IF g_no[k] IS NULL THEN
        UPDATE ledger_journalnumber c SET last_no = c.last_no
          + CASE WHEN c.imported THEN 0 ELSE g_count[k] END
        WHERE c.institution_id = v_place[i] AND c.business_date = v_date[i]
        RETURNING c.last_no, c.imported INTO r;
        g_imported[k] := r.imported;
        g_no[k] := r.last_no - CASE WHEN r.imported THEN 0 ELSE g_count[k] END;
      END IF;
      IF g_imported[k] THEN
        UPDATE ledger_journalnumber c SET last_no = c.last_no + 1
        WHERE c.institution_id = v_place[i] AND c.business_date = v_date[i]
        RETURNING c.last_no INTO balance;
        g_no[k] := ledger_free_number(v_place[i], v_date[i], balance);
      ELSE
        g_no[k] := g_no[k] + 1;
      END IF;
      v_journal[i] := lpad(g_no[k]::text, 8, '0');
    END LOOP;

    -- Two legs on two accounts stand in the line; `f` and `s` are the places of the first and the
    -- second leg, which are sorted by account.
    WITH posted AS MATERIALIZED (
      SELECT u.*, CASE WHEN u.pair THEN u.from_leg + v_line[u.from_leg] - 1 END AS f,
        CASE WHEN u.pair THEN u.to_leg - v_line[u.from_leg] + 1 END AS s
      FROM unnest(v_entry, v_again, v_place, v_date, v_at, v_journal, v_key, v_trade,
        v_teller, v_subject, v_note, v_value, v_first, v_first_fen, v_second, v_counter, v_voucher,
        v_currency, v_pair, v_from, v_to)
        u(entry, again, place, date, at, journal, key, trade, teller, subject, note, value,
          number, fen, other, counter, voucher, currency, pair, from_leg, to_leg)
      WHERE u.entry IS NOT NULL AND NOT u.again
    ), l AS (
      INSERT INTO ledger_journalline
        (id, institution_id, business_date, journal_no, at, teller, trade_code, account_number,
         side, amount_fen, currency, counter_account, voucher_no, source, subject, entry_id, key,
         note, value_date, first_account_id, first_seq, first_shard, first_home, first_after,
         second_account_id, second_seq, second_shard, second_home, second_after)
      SELECT p.entry, p.place, p.date, p.journal, p.at, p.teller, p.trade, p.number,
        CASE WHEN p.fen > 0 THEN 'debit' ELSE 'credit' END, abs(p.fen), p.currency,
        CASE p.counter WHEN '' THEN p.other ELSE p.counter END, p.voucher, 'own', p.subject,
        p.entry, p.key, p.note, p.value,
        a_id[v_of[p.f]], v_seq[p.f], a_shard[v_of[p.f]], a_home[v_of[p.f]], v_after[p.f],
        a_id[v_of[p.s]], v_seq[p.s], a_shard[v_of[p.s]], a_home[v_of[p.s]], v_after[p.s]
      FROM posted p
    )
    INSERT INTO ledger_leg
      (account_id, seq, shard, business_date, entry_id, line, institution_id, currency,
       amount_fen, balance_after)
    SELECT a_id[g.place], g.seq, a_shard[g.place], v_date[g.item], v_entry[g.item], g.line,
      a_home[g.place], a_currency[g.place], g.fen, g.after
    FROM unnest(v_item, v_line, v_fen, v_of, v_after, v_seq, v_kept)
      g(item, line, fen, place, after, seq, kept)
    WHERE g.kept AND NOT v_pair[g.item];
  END IF;

  RETURN QUERY
  SELECT u.n::int, coalesce(u.entry, v_entry[v_owner[u.twin]]),
    coalesce(u.entry, v_entry[v_owner[u.twin]]),
    coalesce(u.journal, v_journal[v_owner[u.twin]]), u.again, u.refusal, u.detail
  FROM unnest(v_entry, v_journal, v_again, v_refusal, v_detail, v_twin) WITH ORDINALITY
    u(entry, journal, again, refusal, detail, twin, n)
  ORDER BY u.n;
END $$;
