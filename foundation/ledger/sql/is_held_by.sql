-- Whether a name is the one of an account's holder, spaces aside; the name itself stays inside.
CREATE FUNCTION ledger_is_held_by(p_number text, p_name text)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
      SELECT FROM ledger_account a WHERE a.number = p_number
        AND regexp_replace(a.name, '\s', '', 'g') = regexp_replace(p_name, '\s', '', 'g'))
$$;
