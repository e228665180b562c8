-- One entry with all its legs, for whoever may see the entry or one of the legs. The other side's
-- account may be at another outlet: then its name is masked and `own` is false.
CREATE FUNCTION ledger_entry_seen(p_entry bigint) RETURNS TABLE (
  institution_id bigint, business_date date, posted_at timestamptz, journal_no varchar,
  trade_code varchar,
  teller varchar, subject varchar, note varchar, reverses_id bigint, reversed_by bigint,
  value_date date,
  line smallint, number varchar, name text, currency varchar, amount_fen bigint, own boolean
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH scope AS (
    SELECT string_to_array(nullif(current_setting('app.scope', true), ''), ',') AS ids
  ),
  leg AS (
    SELECT p.*, a.number, a.name,
      '*' = ANY (s.ids) OR p.institution_id::text = ANY (s.ids) AS own
    FROM ledger_every_leg p JOIN ledger_account a ON a.id = p.account_id, scope s
    WHERE p.entry_id = p_entry
  )
  SELECT e.institution_id, e.business_date, e.posted_at, e.journal_no, e.trade_code, e.teller, e.subject,
    e.note, e.reverses_id, r.entry, coalesce(e.value_date, e.business_date), l.line, l.number,
    CASE WHEN l.own THEN l.name ELSE (SELECT y.name FROM ledger_payee(l.number) y) END,
    l.currency, l.amount_fen, l.own
  FROM ledger_entry e
  JOIN leg l ON l.entry_id = e.id AND l.business_date = e.business_date
  LEFT JOIN ledger_reversal r ON r.original = e.id
  CROSS JOIN scope s
  WHERE e.id = p_entry
    AND ('*' = ANY (s.ids) OR e.institution_id::text = ANY (s.ids)
      OR (SELECT bool_or(own) FROM leg))
  ORDER BY l.line
$$;
