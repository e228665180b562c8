-- Marks are left by the guard of the legs, once a statement, and say when they were left: the
-- moment finds its mark in one lookup, and a posting that leaves no mark pays one comparison.

-- The mark of a posting that ends a block. It needs the owner's right to the marks, and has no other.
CREATE FUNCTION ledger_leave_mark(p_account bigint, p_shard smallint, p_seq bigint) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO ledger_mark
    (account_id, shard, business_date, seq, institution_id, legs, debit_fen, credit_fen, made_at,
     balance_fen)
  SELECT p_account, p_shard, t.business_date, p_seq, e.institution_id,
    t.legs + coalesce(m.legs, 0), t.debit + coalesce(m.debit_fen, 0),
    t.credit + coalesce(m.credit_fen, 0), e.made_at, e.balance_after
  FROM ledger_posting e
  CROSS JOIN LATERAL (
    SELECT p.business_date, count(*) AS legs,
      coalesce(sum(p.amount_fen) FILTER (WHERE p.amount_fen > 0), 0) AS debit,
      coalesce(-sum(p.amount_fen) FILTER (WHERE p.amount_fen < 0), 0) AS credit
    FROM ledger_posting p
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

-- Legs: balanced in every currency, two or more to an entry, none of nothing, on the day of their
-- entry, and only in the transaction of their entry, so that nothing is slipped into an old one.
-- Then the marks of the blocks that the statement ends, in the order of the postings.
CREATE OR REPLACE FUNCTION ledger_legs_sound() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  r record;
  v_entry bigint;
  v_day date;
  v_currency text;
  v_fen bigint := 0;
  v_legs int := 0;
  v_marks boolean := false;
  v_tx xid8;
BEGIN
  -- One entry in one currency, which most are, is looked at leg by leg.
  FOR r IN SELECT entry_id, business_date, currency, amount_fen, seq FROM added LIMIT 201 LOOP
    IF v_legs = 0 THEN
      v_entry := r.entry_id; v_day := r.business_date; v_currency := r.currency;
    ELSIF r.entry_id <> v_entry OR r.currency <> v_currency OR r.business_date <> v_day THEN
      v_legs := 1000;
      EXIT;
    END IF;
    IF r.amount_fen = 0 THEN
      RAISE EXCEPTION 'a leg of nothing' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ledger_posting_not_nothing';
    END IF;
    v_fen := v_fen + r.amount_fen;
    v_legs := v_legs + 1;
    -- The length of a block, written out: a call would be made for each leg.
    v_marks := v_marks OR r.seq % 500 = 0;
  END LOOP;
  IF v_legs = 0 THEN
    RETURN NULL;
  ELSIF v_legs <= 200 THEN
    IF v_fen <> 0 OR v_legs < 2 THEN
      RAISE EXCEPTION 'the entry % is not balanced', v_entry
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF v_entry / 10000000000 <> public.ledger_day_prefix(v_day) THEN
      RAISE EXCEPTION 'the leg is not on the day of its entry' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ledger_posting_day_of_entry';
    END IF;
    SELECT e.tx INTO v_tx FROM public.ledger_entry e WHERE e.id = v_entry;
    IF v_tx IS DISTINCT FROM pg_current_xact_id() THEN
      RAISE EXCEPTION 'a leg is added only with its entry'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT v_marks THEN
      RETURN NULL;
    END IF;
  ELSE
    IF EXISTS (SELECT FROM added WHERE amount_fen = 0) THEN
      RAISE EXCEPTION 'a leg of nothing' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ledger_posting_not_nothing';
    END IF;
    IF EXISTS (SELECT FROM added
      WHERE entry_id / 10000000000 <> public.ledger_day_prefix(business_date)) THEN
      RAISE EXCEPTION 'the leg is not on the day of its entry' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ledger_posting_day_of_entry';
    END IF;
    SELECT a.entry_id INTO v_entry FROM added a
    GROUP BY a.entry_id, a.currency HAVING sum(a.amount_fen) <> 0
    UNION ALL
    SELECT a.entry_id FROM added a GROUP BY a.entry_id HAVING count(*) < 2 LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'the entry % is not balanced', v_entry
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
      SELECT FROM (SELECT DISTINCT entry_id FROM added) a
      LEFT JOIN public.ledger_entry e ON e.id = a.entry_id
      WHERE e.tx IS DISTINCT FROM pg_current_xact_id()
    ) THEN
      RAISE EXCEPTION 'a leg is added only with its entry'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  FOR r IN SELECT account_id, shard, seq FROM added WHERE seq % 500 = 0 ORDER BY 1, 2, 3 LOOP
    PERFORM public.ledger_leave_mark(r.account_id, r.shard, r.seq);
  END LOOP;
  RETURN NULL;
END $$;

-- The balance that one shard of an account had at a moment, on the account's normal side. Under the
-- account's lock the database's clock only goes forward, so within a shard the moments are in the
-- order of seq: the last mark until then is one lookup, and the posting is within its next block,
-- whose dates the mark after it knows. Only behind the last mark every month is asked.
CREATE OR REPLACE FUNCTION ledger_shard_at(p_account bigint, p_shard smallint, p_moment timestamptz)
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
  p record;
BEGIN
  SELECT m.seq, m.balance_fen INTO v_floor, v_balance FROM ledger_mark m
  WHERE m.account_id = p_account AND m.shard = p_shard AND m.made_at <= p_moment
  ORDER BY m.made_at DESC, m.seq DESC LIMIT 1;
  v_floor := coalesce(v_floor, 0);
  v_balance := coalesce(v_balance, 0);
  SELECT m.made_at, m.seq INTO v_after FROM ledger_mark m
  WHERE m.account_id = p_account AND m.shard = p_shard AND m.made_at > p_moment
  ORDER BY m.made_at, m.seq LIMIT 1;
  IF v_after.seq IS NOT NULL THEN
    SELECT min(m.business_date), max(m.business_date) INTO v_first, v_last FROM ledger_mark m
    WHERE m.account_id = p_account AND m.shard = p_shard
      AND m.made_at = v_after.made_at AND m.seq = v_after.seq;
    SELECT o.balance_after INTO p FROM ledger_posting o
    WHERE o.account_id = p_account AND o.shard = p_shard
      AND o.business_date >= v_first AND o.business_date <= v_last
      AND o.seq > v_floor AND o.seq < v_after.seq
      AND coalesce(o.made_at, (SELECT e.posted_at FROM ledger_entry e WHERE e.id = o.entry_id))
        <= p_moment
    ORDER BY o.seq DESC LIMIT 1;
    RETURN coalesce(p.balance_after, v_balance);
  END IF;
  FOR v_month IN SELECT m FROM ledger_months() m LOOP
    SELECT o.seq, o.balance_after INTO p FROM ledger_posting o
    WHERE o.account_id = p_account AND o.shard = p_shard AND o.seq > v_floor
      AND o.business_date >= v_month
      AND o.business_date < (v_month + interval '1 month')::date
      AND coalesce(o.made_at, (SELECT e.posted_at FROM ledger_entry e WHERE e.id = o.entry_id))
        <= p_moment
    ORDER BY o.seq DESC LIMIT 1;
    IF p.seq IS NOT NULL THEN
      v_floor := p.seq;
      v_balance := p.balance_after;
    END IF;
  END LOOP;
  RETURN v_balance;
END $$;
