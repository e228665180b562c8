-- A sum of fen as a whole number. The server's own sum of bigint is a numeric, which it keeps in 48
-- bytes of each group and makes anew for each comparison; this one is exact as well, and says so
-- where a whole number does not hold it.
CREATE AGGREGATE monitoring_sum(bigint) (
  SFUNC = int8pl, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE
);
