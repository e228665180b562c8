-- Everything in the books that is not as it must be.
CREATE FUNCTION ledger_differences(p_first date, p_last date)
RETURNS TABLE (kind text, subject text, found text) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT '', '', '' WHERE NOT ledger_sees_everything()
  UNION ALL
  -- Debits and credits are the same in every entry and currency.
  SELECT 'unbalanced', 'entry ' || p.entry_id, p.currency || ' ' || sum(p.amount_fen)
  FROM ledger_every_leg p WHERE p.business_date BETWEEN p_first AND p_last
  GROUP BY p.entry_id, p.currency HAVING sum(p.amount_fen) <> 0
  UNION ALL
  -- And on every day.
  SELECT 'day unbalanced', p.business_date::text, p.currency || ' ' || sum(p.amount_fen)
  FROM ledger_every_leg p WHERE p.business_date BETWEEN p_first AND p_last
  GROUP BY p.business_date, p.currency HAVING sum(p.amount_fen) <> 0
  UNION ALL
  -- Every entry has its legs, every leg its entry.
  SELECT 'entry without legs', 'entry ' || e.id, ''
  FROM ledger_journalline e
  WHERE e.business_date BETWEEN p_first AND p_last AND e.source = 'own'
    AND e.first_account_id IS NULL AND NOT EXISTS (SELECT FROM ledger_leg p
      WHERE p.entry_id = e.id AND p.business_date = e.business_date)
  UNION ALL
  SELECT 'leg without entry', 'entry ' || p.entry_id, 'line ' || p.line
  FROM ledger_leg p
  WHERE p.business_date BETWEEN p_first AND p_last
    AND NOT EXISTS (SELECT FROM ledger_journalline e
      WHERE e.id = p.entry_id AND e.source = 'own' AND e.first_account_id IS NULL)
  UNION ALL
  -- A line tells of its first leg: the account, the side and the amount.
  SELECT 'journal line differs', 'entry ' || p.entry_id, 'account ' || j.account_number
  FROM ledger_every_leg p
  JOIN ledger_journalline j ON j.id = p.entry_id
  JOIN ledger_account a ON a.id = p.account_id
  WHERE p.line = 1 AND p.business_date BETWEEN p_first AND p_last
    AND j.business_date BETWEEN p_first AND p_last
    AND (j.account_number <> a.number OR p.amount_fen
      <> CASE j.side WHEN 'debit' THEN j.amount_fen ELSE -j.amount_fen END)
  UNION ALL
  -- The numbers given out are all there.
  SELECT 'journal number missing', n.institution_id || ' ' || n.business_date,
    lpad(s.no::text, 8, '0')
  FROM ledger_journalnumber n, generate_series(1, n.last_no) s(no)
  WHERE n.business_date BETWEEN p_first AND p_last
    AND NOT EXISTS (SELECT FROM ledger_journalline j
      WHERE j.institution_id = n.institution_id AND j.business_date = n.business_date
        AND j.journal_no = lpad(s.no::text, 8, '0'))
  UNION ALL
  -- The postings of an account are counted without a gap and each balance follows from the last.
  SELECT 'statement broken', 'account ' || a.number, 'posting ' || s.seq
  FROM (
    SELECT p.account_id, p.seq, p.amount_fen, p.balance_after,
      lag(p.seq, 1, 0::bigint) OVER w AS seq_before,
      lag(p.balance_after, 1, 0::bigint) OVER w AS before, p.shard
    FROM ledger_every_leg p WINDOW w AS (PARTITION BY p.account_id, p.shard ORDER BY p.seq)
  ) s JOIN ledger_account a ON a.id = s.account_id
  -- Between two postings archived ones may be missing: how many is counted with the balance.
  WHERE s.seq <> s.seq_before + 1 AND NOT EXISTS (SELECT FROM ledger_carried c
      WHERE c.account_id = s.account_id AND c.shard = s.shard)
    OR s.seq = s.seq_before + 1 AND s.balance_after <> s.before
    + CASE a.normal_side WHEN 'debit' THEN s.amount_fen ELSE -s.amount_fen END
  UNION ALL
  -- The balance rebuilt from the postings, and from what was carried, is the stored one, of the account and of each shard.
  SELECT 'balance differs', 'account ' || r.number || CASE r.shard WHEN 0 THEN '' ELSE
    ' shard ' || r.shard END, r.balance_fen || ' is not ' || r.rebuilt
  FROM (
    SELECT a.number, a.shard, a.balance_fen, a.seq, coalesce(t.legs, 0) AS legs,
      CASE a.normal_side WHEN 'debit' THEN coalesce(t.fen, 0) ELSE -coalesce(t.fen, 0) END
        AS rebuilt
    FROM (
      SELECT id, number, 0 AS shard, normal_side, balance_fen, seq FROM ledger_account
      UNION ALL
      SELECT account_id, number, shard, normal_side, balance_fen, seq FROM ledger_shard
    ) a
    LEFT JOIN (
      SELECT u.account_id, u.shard, sum(u.fen) AS fen, sum(u.legs) AS legs
      FROM (
        SELECT p.account_id, p.shard, sum(p.amount_fen) AS fen, count(*) AS legs
        FROM ledger_every_leg p GROUP BY p.account_id, p.shard
        UNION ALL
        SELECT c.account_id, c.shard, c.fen, c.legs FROM ledger_carried c
      ) u GROUP BY u.account_id, u.shard
    ) t ON t.account_id = a.id AND t.shard = a.shard
  ) r WHERE r.balance_fen <> r.rebuilt OR r.seq <> r.legs
  UNION ALL
  -- A shard is what its account is, a posting's shard is there, a closed account comes to nothing.
  SELECT 'shard differs', 'account ' || a.number, 'shard ' || s.shard
  FROM ledger_shard s JOIN ledger_account a ON a.id = s.account_id
  WHERE (s.number, s.institution_id, s.normal_side, s.currency, s.opened_on, s.state)
    IS DISTINCT FROM (a.number, a.institution_id, a.normal_side, a.currency, a.opened_on, a.state)
    OR s.used <> (s.shard <= a.shards)
  UNION ALL
  SELECT 'shard missing', 'account ' || p.account_id, 'shard ' || p.shard
  FROM (SELECT DISTINCT account_id, shard FROM ledger_every_leg WHERE shard > 0) p
  WHERE NOT EXISTS (SELECT FROM ledger_shard s
    WHERE s.account_id = p.account_id AND s.shard = p.shard)
  UNION ALL
  SELECT 'closed account not empty', 'account ' || a.number, ''
  FROM ledger_account a WHERE a.state = 'closed' AND a.balance_fen
    + (SELECT coalesce(sum(s.balance_fen), 0) FROM ledger_shard s WHERE s.account_id = a.id) <> 0
  UNION ALL
  -- What is held is the sum of the holds in force.
  SELECT 'held differs', 'account ' || a.number, a.held_fen || ' is not ' || coalesce(h.fen, 0)
  FROM ledger_account a
  LEFT JOIN (
    SELECT account_id, sum(amount_fen) AS fen FROM ledger_hold
    WHERE released_at IS NULL GROUP BY account_id
  ) h ON h.account_id = a.id
  WHERE a.held_fen <> coalesce(h.fen, 0)
