-- Writes the items of the table `plan` beside those that were played, which are their patterns.
-- It runs as the owner over every institution, in one transaction, with all guards in force.
CREATE TEMP TABLE plan (
  n int PRIMARY KEY, kind text, number text, key uuid, day date, at timestamptz, queue_ms int,
  view_ms int, institution_id bigint, teller_id bigint, decider_id bigint, auditor_id bigint,
  payer_id bigint, payee_id bigint, fen bigint, amount text, capitals text, voucher_no text
) ON COMMIT DROP;
-- The plan is here.
ANALYZE plan;

-- The months of the plan. Its past days stay without business days of their own: one is closed by its
-- seal and two people, which no growing can do for them, and no page here asks for them.
SELECT ledger_month(day) FROM (SELECT DISTINCT day FROM plan) days;

-- Everything that several tables need to know of an item, once.
CREATE TEMP TABLE item ON COMMIT DROP AS
SELECT plan.*,
  'authorization.request:' || plan.number AS subject,
  'authorization.draft:' || plan.key AS draft,
  (SELECT max(id) FROM imaging_document) + n AS document_id,
  (SELECT max(id) FROM imaging_page) + n AS page_id,
  (SELECT max(id) FROM worklist_workitem) + n AS work_id,
  (SELECT max(id) FROM worklist_workitem) + (SELECT count(*) FROM plan) + n AS audit_id,
  (SELECT max(id) FROM authorization_request) + n AS request_id,
  (SELECT max(id) FROM monitoring_match) + n AS match_id,
  ledger_day_prefix(plan.day) * 10000000000 + 5000000 + n AS entry_id,
  plan.kind IN ('matched', 'audited', 'open', 'unread') AS posted,
  plan.kind NOT IN ('queued', 'withdrawn') AS decided,
  CASE plan.kind WHEN 'rejected' THEN 'reject' WHEN 'returned' THEN 'return' ELSE 'approve' END
    AS step,
  CASE plan.kind WHEN 'rejected' THEN '{A24}' WHEN 'returned' THEN '{A01}' ELSE '{}' END::varchar[]
    AS reasons,
  at + queue_ms * interval '1 ms' AS opened_at,
  at + (queue_ms + view_ms) * interval '1 ms' AS decided_at,
  encode(sha256(convert_to(plan.number || plan.fen, 'UTF8')), 'hex') AS hash,
  encode(sha256(convert_to('page ' || plan.number, 'UTF8')), 'hex') AS sha256,
  teller.number AS teller_number, teller.number || ' ' || teller.name AS teller_label,
  teller.person AS teller_person,
  decider.number || ' ' || decider.name AS decider_label, decider.person AS decider_person,
  auditor.number || ' ' || auditor.name AS auditor_label, auditor.person AS auditor_person,
  payer.number AS payer_account, payer.name AS payer_name,
  payee.number AS payee_account, payee.name AS payee_name,
  NULL::text AS journal_no
FROM plan
JOIN people_staff teller ON teller.id = plan.teller_id
JOIN people_staff decider ON decider.id = plan.decider_id
JOIN people_staff auditor ON auditor.id = plan.auditor_id
JOIN ledger_account payer ON payer.id = plan.payer_id
JOIN ledger_account payee ON payee.id = plan.payee_id
ORDER BY n;
ALTER TABLE item ADD PRIMARY KEY (n);

-- Journal numbers without a gap, after those that were given out already.
INSERT INTO ledger_journalnumber (institution_id, business_date, last_no)
SELECT DISTINCT institution_id, day, 0 FROM item WHERE posted ON CONFLICT DO NOTHING;
UPDATE item SET journal_no = lpad(numbered.no::text, 8, '0')
FROM (
  SELECT i.n, given.last_no
    + row_number() OVER (PARTITION BY i.institution_id, i.day ORDER BY i.n) AS no
  FROM item i JOIN ledger_journalnumber given
    ON given.institution_id = i.institution_id AND given.business_date = i.day
  WHERE i.posted
) numbered WHERE numbered.n = item.n;
UPDATE ledger_journalnumber given SET last_no = given.last_no + added.count
FROM (SELECT institution_id, day, count(*) FROM item WHERE posted GROUP BY 1, 2) added
WHERE given.institution_id = added.institution_id AND given.business_date = added.day;
ANALYZE item;

-- Images: the file of the pattern stands behind all of them; what was read is each item's own.
CREATE TEMP TABLE pattern ON COMMIT DROP AS
SELECT page.*, reading.lines, reading.fields, reading.fit, pair.fields AS compared, request.payer_account,
  request.payee_account, request.payer_name, request.payee_name, request.voucher_no
