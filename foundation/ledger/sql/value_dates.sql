-- The value date of an entry: seen with the entry and with each line of a statement, and sealed with
-- the day. Where none is kept it is the business date; what is sealed already has none.
DROP FUNCTION ledger_entry_seen(bigint);
DROP FUNCTION ledger_statement(bigint, date, date, date, smallint, bigint, int);

-- One entry with all its legs, for whoever may see the entry or one of the legs. The other side's
-- account may be at another outlet: then its name is masked and `own` is false.
CREATE FUNCTION ledger_entry_seen(p_entry bigint) RETURNS TABLE (
  institution_id bigint, business_date date, posted_at timestamptz, journal_no varchar,
  trade_code varchar,
  teller varchar, subject varchar, note varchar, reverses_id bigint, reversed_by bigint,
  value_date date,
  line smallint, number varchar, name text, currency varchar, amount_fen bigint, own boolean
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH scope AS (
    SELECT string_to_array(nullif(current_setting('app.scope', true), ''), ',') AS ids
  ),
  leg AS (
    SELECT p.*, a.number, a.name,
      '*' = ANY (s.ids) OR p.institution_id::text = ANY (s.ids) AS own
    FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id, scope s
    WHERE p.entry_id = p_entry
  )
  SELECT e.institution_id, e.business_date, e.posted_at, e.journal_no, e.trade_code, e.teller, e.subject,
    e.note, e.reverses_id, r.entry, coalesce(e.value_date, e.business_date), l.line, l.number,
    CASE WHEN l.own THEN l.name ELSE (SELECT y.name FROM ledger_payee(l.number) y) END,
    l.currency, l.amount_fen, l.own
  FROM ledger_entry e
  JOIN leg l ON l.entry_id = e.id AND l.business_date = e.business_date
  LEFT JOIN ledger_reversal r ON r.original = e.id
  CROSS JOIN scope s
  WHERE e.id = p_entry
    AND ('*' = ANY (s.ids) OR e.institution_id::text = ANY (s.ids)
      OR (SELECT bool_or(own) FROM leg))
  ORDER BY l.line
$$;

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
            (SELECT coalesce(e.value_date, e.business_date) FROM ledger_entry e
             WHERE e.id = p.entry_id)
          FROM ledger_posting p
          WHERE p.account_id = p_account AND p.shard = v_shard.shard AND p.business_date = v_day
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

-- The hash over what an institution posted on a day, in the order of its journal: every entry with
-- its journal line, then its legs. With p_upto only up to that number, so that the seal of a day
-- that went on after it was opened again can be computed anew. Moments are seconds, so that no
-- setting of the session changes a byte.
CREATE OR REPLACE FUNCTION ledger_day_content(p_institution bigint, p_date date, p_upto bigint,
  OUT entries bigint, OUT legs bigint, OUT last_no bigint, OUT content text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH line AS (
    SELECT j.*, CASE j.source WHEN 'own' THEN j.journal_no::bigint END AS no
    FROM ledger_journalline j
    WHERE j.institution_id = p_institution AND j.source = 'own'
      AND j.id >= ledger_day_prefix(p_date) * 10000000000
      AND j.id < (ledger_day_prefix(p_date) + 1) * 10000000000
  ),
  said AS (
    SELECT l.no, 0 AS line, jsonb_build_array(
        e.id, e.institution_id, e.business_date, extract(epoch FROM e.posted_at), e.journal_no,
        e.key, e.trade_code, e.teller, e.subject, e.note, e.reverses_id, l.id, l.account_number,
        l.side, l.amount_fen, l.currency, l.counter_account, l.voucher_no)
        || CASE WHEN e.value_date IS NULL THEN '[]' ELSE jsonb_build_array(e.value_date) END AS words
    FROM line l JOIN ledger_entry e ON e.id = l.entry_id
    WHERE p_upto IS NULL OR l.no <= p_upto
    UNION ALL
    SELECT l.no, p.line, jsonb_build_array(
        p.entry_id, p.line, p.account_id, p.shard, p.seq, p.institution_id, p.currency,
        p.amount_fen, p.balance_after)
    FROM line l JOIN ledger_posting p ON p.entry_id = l.entry_id AND p.business_date = p_date
    WHERE p_upto IS NULL OR l.no <= p_upto
  )
  SELECT count(*) FILTER (WHERE s.line = 0), count(*) FILTER (WHERE s.line > 0),
    coalesce(max(s.no), 0),
    encode(sha256(coalesce(
      string_agg(sha256(convert_to(s.words::text, 'UTF8')), ''::bytea ORDER BY s.no, s.line), ''
    )), 'hex')
  FROM said s
$$;
