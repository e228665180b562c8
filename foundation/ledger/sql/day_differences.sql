-- What is wrong with seals, turnover, closing balances, the general ledger, marks and guards. Over
-- every institution, as ledger_differences.
CREATE FUNCTION ledger_day_differences(p_first date, p_last date)
RETURNS TABLE (kind text, subject text, found text) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH closing AS (
    SELECT c.*, d.state,
      NOT EXISTS (SELECT FROM ledger_reopening r WHERE r.closing_id = c.id AND r.approved) AS holds
    FROM ledger_dayclosing c JOIN ledger_businessday d ON d.id = c.day_id
  ),
  valid AS (SELECT z.business_date, z.round FROM ledger_closeddate z WHERE z.revoked_at IS NULL)
  SELECT '', '', '' WHERE NOT ledger_sees_everything()
  UNION ALL
  -- The entries and legs under a seal are those that were sealed.
  SELECT 'seal content differs', 'day ' || c.institution_id || ' ' || c.business_date,
    t.entries || ' entries, ' || t.legs || ' legs'
  FROM closing c, ledger_day_content(c.institution_id, c.business_date, c.last_no) t
  WHERE c.business_date BETWEEN p_first AND p_last
    AND (t.entries, t.legs, t.content) IS DISTINCT FROM (c.entries, c.legs, c.content::text)
  UNION ALL
  -- Nothing was posted into a day after its seal.
  SELECT 'posted after the seal', 'day ' || c.institution_id || ' ' || c.business_date,
    t.last_no || ' after ' || c.last_no
  FROM closing c, ledger_day_content(c.institution_id, c.business_date, NULL) t
  WHERE c.business_date BETWEEN p_first AND p_last AND c.holds AND t.last_no <> c.last_no
  UNION ALL
  -- The seal is the hash of its figures.
  SELECT 'seal differs', 'day ' || c.institution_id || ' ' || c.business_date, c.digest
  FROM ledger_dayclosing c
  WHERE c.business_date BETWEEN p_first AND p_last AND ledger_seal_digest(c) <> c.digest
  UNION ALL
  -- Each seal follows from the one before.
  SELECT 'seal chain broken', 'day ' || s.institution_id || ' ' || s.business_date, 'seal ' || s.seq
  FROM (
    SELECT c.*, lag(c.digest, 1, repeat('0', 64)::varchar) OVER w AS expected,
      lag(c.seq, 1, 0::bigint) OVER w AS seq_before
    FROM ledger_dayclosing c WINDOW w AS (PARTITION BY c.institution_id ORDER BY c.seq)
  ) s WHERE s.former <> s.expected OR s.seq <> s.seq_before + 1
  UNION ALL
  -- From an institution's first seal on, a day that is over is sealed and signed by two.
  SELECT 'day without seal or signatures', 'day ' || d.institution_id || ' ' || d.date, d.state
  FROM ledger_businessday d
  LEFT JOIN closing c ON c.day_id = d.id AND c.holds
  WHERE d.date BETWEEN p_first AND p_last AND d.state IN ('sealed', 'closed')
    AND d.date >= (SELECT min(o.business_date) FROM ledger_dayclosing o
                   WHERE o.institution_id = d.institution_id)
    AND (c.id IS NULL OR (d.state = 'closed' AND (SELECT count(DISTINCT s.person)
         FROM ledger_daysignature s WHERE s.closing_id = c.id) < 2))
  UNION ALL
  -- The turnover is what was posted.
  SELECT 'turnover differs', 'day ' || x.institution_id || ' ' || x.business_date,
    'account ' || x.account_id
  FROM (
    SELECT c.institution_id, c.business_date, o.account_id, o.legs, o.debit_fen, o.credit_fen
    FROM closing c JOIN ledger_turnover o ON o.closing_id = c.id
    WHERE c.holds AND c.business_date BETWEEN p_first AND p_last
    UNION ALL
    SELECT c.institution_id, c.business_date, p.account_id, -count(*),
      -coalesce(sum(p.amount_fen) FILTER (WHERE p.amount_fen > 0), 0),
      coalesce(sum(p.amount_fen) FILTER (WHERE p.amount_fen < 0), 0)
    FROM closing c
    JOIN ledger_line_leg p ON p.poster_id = c.institution_id
      AND p.entry_id >= ledger_day_prefix(c.business_date) * 10000000000
      AND p.entry_id < (ledger_day_prefix(c.business_date) + 1) * 10000000000
    WHERE c.holds AND c.business_date BETWEEN p_first AND p_last
    GROUP BY c.institution_id, c.business_date, p.account_id
  ) x GROUP BY x.institution_id, x.business_date, x.account_id
  HAVING sum(x.legs) <> 0 OR sum(x.debit_fen) <> 0 OR sum(x.credit_fen) <> 0
  UNION ALL
  -- The closing balances are what the postings add up to by their dates.
  SELECT 'closing balance differs', 'account ' || a.number, s.business_date::text
  FROM (
    SELECT coalesce(p.account_id, c.account_id) AS account_id,
      coalesce(p.business_date, c.business_date) AS business_date, c.balance_fen,
      coalesce(k.fen, 0)
        + sum(p.fen) OVER (PARTITION BY p.account_id ORDER BY p.business_date) AS fen
    FROM (
      SELECT o.account_id, o.business_date, sum(o.amount_fen) AS fen FROM ledger_every_leg o
      WHERE o.business_date <= ledger_closed_until() GROUP BY 1, 2
    ) p
    FULL JOIN (
      SELECT b.* FROM ledger_closingbalance b JOIN valid v USING (business_date, round)
      WHERE b.business_date > coalesce(ledger_archived_until(), '-infinity')
    ) c ON c.account_id = p.account_id AND c.business_date = p.business_date
    LEFT JOIN (
      SELECT o.account_id, sum(o.fen) AS fen FROM ledger_carried o GROUP BY o.account_id
    ) k ON k.account_id = coalesce(p.account_id, c.account_id)
  ) s JOIN ledger_account a ON a.id = s.account_id
  WHERE s.balance_fen IS DISTINCT FROM CASE a.normal_side WHEN 'debit' THEN s.fen ELSE -s.fen END
  UNION ALL
  -- The general ledger is what the accounts add up to.
  SELECT 'general ledger differs', 'subject ' || s.code,
    x.institution_id || ' ' || x.currency || ' ' || x.fen || ' is not ' || y.fen
  FROM (
    SELECT DISTINCT ON (g.institution_id, g.chart_id, g.currency)
      g.institution_id, g.chart_id, g.currency, g.closing_fen AS fen
    FROM ledger_subjectbalance g JOIN valid v USING (business_date, round)
    ORDER BY g.institution_id, g.chart_id, g.currency, g.business_date DESC
  ) x
  JOIN ledger_chartaccount s ON s.id = x.chart_id
  LEFT JOIN LATERAL (
    SELECT coalesce(sum(t.balance_fen), 0) AS fen
    FROM ledger_account a CROSS JOIN LATERAL (
      SELECT b.balance_fen FROM ledger_closingbalance b JOIN valid v USING (business_date, round)
      WHERE b.account_id = a.id ORDER BY b.business_date DESC LIMIT 1
    ) t
    WHERE a.institution_id = x.institution_id AND a.chart_id = x.chart_id
      AND a.currency = x.currency
  ) y ON true
  WHERE x.fen <> y.fen
  UNION ALL
  -- Each line of the general ledger begins where the one before ended.
  SELECT 'general ledger differs', 'subject ' || s.code, g.institution_id || ' ' || g.business_date
  FROM (
    SELECT l.*, lag(l.closing_fen, 1, 0::bigint) OVER (
      PARTITION BY l.institution_id, l.chart_id, l.currency ORDER BY l.business_date) AS before
    FROM ledger_subjectbalance l JOIN valid v USING (business_date, round)
  ) g JOIN ledger_chartaccount s ON s.id = g.chart_id
  WHERE g.opening_fen <> g.before OR g.closing_fen <> g.opening_fen
    + CASE s.normal_side WHEN 'debit' THEN g.debit_fen - g.credit_fen
      ELSE g.credit_fen - g.debit_fen END
  UNION ALL
  -- Each mark is the sum of its date so far.
  SELECT 'mark differs', 'account ' || a.number, m.business_date || ' ' || m.seq
  FROM ledger_mark m JOIN ledger_account a ON a.id = m.account_id
  LEFT JOIN LATERAL (
    SELECT count(*) AS legs, coalesce(sum(p.amount_fen), 0) AS fen FROM ledger_every_leg p
    WHERE p.account_id = m.account_id AND p.shard = m.shard AND p.seq <= m.seq
      AND p.seq > coalesce((SELECT max(o.seq) FROM ledger_mark o WHERE o.account_id = m.account_id
        AND o.shard = m.shard AND o.business_date = m.business_date AND o.seq < m.seq), 0)
      AND p.business_date = m.business_date
      AND p.entry_id >= ledger_day_prefix(m.business_date) * 10000000000
      AND p.entry_id < (ledger_day_prefix(m.business_date) + 1) * 10000000000
  ) t ON true
  LEFT JOIN LATERAL (
    SELECT o.legs, o.debit_fen, o.credit_fen FROM ledger_mark o
    WHERE o.account_id = m.account_id AND o.shard = m.shard AND o.business_date = m.business_date
      AND o.seq < m.seq ORDER BY o.seq DESC LIMIT 1
  ) b ON true
  WHERE m.business_date BETWEEN p_first AND p_last
    AND (m.legs <> t.legs + coalesce(b.legs, 0) OR m.debit_fen - m.credit_fen
      <> t.fen + coalesce(b.debit_fen - b.credit_fen, 0))
  UNION ALL
  -- The moments of an account's postings go forward.
  SELECT 'moment goes backward', 'account ' || a.number, 'posting ' || s.seq
  FROM (
    SELECT p.account_id, p.seq, p.made_at, lag(p.made_at) OVER (
      PARTITION BY p.account_id, p.shard ORDER BY p.seq) AS before
    FROM ledger_every_leg p WHERE p.business_date BETWEEN p_first AND p_last
  ) s JOIN ledger_account a ON a.id = s.account_id
  WHERE s.made_at < s.before
$$;
