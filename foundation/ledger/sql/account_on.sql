-- An account on a business date: opening, debits, credits, closing, on its normal side; nothing for
-- an account out of sight.
CREATE FUNCTION ledger_account_on(p_account bigint, p_date date,
  OUT opening bigint, OUT legs bigint, OUT debit bigint, OUT credit bigint, OUT closing bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  closing := ledger_balance_on(p_account, p_date);
  IF closing IS NULL THEN
    RETURN;
  END IF;
  IF p_date <= ledger_closed_until() THEN
    SELECT c.legs, c.debit_fen, c.credit_fen INTO legs, debit, credit FROM ledger_closingbalance c
    WHERE c.account_id = p_account AND c.business_date = p_date ORDER BY c.round DESC LIMIT 1;
  ELSE
    SELECT t.legs, t.debit, t.credit INTO legs, debit, credit
    FROM ledger_day_of_account(p_account, p_date) t;
  END IF;
  legs := coalesce(legs, 0);
  debit := coalesce(debit, 0);
  credit := coalesce(credit, 0);
  opening := closing - (SELECT CASE a.normal_side WHEN 'debit' THEN debit - credit
    ELSE credit - debit END FROM ledger_account a WHERE a.id = p_account);
END $$;

-- What moved on an account from a date to a date.
CREATE FUNCTION ledger_moved(p_account bigint, p_first date, p_last date,
  OUT legs bigint, OUT debit bigint, OUT credit bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_day date := p_first - 1;
  t record;
BEGIN
  legs := 0; debit := 0; credit := 0;
  LOOP
    v_day := ledger_next_moved(p_account, v_day, p_last);
    EXIT WHEN v_day IS NULL;
    SELECT * INTO t FROM ledger_account_on(p_account, v_day);
    EXIT WHEN t.closing IS NULL;
    legs := legs + t.legs; debit := debit + t.debit; credit := credit + t.credit;
  END LOOP;
END $$;

-- The balance of an account after one posting, counted in the order of business dates.
CREATE FUNCTION ledger_balance_after(p_account bigint, p_date date, p_shard smallint, p_seq bigint)
RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT ledger_balance_on(p_account, p_date - 1) + CASE a.normal_side WHEN 'debit' THEN 1 ELSE -1 END
    * coalesce(sum(u.debit - u.credit), 0)::bigint
  FROM ledger_account a, ledger_shards(p_account) s,
    ledger_day_upto(p_account, s.shard, p_date, CASE s.shard WHEN p_shard THEN p_seq ELSE s.seq END) u
  WHERE a.id = p_account AND s.shard <= p_shard
  GROUP BY a.normal_side
$$;
