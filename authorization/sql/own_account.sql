-- Who of the bank's people hold one of two accounts, wherever these are kept; nothing else of them is told.
CREATE OR REPLACE FUNCTION authorization_account_holders(payer text, payee text)
RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT ARRAY(SELECT kept.holder_person FROM ledger_account kept
      WHERE kept.number IN (nullif(payer, ''), nullif(payee, '')) AND kept.holder_person IS NOT NULL
      ORDER BY kept.number)
$$;
