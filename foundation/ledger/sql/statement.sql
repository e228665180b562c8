-- A page of a statement in the order of business dates: the postings after a place, found by the
-- marks of each date, so that neither the length of the account's life nor of the page before
-- counts. Nothing for an account out of sight.
CREATE FUNCTION ledger_statement(p_account bigint, p_first date, p_last date,
  p_after_date date, p_after_shard smallint, p_after_seq bigint, p_limit int
) RETURNS TABLE (business_date date, shard smallint, seq bigint, entry_id bigint, line smallint,
  amount_fen bigint, value_date date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_left int := p_limit;
  v_block int := ledger_mark_block();
  v_day date := p_first - 1;
  v_shard record;
  v_mark bigint;
  v_from bigint;
  v_entries bigint;
  n int;
BEGIN
  IF NOT coalesce(ledger_in_scope(
      (SELECT a.institution_id FROM ledger_account a WHERE a.id = p_account)), false) THEN
    RETURN;
  END IF;
  IF p_after_date IS NOT NULL THEN
    v_day := p_after_date - 1;
  END IF;
  LOOP
    v_day := ledger_next_moved(p_account, v_day, p_last);
    EXIT WHEN v_day IS NULL;
    v_entries := ledger_day_prefix(v_day) * 10000000000;
    FOR v_shard IN SELECT s.shard, s.seq FROM ledger_shards(p_account) s ORDER BY s.shard LOOP
      CONTINUE WHEN v_day = p_after_date AND v_shard.shard < p_after_shard;
      v_from := CASE WHEN v_day = p_after_date AND v_shard.shard = p_after_shard
        THEN p_after_seq ELSE 0 END;
      WHILE v_left > 0 LOOP
        SELECT m.seq INTO v_mark FROM ledger_mark m
        WHERE m.account_id = p_account AND m.shard = v_shard.shard AND m.business_date = v_day
          AND m.seq > v_from ORDER BY m.seq LIMIT 1;
        v_mark := coalesce(v_mark, v_shard.seq);
        EXIT WHEN v_mark <= v_from;
        v_from := GREATEST(v_from, (v_mark - 1) / v_block * v_block);
        RETURN QUERY SELECT p.business_date, p.shard, p.seq, p.entry_id, p.line, p.amount_fen,
            (SELECT coalesce(e.value_date, e.business_date) FROM ledger_journalline e
             WHERE e.id = p.entry_id)
          FROM ledger_every_leg p
          WHERE p.account_id = p_account AND p.shard = v_shard.shard AND p.business_date = v_day
            AND p.entry_id >= v_entries AND p.entry_id < v_entries + 10000000000
            AND p.seq > v_from AND p.seq <= v_mark ORDER BY p.seq LIMIT v_left;
        GET DIAGNOSTICS n = ROW_COUNT;
        v_left := v_left - n;
        v_from := v_mark;
      END LOOP;
      EXIT WHEN v_left <= 0;
    END LOOP;
    EXIT WHEN v_left <= 0;
  END LOOP;
END $$;

-- The postings of an account that was never spread, from the newest back. Each of the three places
-- where a leg may stand is read in the order of the postings and only as far as the page goes, so
-- that it does not count how many there are: sorting is off, or the plan would read every leg of the
-- account, or every line of the days. Nothing for an account out of sight.
CREATE FUNCTION ledger_postings_back(p_account bigint, p_first date, p_last date, p_before bigint,
  p_limit int
) RETURNS SETOF ledger_every_leg
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_sort = off SET enable_bitmapscan = off AS $$
DECLARE
  v_low bigint := coalesce(ledger_day_prefix(p_first) * 10000000000, 0);
  v_high bigint := coalesce((ledger_day_prefix(p_last) + 1) * 10000000000, 9223372036854775807);
  v_before bigint := coalesce(p_before, 9223372036854775807);
BEGIN
  IF NOT coalesce(ledger_in_scope(
      (SELECT a.institution_id FROM ledger_account a WHERE a.id = p_account)), false) THEN
    RETURN;
  END IF;
  RETURN QUERY
  (SELECT j.first_account_id, j.first_seq, j.first_shard, j.business_date, j.id, 1::smallint,
     j.first_home, j.currency, CASE j.side WHEN 'debit' THEN j.amount_fen ELSE -j.amount_fen END,
     j.first_after, j.made_at
   FROM ledger_journalline j
   WHERE j.first_account_id = p_account AND j.first_shard = 0 AND j.first_seq < v_before
     AND j.id >= v_low AND j.id < v_high
   ORDER BY j.first_seq DESC LIMIT p_limit)
  UNION ALL
  (SELECT j.second_account_id, j.second_seq, j.second_shard, j.business_date, j.id, 2::smallint,
     j.second_home, j.currency, CASE j.side WHEN 'debit' THEN -j.amount_fen ELSE j.amount_fen END,
     j.second_after, j.made_at
   FROM ledger_journalline j
   WHERE j.second_account_id = p_account AND j.second_shard = 0 AND j.second_seq < v_before
     AND j.id >= v_low AND j.id < v_high
   ORDER BY j.second_seq DESC LIMIT p_limit)
  UNION ALL
  (SELECT l.account_id, l.seq, l.shard, l.business_date, l.entry_id, l.line, l.institution_id,
     l.currency, l.amount_fen, l.balance_after, l.made_at
   FROM ledger_leg l
   WHERE l.account_id = p_account AND l.shard = 0 AND l.seq < v_before
     AND l.entry_id >= v_low AND l.entry_id < v_high
     AND l.business_date >= coalesce(p_first, '-infinity')
     AND l.business_date <= coalesce(p_last, 'infinity')
   ORDER BY l.seq DESC LIMIT p_limit)
  ORDER BY 2 DESC LIMIT p_limit;
END $$;
