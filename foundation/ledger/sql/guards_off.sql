-- Guards of the books that are missing or switched off, and rights that the application must not
-- have.
CREATE FUNCTION ledger_guards_off() RETURNS TABLE (kind text, subject text, found text)
LANGUAGE sql STABLE AS $$
  SELECT 'guard off', c.relname::text, w.name
  FROM pg_class c
  CROSS JOIN LATERAL (
    SELECT unnest(ARRAY['ledger_append_only', 'ledger_no_truncate']) AS name
    UNION ALL SELECT 'ledger_line_sound' WHERE c.relname = 'ledger_journalline'
    UNION ALL SELECT 'ledger_legs_sound' WHERE c.relname = 'ledger_leg'
  ) w
  WHERE c.relnamespace = 'public'::regnamespace
    AND c.relname IN ('ledger_leg', 'ledger_journalline', 'ledger_postingkey',
      'ledger_reversal', 'ledger_dayclosing', 'ledger_turnover', 'ledger_daysignature',
      'ledger_daycarry', 'ledger_closingbalance', 'ledger_subjectbalance', 'ledger_mark',
      'ledger_archivedmonth', 'ledger_carried')
    AND NOT EXISTS (SELECT FROM pg_trigger t
      WHERE t.tgrelid = c.oid AND t.tgname = w.name AND t.tgenabled = 'A')
  UNION ALL
  -- Each month stands under the same guards: a way past the whole table leads through it.
  SELECT 'guard off', c.relname::text, w.name
  FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid
  CROSS JOIN LATERAL (
    SELECT unnest(ARRAY['ledger_append_only', 'ledger_no_truncate']) AS name
    UNION ALL SELECT 'ledger_line_sound' WHERE h.inhparent = 'ledger_journalline'::regclass
    UNION ALL SELECT 'ledger_legs_sound' WHERE h.inhparent = 'ledger_leg'::regclass
  ) w
  WHERE h.inhparent IN ('ledger_leg'::regclass, 'ledger_journalline'::regclass)
    AND NOT EXISTS (SELECT FROM pg_trigger t
      WHERE t.tgrelid = c.oid AND t.tgname = w.name AND t.tgenabled = 'A')
  UNION ALL
  -- And each month that left the books.
  SELECT 'guard off', c.relname::text, w.name
  FROM pg_class c CROSS JOIN unnest(ARRAY['ledger_append_only', 'ledger_no_truncate']) w(name)
  WHERE c.relnamespace = 'ledger_archive'::regnamespace AND c.relkind = 'r'
    AND NOT EXISTS (SELECT FROM pg_trigger t
      WHERE t.tgrelid = c.oid AND t.tgname = w.name AND t.tgenabled = 'A')
  UNION ALL
  SELECT 'guard off', w.relation, w.name
  FROM (VALUES ('ledger_account', 'ledger_account_sound'),
    ('ledger_account', 'ledger_shards_follow'), ('ledger_businessday', 'ledger_day_whole'),
    ('ledger_chartaccount', 'ledger_chart_guard'), ('ledger_account', 'ledger_account_by_two'),
    ('ledger_account', 'ledger_account_state_by_two')
  ) w(relation, name)
  WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = w.name
    AND t.tgenabled = 'A' AND t.tgrelid = w.relation::regclass)
  UNION ALL
  SELECT 'guard off', 'ledger_businessday', w.name
  FROM unnest(ARRAY['ledger_day_guard', 'ledger_date_opened', 'ledger_date_reopened']) w(name)
  WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = w.name AND t.tgenabled = 'A'
    AND t.tgrelid = 'ledger_businessday'::regclass)
  UNION ALL
  SELECT 'guard off', c.relname::text, 'row security'
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND c.relname LIKE 'ledger\_%' AND c.relname NOT IN ('ledger_chartaccount', 'ledger_closeddate', 'ledger_archivedmonth')
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
  UNION ALL
  SELECT * FROM ledger_rights_beyond()
$$;
