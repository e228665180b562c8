-- The shards of an account with the number of postings in each: its own row, and the further
-- balances that it has or had.
CREATE OR REPLACE FUNCTION ledger_shards(p_account bigint)
RETURNS TABLE (shard smallint, seq bigint)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT 0::smallint, a.seq FROM ledger_account a WHERE a.id = p_account
  UNION ALL
  SELECT s.shard, s.seq FROM ledger_shard s WHERE s.account_id = p_account
$$;

-- Guards of the books that are missing or switched off, and rights that the application must not
-- have.
CREATE OR REPLACE FUNCTION ledger_guards_off() RETURNS TABLE (kind text, subject text, found text)
LANGUAGE sql STABLE AS $$
  SELECT 'guard off', c.relname::text, w.name
  FROM pg_class c
  CROSS JOIN LATERAL (
    SELECT unnest(ARRAY['ledger_append_only', 'ledger_no_truncate']) AS name
    UNION ALL SELECT 'ledger_entry_sound' WHERE c.relname = 'ledger_entry'
    UNION ALL SELECT 'ledger_legs_sound' WHERE c.relname = 'ledger_posting'
    UNION ALL SELECT 'ledger_mark' WHERE c.relname = 'ledger_posting'
  ) w
  WHERE c.relnamespace = 'public'::regnamespace
    AND c.relname IN ('ledger_entry', 'ledger_posting', 'ledger_journalline', 'ledger_postingkey',
      'ledger_reversal', 'ledger_dayclosing', 'ledger_turnover', 'ledger_daysignature',
      'ledger_daycarry', 'ledger_closingbalance', 'ledger_subjectbalance', 'ledger_mark')
    AND NOT EXISTS (SELECT FROM pg_trigger t
      WHERE t.tgrelid = c.oid AND t.tgname = w.name AND t.tgenabled = 'A')
  UNION ALL
  SELECT 'guard off', w.table_name, w.name
  FROM (VALUES ('ledger_businessday', 'ledger_day_guard'), ('ledger_businessday', 'ledger_day_whole'),
    ('ledger_businessday', 'ledger_date_opened'), ('ledger_businessday', 'ledger_date_reopened'),
    ('ledger_account', 'ledger_account_sound'), ('ledger_account', 'ledger_shards_follow')
  ) w(table_name, name)
  WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = w.name AND t.tgenabled = 'A'
    AND t.tgrelid = w.table_name::regclass)
  UNION ALL
  -- What guards the tables guards each of their months, so that no way leads past it.
  SELECT 'guard off', c.relname::text, w.name
  FROM pg_class c CROSS JOIN LATERAL (
    SELECT unnest(ARRAY['ledger_append_only', 'ledger_no_truncate']) AS name
    UNION ALL SELECT 'ledger_entry_sound' WHERE c.relname LIKE 'entry\_%'
    UNION ALL SELECT 'ledger_legs_sound' WHERE c.relname LIKE 'posting\_%'
  ) w
  WHERE c.relnamespace = 'ledger_parts'::regnamespace AND c.relkind = 'r' AND c.relispartition
    AND NOT EXISTS (SELECT FROM pg_trigger t
      WHERE t.tgrelid = c.oid AND t.tgname = w.name AND t.tgenabled = 'A')
  UNION ALL
  SELECT 'guard off', c.relname::text, 'row security'
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND c.relname LIKE 'ledger\_%' AND c.relname NOT IN ('ledger_chartaccount', 'ledger_closeddate')
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
  UNION ALL
  SELECT 'right too many', c.relname::text, coalesce(r.rolname, 'everybody') || ' ' || x.privilege_type
  FROM pg_class c CROSS JOIN aclexplode(c.relacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
  WHERE c.relnamespace IN ('public'::regnamespace, 'ledger_parts'::regnamespace)
    AND x.grantee <> c.relowner AND x.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
    AND (c.relnamespace = 'ledger_parts'::regnamespace OR c.relname IN ('ledger_entry',
      'ledger_posting', 'ledger_journalline', 'ledger_postingkey', 'ledger_reversal',
      'ledger_dayclosing', 'ledger_turnover', 'ledger_closingbalance', 'ledger_subjectbalance',
      'ledger_mark'))
$$;

-- What is wrong with what was posted from a date on: for the hourly look. Balances of the accounts
-- that moved are compared with their closing balance and what came after.
CREATE OR REPLACE FUNCTION ledger_recent_differences(p_from date)
RETURNS TABLE (kind text, subject text, found text) LANGUAGE sql STABLE AS $$
  WITH leg AS (
    SELECT p.* FROM ledger_posting p
    WHERE p.entry_id >= ledger_day_prefix(p_from) * 10000000000 AND p.business_date >= p_from
  )
  SELECT 'unbalanced', 'entry ' || l.entry_id, l.currency || ' ' || sum(l.amount_fen)
  FROM leg l GROUP BY l.entry_id, l.currency HAVING sum(l.amount_fen) <> 0
  UNION ALL
  SELECT 'day unbalanced', l.business_date::text, l.currency || ' ' || sum(l.amount_fen)
  FROM leg l GROUP BY l.business_date, l.currency HAVING sum(l.amount_fen) <> 0
  UNION ALL
  SELECT 'entry without journal line', 'entry ' || e.id, e.journal_no
  FROM ledger_entry e
  WHERE e.id >= ledger_day_prefix(p_from) * 10000000000
    AND NOT EXISTS (SELECT FROM ledger_journalline j
      WHERE j.entry_id = e.id AND j.journal_no = e.journal_no
        AND j.institution_id = e.institution_id AND j.business_date = e.business_date)
  UNION ALL
  SELECT 'balance differs', 'account ' || a.number, s.fen || ' is not ' || b.fen
  FROM (SELECT DISTINCT l.account_id FROM leg l) m
  JOIN ledger_account a ON a.id = m.account_id
  CROSS JOIN LATERAL (SELECT a.balance_fen + coalesce(sum(o.balance_fen), 0)::bigint AS fen
    FROM ledger_shard o WHERE o.account_id = a.id) s
  CROSS JOIN LATERAL (SELECT ledger_balance_on(a.id, '2089-12-31') AS fen) b
  WHERE s.fen <> b.fen
$$;
