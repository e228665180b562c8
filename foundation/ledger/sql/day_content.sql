-- The hash over what an institution posted on a day, in the order of its journal: every entry with
-- its journal line, then its legs. With p_upto only up to that number, so that the seal of a day
-- that went on after it was opened again can be computed anew. Moments are seconds, so that no
-- setting of the session changes a byte.
CREATE FUNCTION ledger_day_content(p_institution bigint, p_date date, p_upto bigint,
  OUT entries bigint, OUT legs bigint, OUT last_no bigint, OUT content text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH line AS (
    SELECT j.*, CASE j.source WHEN 'own' THEN j.journal_no::bigint END AS no
    FROM ledger_journalline j
    WHERE j.institution_id = p_institution AND j.source = 'own'
      AND j.id >= ledger_day_prefix(p_date) * 10000000000
      AND j.id < (ledger_day_prefix(p_date) + 1) * 10000000000
  ),
  said AS (
    SELECT l.no, 0 AS line, jsonb_build_array(
        l.id, l.institution_id, l.business_date, extract(epoch FROM l.at), l.journal_no,
        l.key, l.trade_code, l.teller, l.subject, l.note, l.reverses_id, l.id, l.account_number,
        l.side, l.amount_fen, l.currency, l.counter_account, l.voucher_no)
        || CASE WHEN l.value_date IS NULL THEN '[]' ELSE jsonb_build_array(l.value_date) END AS words
    FROM line l
    WHERE p_upto IS NULL OR l.no <= p_upto
    UNION ALL
    SELECT p.journal_no::bigint, p.line, jsonb_build_array(
        p.entry_id, p.line, p.account_id, p.shard, p.seq, p.institution_id, p.currency,
        p.amount_fen, p.balance_after)
    FROM ledger_line_leg p
    WHERE p.poster_id = p_institution
      AND p.entry_id >= ledger_day_prefix(p_date) * 10000000000
      AND p.entry_id < (ledger_day_prefix(p_date) + 1) * 10000000000
      AND (p_upto IS NULL OR p.journal_no::bigint <= p_upto)
  )
  SELECT count(*) FILTER (WHERE s.line = 0), count(*) FILTER (WHERE s.line > 0),
    coalesce(max(s.no), 0),
    encode(sha256(coalesce(
      string_agg(sha256(convert_to(s.words::text, 'UTF8')), ''::bytea ORDER BY s.no, s.line), ''
    )), 'hex')
  FROM said s
$$;
