-- The accounts: customers in turn at every outlet, one hot internal account, one that is busy.
INSERT INTO ledger_account
  (institution_id, number, name, chart_id, normal_side, kind, currency, state, overdraft_allowed,
   balance_fen, held_fen, seq, customer_number, opened_on)
SELECT o.id, %(first)s::bigint + n, CASE WHEN n < %(customers)s THEN '客户' || n ELSE '待清算' END,
  c.id, c.normal_side, c.kind, 'CNY', 'active', n >= %(customers)s, 0, 0, 0, '', date '2020-01-01'
FROM generate_series(0, %(customers)s::int + 1) n
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS places
      FROM people_institution WHERE kind = 'outlet') o ON o.place = n %% o.places
JOIN ledger_chartaccount c ON c.code = CASE WHEN n < %(customers)s THEN '2011' ELSE '1001' END;
SELECT ledger_month((%(today)s::date - interval '1 month' * n)::date) FROM generate_series(-1, 13) n;
-- One day of the past.
CREATE TEMP TABLE account ON COMMIT DROP AS
SELECT id, institution_id, number, normal_side, balance_fen, seq,
  row_number() OVER (ORDER BY number) - 1 AS n, count(*) OVER () - 2 AS customers
FROM ledger_account;
CREATE UNIQUE INDEX ON account (n);
-- First every customer is given money from the busy account; after that two in five entries are.
CREATE TEMP TABLE item ON COMMIT DROP AS
SELECT i.n, ledger_day_prefix(%(day)s) * 10000000000 + nextval('ledger_entry_serial') AS entry_id,
  d.id AS debit, d.number AS debit_number, d.institution_id AS debit_home,
  c.id AS credit, c.number AS credit_number, c.institution_id,
  CASE WHEN i.n < d.customers THEN 1000000000 ELSE 1 + i.n %% 997 END AS fen,
  (SELECT coalesce(max(j.last_no), 0) FROM ledger_journalnumber j
   WHERE j.institution_id = c.institution_id AND j.business_date = %(day)s)
   + row_number() OVER (PARTITION BY c.institution_id ORDER BY i.n) AS no
FROM generate_series(%(from)s::bigint, %(from)s::bigint + %(count)s - 1) i(n)
JOIN (SELECT max(n) AS last, max(customers) AS customers FROM account) t ON true
JOIN account c ON c.n = i.n %% t.customers
JOIN account d ON d.n = CASE WHEN i.n < t.customers OR i.n %% 5 < 2 THEN t.last
  ELSE (i.n * 7919 + 3) %% t.customers END + CASE
    WHEN i.n >= t.customers AND i.n %% 5 >= 2 AND (i.n * 7919 + 3) %% t.customers = i.n %% t.customers
    THEN 1 - 2 * (i.n %% t.customers = t.customers - 1)::int ELSE 0 END;
CREATE TEMP TABLE leg ON COMMIT DROP AS
SELECT l.entry_id, l.line, l.account_id, l.institution_id, l.fen,
  a.balance_fen + sum(CASE a.normal_side WHEN 'debit' THEN l.fen ELSE -l.fen END) OVER w AS after,
  a.seq + row_number() OVER w AS seq
FROM (SELECT entry_id, 1 AS line, debit AS account_id, debit_home AS institution_id, fen FROM item
      UNION ALL SELECT entry_id, 2, credit, institution_id, -fen FROM item) l
JOIN account a ON a.id = l.account_id
WINDOW w AS (PARTITION BY l.account_id ORDER BY l.entry_id, l.line);
INSERT INTO ledger_journalnumber (institution_id, business_date, last_no)
SELECT institution_id, %(day)s, max(no) FROM item GROUP BY institution_id
ON CONFLICT (institution_id, business_date) DO UPDATE SET last_no = excluded.last_no;
INSERT INTO ledger_postingkey (institution_id, key, request_hash, entry_id, business_date)
SELECT institution_id, 'past-' || n, sha256(n::text::bytea), entry_id, %(day)s FROM item;
-- A line with both its legs; in the order of the entries, so that marks are left in theirs.
INSERT INTO ledger_journalline
  (id, institution_id, business_date, journal_no, at, teller, trade_code, account_number, side,
   amount_fen, currency, counter_account, source, entry_id, key,
   first_account_id, first_seq, first_shard, first_home, first_after,
   second_account_id, second_seq, second_shard, second_home, second_after)
SELECT i.entry_id, i.institution_id, %(day)s, lpad(i.no::text, 8, '0'), now(), '110001', '1101',
  i.debit_number, 'debit', i.fen, 'CNY', i.credit_number, 'own', i.entry_id, 'past-' || i.n,
  f.account_id, f.seq, 0, f.institution_id, f.after, s.account_id, s.seq, 0, s.institution_id,
  s.after
FROM item i
JOIN leg f ON f.entry_id = i.entry_id AND f.line = 1
JOIN leg s ON s.entry_id = i.entry_id AND s.line = 2
ORDER BY i.entry_id;
UPDATE ledger_account SET balance_fen = last.after, seq = last.seq
FROM (SELECT DISTINCT ON (account_id) account_id, after, seq FROM leg
      ORDER BY account_id, seq DESC) last
WHERE ledger_account.id = last.account_id;
