-- What lets the past be read without adding it up.
--
-- Marks: each 500th posting of an account (and shard) leaves, for every business date among those
-- 500, the debits and credits of that date so far. So a sum over a date is one mark and fewer than
-- 500 postings, however many the account has; a date's postings are found by its marks.
CREATE FUNCTION ledger_mark_block() RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN 500;

-- The mark of a posting that ends a block. It needs the owner's right to the marks, and has no other.
CREATE FUNCTION ledger_leave_mark(p_account bigint, p_shard smallint, p_seq bigint) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO ledger_mark
    (account_id, shard, business_date, seq, institution_id, legs, debit_fen, credit_fen, made_at,
     balance_fen)
  SELECT p_account, p_shard, t.business_date, p_seq, e.institution_id,
    t.legs + coalesce(m.legs, 0), t.debit + coalesce(m.debit_fen, 0),
    t.credit + coalesce(m.credit_fen, 0), e.made_at, e.balance_after
  FROM ledger_every_leg e
  CROSS JOIN LATERAL (
    SELECT p.business_date, count(*) AS legs,
      coalesce(sum(p.amount_fen) FILTER (WHERE p.amount_fen > 0), 0) AS debit,
      coalesce(-sum(p.amount_fen) FILTER (WHERE p.amount_fen < 0), 0) AS credit
    FROM ledger_every_leg p
    WHERE p.account_id = p_account AND p.shard = p_shard
      AND p.seq > p_seq - ledger_mark_block() AND p.seq <= p_seq
    GROUP BY p.business_date
  ) t
  LEFT JOIN LATERAL (
    SELECT o.* FROM ledger_mark o
    WHERE o.account_id = p_account AND o.shard = p_shard
      AND o.business_date = t.business_date AND o.seq < p_seq
    ORDER BY o.seq DESC LIMIT 1
  ) m ON true
  WHERE e.account_id = p_account AND e.shard = p_shard AND e.seq = p_seq
$$;

-- Debits and credits of one date on one shard, up to a posting.
CREATE FUNCTION ledger_day_upto(p_account bigint, p_shard smallint, p_date date, p_upto bigint,
  OUT legs bigint, OUT debit bigint, OUT credit bigint
) LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_floor bigint := p_upto / ledger_mark_block() * ledger_mark_block();
  v_low bigint := ledger_day_prefix(p_date) * 10000000000;
  m record;
BEGIN
  SELECT o.legs, o.debit_fen, o.credit_fen INTO m FROM ledger_mark o
  WHERE o.account_id = p_account AND o.shard = p_shard AND o.business_date = p_date
    AND o.seq <= v_floor
  ORDER BY o.seq DESC LIMIT 1;
  SELECT count(*), coalesce(sum(p.amount_fen) FILTER (WHERE p.amount_fen > 0), 0),
    coalesce(-sum(p.amount_fen) FILTER (WHERE p.amount_fen < 0), 0)
  INTO legs, debit, credit
  FROM ledger_every_leg p
  WHERE p.account_id = p_account AND p.shard = p_shard AND p.business_date = p_date
    AND p.entry_id >= v_low AND p.entry_id < v_low + 10000000000
    AND p.seq > v_floor AND p.seq <= p_upto;
  legs := legs + coalesce(m.legs, 0);
  debit := debit + coalesce(m.debit_fen, 0);
  credit := credit + coalesce(m.credit_fen, 0);
END $$;

-- Debits and credits of one date on an account, over its shards.
CREATE FUNCTION ledger_day_of_account(p_account bigint, p_date date,
  OUT legs bigint, OUT debit bigint, OUT credit bigint
) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(d.legs), 0)::bigint, coalesce(sum(d.debit), 0)::bigint,
    coalesce(sum(d.credit), 0)::bigint
  FROM ledger_shards(p_account) s, ledger_day_upto(p_account, s.shard, p_date, s.seq) d
$$;

-- The last date that every institution has closed, or nothing before the first.
CREATE FUNCTION ledger_closed_until() RETURNS date
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT c.business_date FROM ledger_closeddate c WHERE c.revoked_at IS NULL
  ORDER BY c.business_date DESC LIMIT 1
$$;

