-- What a key answers when it comes again: the entry that it posted, or that it was another one.
CREATE OR REPLACE FUNCTION ledger_replay(
  p_entry bigint, p_stored bytea, p_given bytea,
  OUT entry bigint, OUT line bigint, OUT journal text, OUT replayed boolean,
  OUT refusal text, OUT detail text
) LANGUAGE plpgsql STABLE AS $$
BEGIN
  replayed := false;
  IF p_stored IS DISTINCT FROM p_given THEN
    refusal := 'E4001'; detail := ''; RETURN;
  END IF;
  entry := p_entry;
  replayed := true;
  -- A line has its entry's id; those from before have one of their own.
  SELECT j.id, j.journal_no INTO line, journal FROM ledger_journalline j
  WHERE j.id = p_entry AND j.entry_id = p_entry;
  IF NOT FOUND THEN
    SELECT j.id, j.journal_no INTO line, journal FROM ledger_journalline j
    WHERE j.entry_id = p_entry AND j.entry_id <> j.id
      AND j.id >= p_entry / 10000000000 * 10000000000
      AND j.id < (p_entry / 10000000000 + 1) * 10000000000;
  END IF;
END $$;
