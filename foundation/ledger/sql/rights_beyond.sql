-- Rights that others than the owner have on the books, beyond what rights.sql, day_rights.sql and
-- the files of the requests give: on a whole relation, or on single columns of it. To write is
-- looked at everywhere; to read, where legs of accounts that are not one's own would be seen.
CREATE FUNCTION ledger_rights_beyond() RETURNS TABLE (kind text, subject text, found text)
LANGUAGE sql STABLE AS $$
  WITH given AS (
    SELECT c.oid, c.relnamespace, c.relname, NULL::name AS attname, x.grantee, x.privilege_type
    FROM pg_class c CROSS JOIN aclexplode(c.relacl) x
    WHERE x.grantee <> c.relowner
    UNION ALL
    SELECT c.oid, c.relnamespace, c.relname, a.attname, x.grantee, x.privilege_type
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
    CROSS JOIN aclexplode(a.attacl) x
    WHERE x.grantee <> c.relowner
  ),
  -- No columns: the whole relation, and so each column of it.
  declared (relation, privilege, columns) AS (VALUES
    ('ledger_account', 'INSERT', ARRAY['institution_id', 'number', 'name', 'chart_id',
      'normal_side', 'kind', 'currency', 'state', 'overdraft_allowed', 'balance_fen', 'held_fen',
      'seq', 'holder_person', 'customer_number', 'opened_on', 'closed_on', 'shards', 'spread']),
    ('ledger_account', 'UPDATE', ARRAY['name', 'state', 'held_fen', 'closed_on', 'holder_person',
      'customer_number']),
    ('ledger_journalline', 'SELECT', ARRAY['id', 'institution_id', 'entry_id', 'amount_fen', 'at',
      'reverses_id', 'business_date', 'value_date', 'journal_no', 'teller', 'trade_code',
      'account_number', 'side', 'currency', 'counter_account', 'voucher_no', 'source', 'subject',
      'key', 'note', 'tx']),
    ('ledger_businessday', 'INSERT', NULL), ('ledger_businessday', 'UPDATE', NULL),
    ('ledger_hold', 'INSERT', NULL), ('ledger_hold', 'UPDATE', NULL),
    ('ledger_daysignature', 'INSERT', NULL), ('ledger_daycarry', 'INSERT', NULL),
    ('ledger_reopening', 'INSERT', NULL), ('ledger_holdrequest', 'INSERT', NULL),
    ('ledger_shardrequest', 'INSERT', NULL), ('ledger_subjectrequest', 'INSERT', NULL),
    ('ledger_accountrequest', 'INSERT', NULL)
  ),
  allowed AS (
    SELECT relation, privilege, columns FROM declared
    UNION ALL
    SELECT relation, 'UPDATE', ARRAY['decided_by_id', 'decided_person', 'decided_label',
      'decided_at', 'approved']
    FROM unnest(ARRAY['ledger_reopening', 'ledger_holdrequest', 'ledger_shardrequest',
      'ledger_subjectrequest', 'ledger_accountrequest']) r(relation)
    UNION ALL
    -- What is no book: the chart, and the runs of long jobs.
    SELECT relation, privilege, NULL
    FROM unnest(ARRAY['ledger_chartaccount', 'ledger_dayrun', 'ledger_dayopening',
      'ledger_export', 'ledger_exportpart']) r(relation)
    CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) p(privilege)
  )
  SELECT 'right too many', g.relname || coalesce('.' || g.attname, ''),
    coalesce(r.rolname, 'everybody') || ' ' || g.privilege_type
  FROM given g LEFT JOIN pg_roles r ON r.oid = g.grantee
  WHERE (g.relnamespace IN ('ledger_parts'::regnamespace, 'ledger_archive'::regnamespace)
      OR g.relnamespace = 'public'::regnamespace AND g.relname LIKE 'ledger\_%')
    AND (g.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER')
      OR g.privilege_type = 'SELECT' AND (g.relnamespace <> 'public'::regnamespace
        OR g.relname IN ('ledger_journalline', 'ledger_leg', 'ledger_every_leg', 'ledger_line_leg')))
    AND NOT EXISTS (SELECT FROM allowed a
      WHERE a.relation = g.relname AND a.privilege = g.privilege_type
        AND (a.columns IS NULL OR g.attname = ANY (a.columns)))
$$;
