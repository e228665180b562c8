-- Who holds an account, as much as may be said to anyone who has its number: the masked name and
-- the state. The whole name does not leave the database.
CREATE FUNCTION ledger_payee(p_number text, OUT name text, OUT state text)
RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE
      WHEN length(a.name) <= 4 THEN left(a.name, 1) || repeat('*', length(a.name) - 1)
      ELSE left(a.name, 2) || repeat('*', length(a.name) - 4) || right(a.name, 2)
    END, a.state
  FROM ledger_account a WHERE a.number = p_number
$$;