FROM authorization_request request
JOIN imaging_page page ON page.document_id = request.document_id
JOIN imaging_reading reading ON reading.page_id = page.id
JOIN monitoring_match pair ON pair.document_id = request.document_id
WHERE request.amount_fen = 30000000 AND request.state = 'posted';
CREATE FUNCTION pg_temp.as_of(read jsonb, seen pattern, item item) RETURNS jsonb
LANGUAGE sql IMMUTABLE RETURN replace(replace(replace(replace(replace(replace(replace(
  read::text, seen.payer_account, item.payer_account),
  seen.payee_account, item.payee_account), seen.payer_name, item.payer_name),
  seen.payee_name, item.payee_name), seen.voucher_no, item.voucher_no),
  '300,000.00', item.amount), '叁拾万元整', item.capitals)::jsonb;

INSERT INTO imaging_document (id, subject, kind, opened_by, opened_at, institution_id)
SELECT document_id, draft, 'voucher', teller_label, at - interval '30 s', institution_id FROM item;
INSERT INTO imaging_page
  (id, seq, side, image_class, version, state, name, format, size_bytes, width_px, height_px,
   sha256, looks, original, view, thumb, stored_by, stored_at, reused_because, replaced_because,
   document_id, institution_id)
SELECT i.page_id, 1, p.side, p.image_class, 1,
  CASE WHEN i.kind IN ('queued', 'unread') THEN 'stored' ELSE 'read' END, p.name, p.format,
  p.size_bytes, p.width_px, p.height_px, i.sha256, p.looks, p.original, p.view, p.thumb,
  i.teller_label, i.at - interval '30 s', '', '', i.document_id, i.institution_id
FROM item i, pattern p;
INSERT INTO imaging_reading
  (attempt, outcome, engine, engine_version, milliseconds, lines, fields, codes, words_agree, fit,
   strips, failure, outage, read_at, page_id, institution_id)
SELECT 1, 'read', 'drawing', 'bench', 400, pg_temp.as_of(p.lines, p, i), pg_temp.as_of(p.fields, p, i),
  '[]', true, p.fit, '[]', '', false, i.at, i.page_id, i.institution_id
FROM item i, pattern p WHERE i.kind NOT IN ('queued', 'unread');

-- The queue, and who held what.
INSERT INTO worklist_workitem
  (id, queue, subject, state, priority, turn_at, skill, grade_needed, amount_fen, urgent,
   urgent_reason, conflicted, outsiders_only, holder_id, holder_label, fence, enqueued_at,
   first_held_at, held_at, done_at, institution_id)
SELECT work_id, 'authorization', subject,
  CASE kind WHEN 'queued' THEN 'waiting' WHEN 'withdrawn' THEN 'withdrawn' ELSE 'done' END, 10,
  at - interval '600 s', '', 2, fen, false, '', ARRAY[teller_person], true,
  CASE WHEN decided THEN decider_id END, CASE WHEN decided THEN decider_label ELSE '' END,
  decided::int, at, CASE WHEN decided THEN opened_at END, CASE WHEN decided THEN opened_at END,
  CASE WHEN kind <> 'queued' THEN decided_at END, institution_id
FROM item
UNION ALL
SELECT audit_id, 'monitoring.audit', 'monitoring.match:' || match_id,
  CASE kind WHEN 'open' THEN 'waiting' ELSE 'done' END, 10, decided_at - interval '600 s', '', 1,
  fen, false, '', ARRAY[decider_person, teller_person], true,
  CASE WHEN kind = 'audited' THEN auditor_id END,
  CASE WHEN kind = 'audited' THEN auditor_label ELSE '' END, (kind = 'audited')::int,
  decided_at, CASE WHEN kind = 'audited' THEN decided_at + interval '1 h' END,
  CASE WHEN kind = 'audited' THEN decided_at + interval '1 h' END,
  CASE WHEN kind = 'audited' THEN decided_at + interval '62 min' END, institution_id
FROM item WHERE kind IN ('open', 'audited');
INSERT INTO worklist_holding (fence, began_at, ended_at, ended_by, institution_id, staff_id, item_id)
SELECT 1, opened_at, decided_at, 'finished', institution_id, decider_id, work_id
FROM item WHERE decided
UNION ALL
SELECT 1, decided_at + interval '1 h', decided_at + interval '62 min', 'finished', institution_id,
  auditor_id, audit_id
FROM item WHERE kind = 'audited';

-- Items are entered, decided while somebody views them, and only then come to their end.
INSERT INTO authorization_request
  (id, number, key, trade_code, state, attempt, teller_label, teller_person, amount_fen,
   payer_account, payer_name, payee_account, payee_name, voucher_no, purpose, rule_id, why,
   teller_grade, payer_state, customer_kinds, by_agent, manual_id, correction, grade_needed,
   limit_fen, content_hash, business_date, created_at, queued_at, opened_at, opened_fence,
   decider_label, reasons, remark, journal_no, document_id, institution_id, teller_id, work_item_id)
