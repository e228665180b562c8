-- The next business date after one on which an account may have moved: closed everywhere, one on
-- which it did; later, one on which some institution has a day.
CREATE FUNCTION ledger_next_moved(p_account bigint, p_after date, p_last date) RETURNS date
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT min(d) FROM (
    (SELECT c.business_date AS d FROM ledger_closingbalance c
     WHERE c.account_id = p_account AND c.business_date > p_after AND c.business_date <= p_last
       AND c.business_date <= ledger_closed_until()
     ORDER BY c.business_date LIMIT 1)
    UNION ALL
    (SELECT min(b.date) FROM ledger_businessday b
     WHERE b.date > GREATEST(p_after, coalesce(ledger_closed_until(), '-infinity'))
       AND b.date <= p_last)
  ) x
$$;
