-- Make what a business day needs: its month's partitions, and the journal number it counts up.
CREATE FUNCTION ledger_day_ready(p_institution bigint, p_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM ledger_month(p_day);
  INSERT INTO ledger_journalnumber (institution_id, business_date, last_no)
  VALUES (p_institution, p_day, 0) ON CONFLICT DO NOTHING;
END $$;
