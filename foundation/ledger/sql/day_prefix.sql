-- The six digits yymmdd with which the ids of a business date begin; called and not written out in
-- place, which every statement would have to read and simplify anew.
CREATE FUNCTION ledger_day_prefix(day date) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  RETURN to_char(day::timestamp, 'YYMMDD')::bigint;
END $$;
