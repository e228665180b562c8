-- What a key answers when it comes again: the entry that it posted, or that it was another one.
CREATE FUNCTION ledger_replay(
  p_entry bigint, p_stored bytea, p_given bytea,
  OUT entry bigint, OUT line bigint, OUT journal text, OUT replayed boolean,
  OUT refusal text, OUT detail text
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  replayed := false;
  IF p_stored IS DISTINCT FROM p_given THEN
    refusal := 'E4001'; detail := ''; RETURN;
  END IF;
  entry := p_entry;
  replayed := true;
  SELECT j.id, j.journal_no INTO line, journal FROM ledger_journalline j WHERE j.id = p_entry;
  IF NOT FOUND THEN
    entry := NULL; replayed := false; refusal := 'E4080'; detail := ledger_archived_until();
  END IF;
END $$;