SELECT request_id, number, key, '1101',
  CASE kind WHEN 'queued' THEN 'queued' WHEN 'withdrawn' THEN 'withdrawn' ELSE 'viewing' END, 1,
  teller_label, teller_person, fen, payer_account, payer_name, payee_account, payee_name,
  voucher_no, '货款', (SELECT max(id) FROM authorization_authrule WHERE trade_code = '1101'),
  '{amount}', 1, 'active', '{}', false, false, false, 2, 20000000, hash, day, at, at, CASE WHEN decided THEN opened_at END,
  decided::int, '', '{}', '', '', document_id, institution_id, teller_id, work_id
FROM item;
INSERT INTO authorization_decision
  (seq, step, decider_label, decider_person, reasons, remark, content_hash, business_date,
   item_date, trade_code, at, queue_ms, view_ms, decider_id, institution_id, request_id)
SELECT 1, step, decider_label, decider_person, reasons, '', hash, day, day, '1101', decided_at, queue_ms,
  view_ms, decider_id, institution_id, request_id
FROM item WHERE decided ORDER BY n;
UPDATE authorization_request SET
  state = CASE WHEN i.posted THEN 'posted' ELSE i.kind END, decided_at = i.decided_at,
  decider_label = i.decider_label, reasons = i.reasons,
  posted_at = CASE WHEN i.posted THEN i.decided_at END,
  entry_id = CASE WHEN i.posted THEN i.entry_id END, journal_no = coalesce(i.journal_no, '')
FROM item i WHERE authorization_request.id = i.request_id AND i.decided;

-- The books: the running balances follow from the order of the items.
CREATE TEMP TABLE leg ON COMMIT DROP AS
SELECT side.account_id, account.seq + row_number() OVER byaccount AS seq, i.day, i.entry_id,
  side.line, i.institution_id, side.fen,
  account.balance_fen - sum(side.fen) OVER byaccount AS balance
FROM item i
CROSS JOIN LATERAL (VALUES (i.payer_id, 1, i.fen), (i.payee_id, 2, -i.fen))
  side (account_id, line, fen)
JOIN ledger_account account ON account.id = side.account_id
WHERE i.posted
WINDOW byaccount AS (PARTITION BY side.account_id ORDER BY i.n);
INSERT INTO ledger_postingkey (institution_id, key, request_hash, entry_id, business_date)
SELECT institution_id, 'authorization:' || number, sha256(convert_to(hash, 'UTF8')), entry_id, day
FROM item WHERE posted;
INSERT INTO ledger_journalline
  (id, institution_id, business_date, journal_no, at, teller, trade_code, account_number, side,
   amount_fen, currency, counter_account, voucher_no, source, subject, entry_id, key,
   first_account_id, first_seq, first_shard, first_home, first_after,
   second_account_id, second_seq, second_shard, second_home, second_after)
SELECT i.entry_id, i.institution_id, i.day, i.journal_no, i.decided_at, i.teller_number, '1101',
  i.payer_account, 'debit', i.fen, 'CNY', i.payee_account, i.voucher_no, 'own', i.subject,
  i.entry_id, 'authorization:' || i.number, f.account_id, f.seq, 0, f.institution_id, f.balance,
  s.account_id, s.seq, 0, s.institution_id, s.balance
FROM item i
JOIN leg f ON f.entry_id = i.entry_id AND f.line = 1
JOIN leg s ON s.entry_id = i.entry_id AND s.line = 2
WHERE i.posted ORDER BY i.entry_id;
UPDATE ledger_account SET balance_fen = last.balance, seq = last.seq
FROM (SELECT DISTINCT ON (account_id) account_id, balance, seq FROM leg
      ORDER BY account_id, seq DESC) last
WHERE ledger_account.id = last.account_id;

-- Pairs of voucher and journal line.
INSERT INTO monitoring_match
  (id, business_date, journal_no, journal_at, trade_code, teller, account_number, counter_account,
   amount_fen, voucher_no, subject, state, result, fields, tries, touched, created_at, judged_at,
   opened_at, decided_label, decided_person, decided_at, reason, decided_by_id, document_id,
   institution_id, work_item_id)