$$;

-- What is wrong with what was posted from a date on: for the hourly look. Balances of the accounts
-- that moved are compared with their closing balance and what came after.
CREATE FUNCTION ledger_recent_differences(p_from date)
RETURNS TABLE (kind text, subject text, found text) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH leg AS (
    SELECT p.* FROM ledger_every_leg p
    WHERE p.entry_id >= ledger_day_prefix(p_from) * 10000000000 AND p.business_date >= p_from
  )
  SELECT '', '', '' WHERE NOT ledger_sees_everything()
  UNION ALL
  SELECT 'unbalanced', 'entry ' || l.entry_id, l.currency || ' ' || sum(l.amount_fen)
  FROM leg l GROUP BY l.entry_id, l.currency HAVING sum(l.amount_fen) <> 0
  UNION ALL
  SELECT 'day unbalanced', l.business_date::text, l.currency || ' ' || sum(l.amount_fen)
  FROM leg l GROUP BY l.business_date, l.currency HAVING sum(l.amount_fen) <> 0
  UNION ALL
  SELECT 'balance differs', 'account ' || a.number, b.now || ' is not ' || b.fen
  FROM (SELECT DISTINCT l.account_id FROM leg l) m
  JOIN ledger_account a ON a.id = m.account_id
  CROSS JOIN LATERAL (
    SELECT ledger_balance_on(a.id, '2089-12-31') AS fen, ledger_balance(a.id) AS now) b
  WHERE b.now <> b.fen
$$;
