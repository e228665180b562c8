-- Post the opposite of an entry, once: the legs are read here, so they cannot be other legs.
CREATE FUNCTION ledger_reverse(
  p_institution bigint, p_key text, p_hash bytea, p_date date, p_at timestamptz,
  p_original bigint, p_trade text, p_teller text, p_voucher text, p_subject text, p_note text,
  p_dry boolean,
  OUT entry bigint, OUT line bigint, OUT journal text, OUT replayed boolean,
  OUT refusal text, OUT detail text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_original record;
  v_accounts text[];
  v_amounts bigint[];
BEGIN
  replayed := false;
  SELECT e.business_date, e.reverses_id, e.institution_id INTO v_original
  FROM ledger_entry e WHERE e.id = p_original;
  IF NOT FOUND OR v_original.institution_id <> p_institution THEN
    refusal := 'E4011'; detail := p_original; RETURN;
  END IF;
  IF v_original.reverses_id IS NOT NULL THEN
    refusal := 'E4012'; detail := p_original; RETURN;
  END IF;
  SELECT array_agg(a.number ORDER BY p.line), array_agg(-p.amount_fen ORDER BY p.line)
  INTO v_accounts, v_amounts
  FROM ledger_every_leg p JOIN ledger_account a ON a.id = p.account_id
  WHERE p.entry_id = p_original AND p.business_date = v_original.business_date;
  SELECT * INTO entry, line, journal, replayed, refusal, detail FROM ledger_post(
    p_institution, p_key, p_hash, p_date, p_at, v_accounts, v_amounts, p_trade, p_teller,
    p_voucher, '', p_subject, p_note, p_original, p_dry);
END $$;
