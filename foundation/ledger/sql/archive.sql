-- Months that nobody posts to any more leave the books: their tables are taken off and stand by
-- themselves, out of the application's reach. What their postings came to is carried.
CREATE SCHEMA ledger_archive;

-- The last date of the months that left; nothing before the first.
CREATE FUNCTION ledger_archived_until() RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT (max(m.month) + interval '1 month')::date - 1 FROM ledger_archivedmonth m
$$;

-- What the tables of a month hold, archived or, by the other schema, still in the books: lines,
-- legs, and a checksum that does not depend on the order of the rows. Half of each row's hash,
-- added up.
CREATE FUNCTION ledger_archive_holds(p_month date, p_schema text DEFAULT 'ledger_archive',
  OUT lines bigint, OUT legs bigint, OUT checksum text
) LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  v_lines regclass := to_regclass(p_schema || '.journalline_' || to_char(p_month, 'YYYYMM'));
  v_legs regclass := to_regclass(p_schema || '.leg_' || to_char(p_month, 'YYYYMM'));
BEGIN
  IF v_lines IS NULL OR v_legs IS NULL THEN
    RETURN;
  END IF;
  EXECUTE format($sql$
    SELECT count(*) FILTER (WHERE r.line), coalesce(sum(r.legs), 0),
      coalesce(sum(('x' || left(r.hash, 16))::bit(64)::bigint::numeric), 0) || ' '
      || coalesce(sum(('x' || substr(r.hash, 17, 16))::bit(64)::bigint::numeric), 0)
    FROM (
      SELECT true AS line, CASE WHEN j.first_account_id IS NULL THEN 0 ELSE 2 END AS legs,
        encode(sha256(convert_to(to_jsonb(j)::text, 'UTF8')), 'hex') AS hash FROM %s j
      UNION ALL
      SELECT false, 1, encode(sha256(convert_to(to_jsonb(l)::text, 'UTF8')), 'hex') FROM %s l
    ) r $sql$, v_lines, v_legs) INTO lines, legs, checksum;
END $$;

-- Refuse a month that is not the earliest, or of which a day may still be opened again. Answers the
-- last closing of a day of the month: it is another one after such a day was opened and closed.
CREATE FUNCTION ledger_archive_ready(p_month date) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_next date := (p_month + interval '1 month')::date;
BEGIN
  IF p_month <> date_trunc('month', p_month)::date
      OR p_month IS DISTINCT FROM (SELECT min(m) FROM ledger_months() m) THEN
    PERFORM ledger_refuse('ledger_archive_in_order', 'the earliest month leaves the books first');
  END IF;
  -- A later date is closed everywhere as well, so that no day of the month is opened again.
  IF v_next > coalesce(ledger_closed_until(), '-infinity') THEN
    PERFORM ledger_refuse('ledger_archive_closed', 'only a month that is closed for good leaves');
  END IF;
  RETURN (SELECT coalesce(max(c.id), 0) FROM ledger_closeddate c WHERE c.business_date < v_next);
END $$;

-- Take the earliest month off the books. It must be closed everywhere; nobody opens it again after
-- that. Everything is counted while others post: lines that are taken in wait, and whatever else
-- could change the month changes the closings of its days. Locks that others wait for are taken
-- when all is counted, and given up when they are not free in two seconds.
CREATE FUNCTION ledger_archive_month(p_month date, p_at timestamptz, p_by text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  v_low bigint := ledger_day_prefix(p_month) * 10000000000;
  v_high bigint := ledger_day_prefix((p_month + interval '1 month')::date) * 10000000000;
  v_name text := to_char(p_month, 'YYYYMM');
  v_table text;
  v_last timestamptz;
  v_closing bigint;
  h record;
BEGIN
  PERFORM ledger_sees_everything();
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'archiving needs READ COMMITTED' USING ERRCODE = 'invalid_transaction_state';
  END IF;
  PERFORM pg_advisory_xact_lock(4700, 3);
  v_closing := ledger_archive_ready(p_month);
  INSERT INTO ledger_carried (account_id, shard, month, institution_id, legs, fen)
  SELECT l.account_id, l.shard, p_month, l.institution_id, count(*), sum(l.amount_fen)
  FROM ledger_every_leg l WHERE l.entry_id >= v_low AND l.entry_id < v_high
  GROUP BY l.account_id, l.shard, l.institution_id;
  SELECT max(l.made_at) INTO v_last FROM ledger_every_leg l
  WHERE l.entry_id >= v_low AND l.entry_id < v_high;
  h := ledger_archive_holds(p_month, 'ledger_parts');
  INSERT INTO ledger_archivedmonth (month, lines, legs, checksum, last_made_at, archived_at, label)
  VALUES (p_month, h.lines, h.legs, h.checksum, v_last, p_at, p_by);

  PERFORM pg_advisory_xact_lock(4700, 1), pg_advisory_xact_lock(4700, 2);
  IF ledger_archive_ready(p_month) <> v_closing THEN
    PERFORM ledger_refuse('ledger_archive_closed', 'a day of the month was opened meanwhile');
  END IF;
  FOREACH v_table IN ARRAY ARRAY['journalline', 'leg'] LOOP
    EXECUTE format('ALTER TABLE public.ledger_%s DETACH PARTITION ledger_parts.%I', v_table,
      v_table || '_' || v_name);
    EXECUTE format('ALTER TABLE ledger_parts.%I SET SCHEMA ledger_archive',
      v_table || '_' || v_name);
    -- The guard of the whole table is not the month's any more.
    PERFORM ledger_keep(format('ledger_archive.%I', v_table || '_' || v_name)::regclass);
  END LOOP;
END $$;

-- Archived months that do not hold any more what they held. One whose tables were taken elsewhere
-- is not there to be looked at, and is not told of.
CREATE FUNCTION ledger_archive_differences() RETURNS TABLE (kind text, subject text, found text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT '', '', '' WHERE NOT ledger_sees_everything()
  UNION ALL
  SELECT 'archived month differs', 'month ' || to_char(m.month, 'YYYY-MM'),
    h.lines || ' lines, ' || h.legs || ' legs'
  FROM ledger_archivedmonth m CROSS JOIN LATERAL ledger_archive_holds(m.month) h
  WHERE h.lines IS NOT NULL
    AND (h.lines, h.legs, h.checksum) IS DISTINCT FROM (m.lines, m.legs, m.checksum::text)
  UNION ALL
  SELECT 'archived month differs', 'month ' || to_char(m.month, 'YYYY-MM'),
    coalesce(t.legs, 0) || ' legs carried'
  FROM ledger_archivedmonth m
  LEFT JOIN (SELECT c.month, sum(c.legs) AS legs, sum(c.fen) AS fen FROM ledger_carried c
             GROUP BY c.month) t ON t.month = m.month
  WHERE coalesce(t.legs, 0) <> m.legs OR coalesce(t.fen, 0) <> 0
$$;

SELECT ledger_keep(t), ledger_only_read(t)
FROM unnest(ARRAY['ledger_archivedmonth', 'ledger_carried']::regclass[]) t;
