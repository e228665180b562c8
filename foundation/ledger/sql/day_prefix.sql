-- The six digits yymmdd with which the ids of a business date begin.
CREATE FUNCTION ledger_day_prefix(day date) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (extract(year FROM day)::bigint % 100) * 10000
  + extract(month FROM day)::bigint * 100
  + extract(day FROM day)::bigint;