SELECT i.match_id, i.day, i.journal_no, i.decided_at, '1101', i.teller_number, i.payer_account,
  i.payee_account, i.fen, i.voucher_no, i.subject,
  CASE i.kind WHEN 'unread' THEN 'waiting' WHEN 'audited' THEN 'confirmed' ELSE i.kind END,
  CASE i.kind WHEN 'unread' THEN 'waiting' WHEN 'matched' THEN 'matched' ELSE 'voucher_diff' END,
  CASE WHEN i.kind = 'unread' THEN '[]' ELSE pg_temp.as_of(p.compared, p, i) END,
  (i.kind <> 'unread')::int, ARRAY[i.decider_person, i.teller_person], i.decided_at,
  CASE WHEN i.kind <> 'unread' THEN i.decided_at + interval '4 s' END,
  CASE WHEN i.kind IN ('open', 'audited') THEN i.decided_at + interval '4 s' END,
  CASE WHEN i.kind = 'audited' THEN i.auditor_label ELSE '' END,
  CASE WHEN i.kind = 'audited' THEN i.auditor_person END,
  CASE WHEN i.kind = 'audited' THEN i.decided_at + interval '62 min' END, '',
  CASE WHEN i.kind = 'audited' THEN i.auditor_id END, i.document_id, i.institution_id,
  CASE WHEN i.kind IN ('open', 'audited') THEN i.audit_id END
FROM item i, pattern p WHERE i.posted;

-- What the trail tells of each.
INSERT INTO trail_event (institution_id, at, actor, action, subject, result, "where", request_id, detail)
SELECT i.institution_id, e.at, e.actor, e.action, e.subject, e.result, '', '', e.detail
FROM item i CROSS JOIN LATERAL (VALUES
  (true, i.at - interval '30 s', i.teller_label, 'imaging.document.opened',
   'imaging.document:' || i.document_id, 'ok',
   jsonb_build_object('kind', 'voucher', 'subject', i.draft)),
  (true, i.at - interval '30 s', i.teller_label, 'imaging.page.added',
   'imaging.page:' || i.page_id, 'ok',
   jsonb_build_object('sha256', i.sha256, 'version', 1, 'document', i.document_id)),
  (i.kind NOT IN ('queued', 'unread'), i.at, 'system imaging', 'imaging.page.read',
   'imaging.page:' || i.page_id, 'read',
   '{"engine": "drawing", "fields": 9, "failure": ""}'::jsonb),
  (true, i.at, i.teller_label, 'authorization.submit', i.subject, 'ok',
   jsonb_build_object('amount', i.amount)),
  (i.kind = 'withdrawn', i.at + interval '40 s', i.teller_label, 'authorization.withdraw',
   i.subject, 'ok', '{}'),
  (i.decided, i.opened_at, i.decider_label, 'authorization.open', i.subject, 'ok', '{}'),
  (i.decided, i.opened_at, i.decider_label, 'imaging.page.seen.view', 'imaging.page:' || i.page_id,
   'ok', jsonb_build_object('image_class', 'voucher', 'document', i.document_id)),
  -- Of fifty images one is looked at by an auditor whom nobody gave it.
  (i.n % 50 = 0, i.at + interval '1 h', i.auditor_label, 'imaging.page.seen.view',
   'imaging.page:' || i.page_id, 'ok',
   jsonb_build_object('image_class', 'voucher', 'document', i.document_id)),
  (i.decided, i.decided_at, i.decider_label, 'authorization.' || i.step, i.subject, 'ok',
   jsonb_build_object('remark', '', 'content', i.hash, 'reasons', i.reasons)),
  (i.posted, i.decided_at, 'system monitoring', 'monitoring.paired',
   'monitoring.match:' || i.match_id, 'ok', jsonb_build_object('journal_no', i.journal_no)),
  (i.posted AND i.kind <> 'unread', i.decided_at + interval '4 s', 'system monitoring',
   'monitoring.judged', 'monitoring.match:' || i.match_id, 'ok',
   jsonb_build_object('result', CASE i.kind WHEN 'matched' THEN 'matched' ELSE 'voucher_diff' END)),
  (i.posted AND i.kind IN ('open', 'audited'), i.decided_at + interval '4 s', 'system monitoring',
   'monitoring.opened', 'monitoring.match:' || i.match_id, 'ok', '{"result": "voucher_diff"}'::jsonb),
  (i.kind = 'audited', i.decided_at + interval '1 h', i.auditor_label, 'monitoring.confirm',
   'monitoring.match:' || i.match_id, 'ok', jsonb_build_object('finding', '', 'machine', 'voucher_diff'))
) e (happened, at, actor, action, subject, result, detail)
WHERE e.happened ORDER BY i.n;

SELECT setval(pg_get_serial_sequence(t, 'id'), last) FROM (VALUES
  ('imaging_document', (SELECT max(id) FROM imaging_document)),
  ('imaging_page', (SELECT max(id) FROM imaging_page)),
  ('worklist_workitem', (SELECT max(id) FROM worklist_workitem)),
  ('authorization_request', (SELECT max(id) FROM authorization_request)),
  ('monitoring_match', (SELECT max(id) FROM monitoring_match))) ids (t, last);
SELECT setval('authorization_serial', 300000);

-- Each of them came in on its own day, when nothing was late.
DELETE FROM authorization_latechange;
DELETE FROM monitoring_latepair;
