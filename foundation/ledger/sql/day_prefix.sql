-- The six digits yymmdd with which the ids of a business date begin; called and not written out in
-- place, which every statement would have to read and simplify anew.
CREATE FUNCTION ledger_day_prefix(day date) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN (extract(year FROM day)::bigint % 100) * 10000
    + extract(month FROM day)::bigint * 100 + extract(day FROM day)::bigint;
END $$;
