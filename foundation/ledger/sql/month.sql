-- Make the partitions of the month that the day is in, if they are not there yet.
-- It runs as the owner, since the application owns nothing. A table is made aside and attached,
-- which readers and writers of the other months do not notice.
CREATE FUNCTION ledger_month(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_first date := date_trunc('month', day)::date;
  v_next date := (date_trunc('month', day) + interval '1 month')::date;
  v_name text := to_char(day, 'YYYYMM');
  v_table text;
  v_part text;
  v_trigger text;
BEGIN
  IF day NOT BETWEEN '2000-01-01' AND '2089-12-31' THEN
    RAISE EXCEPTION 'no books are kept for %', day USING ERRCODE = 'invalid_datetime_format';
  END IF;
  IF to_regclass('ledger_parts.journalline_' || v_name) IS NOT NULL THEN
    RETURN false;
  END IF;
  IF day <= ledger_archived_until() THEN
    PERFORM ledger_refuse('ledger_archived', 'the month has left the books');
  END IF;
  PERFORM pg_advisory_xact_lock(4700, 1);
  IF to_regclass('ledger_parts.journalline_' || v_name) IS NOT NULL THEN
    RETURN false;
  END IF;
  FOREACH v_table IN ARRAY ARRAY['leg', 'journalline'] LOOP
    v_part := format('ledger_parts.%I', v_table || '_' || v_name);
    EXECUTE format('CREATE TABLE %s (LIKE public.ledger_%s INCLUDING ALL)', v_part, v_table);
    IF v_table = 'leg' THEN
      EXECUTE format('ALTER TABLE public.ledger_leg ATTACH PARTITION %s'
        ' FOR VALUES FROM (%L) TO (%L)', v_part, v_first, v_next);
    ELSE
      EXECUTE format('ALTER TABLE public.ledger_%s ATTACH PARTITION %s'
        ' FOR VALUES FROM (%s) TO (%s)', v_table, v_part,
        ledger_day_prefix(v_first) * 10000000000, ledger_day_prefix(v_next) * 10000000000);
    END IF;
    -- What guards a statement on the whole table guards one on the month alone as well.
    IF v_table = 'leg' THEN
      EXECUTE format('CREATE TRIGGER ledger_legs_sound AFTER INSERT ON %s REFERENCING NEW TABLE'
        ' AS added FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_legs_sound()', v_part);
    END IF;
    EXECUTE format('CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON %s'
      ' FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_append_only()', v_part);
    FOR v_trigger IN
      SELECT tgname FROM pg_trigger WHERE tgrelid = v_part::regclass AND tgname LIKE 'ledger\_%'
    LOOP
      EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', v_part, v_trigger);
    END LOOP;
  END LOOP;
  -- A day lies wholly in one month, so the number is once for institution and day in all months. It
  -- comes first because the journal is searched by it.
  EXECUTE format('CREATE UNIQUE INDEX %I ON ledger_parts.journalline_%s'
    ' (journal_no, institution_id, business_date)', 'ledger_line_once_' || v_name, v_name);
  RETURN true;
END $$;