-- Whether the caller may see what belongs to an institution.
CREATE FUNCTION ledger_in_scope(p_institution bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(s.ids && ARRAY['*', p_institution::text], false)
  FROM (SELECT string_to_array(current_setting('app.scope', true), ',') AS ids) s
$$;

-- The balance of an account at the end of a business date, on its normal side; nothing for an
-- account out of sight. A date closed everywhere is one lookup; later dates, which may still be
-- open at some institutions, are added one by one.
CREATE FUNCTION ledger_balance_on(p_account bigint, p_date date) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_until date := ledger_closed_until();
  v_day date;
  v_sign int;
  v_home bigint;
  v_balance bigint;
BEGIN
  SELECT CASE a.normal_side WHEN 'debit' THEN 1 ELSE -1 END, a.institution_id INTO v_sign, v_home
  FROM ledger_account a WHERE a.id = p_account;
  IF NOT coalesce(ledger_in_scope(v_home), false) THEN
    RETURN NULL;
  END IF;
  IF v_until IS NOT NULL THEN
    SELECT c.balance_fen INTO v_balance FROM ledger_closingbalance c
    WHERE c.account_id = p_account AND c.business_date <= LEAST(p_date, v_until)
    ORDER BY c.business_date DESC, c.round DESC LIMIT 1;
  END IF;
  v_balance := coalesce(v_balance, 0);
  v_day := coalesce(v_until, '-infinity');
  LOOP
    SELECT min(d.date) INTO v_day FROM ledger_businessday d
    WHERE d.date > v_day AND d.date <= p_date;
    EXIT WHEN v_day IS NULL;
    SELECT v_balance + v_sign * (t.debit - t.credit) INTO v_balance
    FROM ledger_day_of_account(p_account, v_day) t;
  END LOOP;
  RETURN v_balance;
END $$;

-- The months that have books, the latest first.
CREATE FUNCTION ledger_months() RETURNS SETOF date
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT to_date(right(c.relname, 6), 'YYYYMM') FROM pg_class c
  WHERE c.relnamespace = 'ledger_parts'::regnamespace AND c.relkind = 'r'
    AND c.relname ~ '^journalline_[0-9]{6}$'
  ORDER BY 1 DESC
$$;

-- The balance that one shard of an account had at a moment, on the account's normal side. Under the
-- account's lock the database's clock only goes forward, so within a shard the moments are in the
-- order of seq: the last mark until then is one lookup, and the posting is within its next block,
-- whose dates the mark after it knows. Only behind the last mark every month is asked.
CREATE FUNCTION ledger_shard_at(p_account bigint, p_shard smallint, p_moment timestamptz)
RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  v_floor bigint;
  v_seq bigint;
  v_balance bigint;
  v_after record;
  v_first date;
  v_last date;
  v_month date;
  v_next date;
  v_low bigint;
  v_high bigint;
  v_sign int;
  p record;
BEGIN
  SELECT m.seq, m.balance_fen INTO v_floor, v_balance FROM ledger_mark m
  WHERE m.account_id = p_account AND m.shard = p_shard AND m.made_at <= p_moment
  ORDER BY m.made_at DESC, m.seq DESC LIMIT 1;
  v_floor := coalesce(v_floor, 0);
  v_balance := coalesce(v_balance, 0);
  -- What was archived was posted before the moment, so the first posting after it is here: it tells
  -- what it found. Where there is none, the balance has been the same since.
  IF EXISTS (SELECT FROM ledger_carried c WHERE c.account_id = p_account AND c.shard = p_shard) THEN
    SELECT CASE a.normal_side WHEN 'debit' THEN 1 ELSE -1 END, CASE p_shard WHEN 0 THEN a.balance_fen
      ELSE (SELECT s.balance_fen FROM ledger_shard s
            WHERE s.account_id = p_account AND s.shard = p_shard) END
    INTO v_sign, v_balance FROM ledger_account a WHERE a.id = p_account;
    SELECT o.balance_after, o.amount_fen INTO p FROM ledger_every_leg o
    WHERE o.account_id = p_account AND o.shard = p_shard AND o.seq > v_floor
      AND o.made_at > p_moment
    ORDER BY o.seq LIMIT 1;
    RETURN coalesce(p.balance_after - v_sign * p.amount_fen, v_balance);
  END IF;
  SELECT m.made_at, m.seq INTO v_after FROM ledger_mark m
  WHERE m.account_id = p_account AND m.shard = p_shard AND m.made_at > p_moment
  ORDER BY m.made_at, m.seq LIMIT 1;
  IF v_after.seq IS NOT NULL THEN
    SELECT min(m.business_date), max(m.business_date) INTO v_first, v_last FROM ledger_mark m
    WHERE m.account_id = p_account AND m.shard = p_shard
      AND m.made_at = v_after.made_at AND m.seq = v_after.seq;
    v_low := ledger_day_prefix(v_first) * 10000000000;
    v_high := (ledger_day_prefix(v_last) + 1) * 10000000000;
    SELECT o.balance_after INTO p FROM ledger_every_leg o
    WHERE o.account_id = p_account AND o.shard = p_shard
      AND o.business_date >= v_first AND o.business_date <= v_last
      AND o.entry_id >= v_low AND o.entry_id < v_high
      AND o.seq > v_floor AND o.seq < v_after.seq AND o.made_at <= p_moment
    ORDER BY o.seq DESC LIMIT 1;
    RETURN coalesce(p.balance_after, v_balance);
  END IF;
  FOR v_month IN SELECT m FROM ledger_months() m LOOP
    v_low := ledger_day_prefix(v_month) * 10000000000;
    v_next := (v_month + interval '1 month')::date;
    v_high := ledger_day_prefix(v_next) * 10000000000;
    SELECT o.seq, o.balance_after INTO p FROM ledger_every_leg o
    WHERE o.account_id = p_account AND o.shard = p_shard AND o.seq > v_floor
      AND o.business_date >= v_month AND o.business_date < v_next
      AND o.entry_id >= v_low AND o.entry_id < v_high AND o.made_at <= p_moment
    ORDER BY o.seq DESC LIMIT 1;
    IF p.seq IS NOT NULL THEN
      v_floor := p.seq;
      v_balance := p.balance_after;
    END IF;
  END LOOP;
  RETURN v_balance;
END $$;

-- The balance of an account at a moment, over its shards; nothing for an account out of sight.
CREATE FUNCTION ledger_balance_at(p_account bigint, p_moment timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT coalesce(ledger_in_scope(
      (SELECT a.institution_id FROM ledger_account a WHERE a.id = p_account)), false) THEN
    RETURN NULL;
  END IF;
  IF p_moment < (SELECT max(m.last_made_at) FROM ledger_archivedmonth m) THEN
    PERFORM ledger_refuse('ledger_archived', 'the postings of that moment have left the books');
  END IF;
  RETURN (SELECT coalesce(sum(ledger_shard_at(p_account, s.shard, p_moment)), 0)
          FROM ledger_shards(p_account) s);
END $$;
