-- A page of a statement backwards, for accounts that were ever spread: business dates from the last,
-- within a date the shards from the last. By the marks of each date, as ledger_statement.
CREATE FUNCTION ledger_moved_before(p_account bigint, p_before date, p_first date) RETURNS date
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT max(d) FROM (
    (SELECT c.business_date AS d FROM ledger_closingbalance c
     WHERE c.account_id = p_account AND c.business_date < p_before AND c.business_date >= p_first
       AND c.business_date <= ledger_closed_until()
     ORDER BY c.business_date DESC LIMIT 1)
    UNION ALL
    (SELECT max(b.date) FROM ledger_businessday b
     WHERE b.date > coalesce(ledger_closed_until(), '-infinity')
       AND b.date < p_before AND b.date >= p_first)
  ) x
$$;

CREATE FUNCTION ledger_statement_back(p_account bigint, p_first date, p_last date,
  p_date date, p_shard smallint, p_seq bigint, p_limit int
) RETURNS TABLE (business_date date, shard smallint, seq bigint, entry_id bigint, line smallint,
  amount_fen bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_left int := p_limit;
  v_block int := ledger_mark_block();
  v_day date := LEAST(p_last, p_date) + 1;
  v_shard record;
  v_low bigint;
  v_to bigint;
  v_entries bigint;
  n int;
BEGIN
  IF NOT coalesce(ledger_in_scope(
      (SELECT a.institution_id FROM ledger_account a WHERE a.id = p_account)), false) THEN
    RETURN;
  END IF;
  LOOP
    v_day := ledger_moved_before(p_account, v_day, p_first);
    EXIT WHEN v_day IS NULL;
    v_entries := ledger_day_prefix(v_day) * 10000000000;
    FOR v_shard IN SELECT s.shard, s.seq FROM ledger_shards(p_account) s ORDER BY s.shard DESC LOOP
      CONTINUE WHEN v_day = p_date AND v_shard.shard > p_shard;
      v_to := CASE WHEN v_day = p_date AND v_shard.shard = p_shard
        THEN LEAST(p_seq - 1, v_shard.seq) ELSE v_shard.seq END;
      WHILE v_left > 0 AND v_to > 0 LOOP
        v_low := (v_to - 1) / v_block * v_block;
        RETURN QUERY SELECT p.business_date, p.shard, p.seq, p.entry_id, p.line, p.amount_fen
          FROM ledger_every_leg p
          WHERE p.account_id = p_account AND p.shard = v_shard.shard AND p.business_date = v_day
            AND p.entry_id >= v_entries AND p.entry_id < v_entries + 10000000000
            AND p.seq > v_low AND p.seq <= v_to ORDER BY p.seq DESC LIMIT v_left;
        GET DIAGNOSTICS n = ROW_COUNT;
        v_left := v_left - n;
        SELECT coalesce(max(m.seq), 0) INTO v_to FROM ledger_mark m
        WHERE m.account_id = p_account AND m.shard = v_shard.shard AND m.business_date = v_day
          AND m.seq <= v_low;
      END LOOP;
      EXIT WHEN v_left <= 0;
    END LOOP;
    EXIT WHEN v_left <= 0;
  END LOOP;
END $$;

-- Accounts that are spread as nobody approved, and rights on shards that nobody should have.
CREATE FUNCTION ledger_hot_differences() RETURNS TABLE (kind text, subject text, found text)
LANGUAGE sql STABLE AS $$
  SELECT 'shards without approval', 'account ' || a.number,
    a.shards || ' are not ' || coalesce(r.shards, 1)
  FROM ledger_account a
  LEFT JOIN LATERAL (
    SELECT q.shards FROM ledger_shardrequest q
    WHERE q.account_id = a.id AND q.approved AND q.decided_person <> q.asked_person
    ORDER BY q.decided_at DESC, q.id DESC LIMIT 1
  ) r ON true
  WHERE a.kind = 'internal' AND a.shards <> coalesce(r.shards, 1)
  UNION ALL
  SELECT 'shard differs', 'account ' || a.number, 'spread'
  FROM ledger_account a
  WHERE a.kind = 'internal'
    AND a.spread <> EXISTS (SELECT FROM ledger_shard s WHERE s.account_id = a.id)
  UNION ALL
  SELECT 'guard off', 'ledger_shardrequest', w.name
  FROM unnest(ARRAY['ledger_shardrequest_guard', 'ledger_shardrequest_done', 'ledger_append_only'])
    w(name)
  WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = w.name AND t.tgenabled = 'A'
    AND t.tgrelid = 'ledger_shardrequest'::regclass)
  UNION ALL
  SELECT 'right too many', 'ledger_spread', coalesce(r.rolname, 'everybody') || ' EXECUTE'
  FROM pg_proc f CROSS JOIN aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x
  LEFT JOIN pg_roles r ON r.oid = x.grantee
  WHERE f.oid = 'ledger_spread(bigint, smallint)'::regprocedure AND x.grantee <> f.proowner
$$;
