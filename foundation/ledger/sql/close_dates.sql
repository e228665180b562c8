-- Write closing balances and the general ledger of every date that all institutions have closed,
-- in the order of the dates; answer how many dates. The closing balances of accounts come from the
-- postings, the general ledger from the turnover that the institutions sealed: the two are compared
-- when the books are looked through.
CREATE FUNCTION ledger_close_dates() RETURNS int LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_date date;
  v_round smallint;
  v_low bigint;
  n int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(4700, 2);
  LOOP
    SELECT min(d.date) INTO v_date FROM ledger_businessday d
    WHERE d.date > coalesce(ledger_closed_until(), '-infinity');
    EXIT WHEN v_date IS NULL OR EXISTS (
      SELECT FROM ledger_businessday d WHERE d.date <= v_date AND d.state <> 'closed');
    SELECT 1 + count(*) INTO v_round FROM ledger_closeddate c WHERE c.business_date = v_date;
    v_low := ledger_day_prefix(v_date) * 10000000000;
    INSERT INTO ledger_closingbalance
      (account_id, business_date, round, institution_id, currency, legs, debit_fen, credit_fen,
       balance_fen)
    SELECT t.account_id, v_date, v_round, t.institution_id, t.currency, t.legs, t.debit, t.credit,
      coalesce(b.balance_fen, 0)
        + CASE a.normal_side WHEN 'debit' THEN t.debit - t.credit ELSE t.credit - t.debit END
    FROM (
      SELECT p.account_id, p.institution_id, p.currency, count(*) AS legs,
        coalesce(sum(p.amount_fen) FILTER (WHERE p.amount_fen > 0), 0) AS debit,
        coalesce(-sum(p.amount_fen) FILTER (WHERE p.amount_fen < 0), 0) AS credit
      FROM ledger_every_leg p
      WHERE p.entry_id >= v_low AND p.entry_id < v_low + 10000000000 AND p.business_date = v_date
      GROUP BY p.account_id, p.institution_id, p.currency
    ) t JOIN ledger_account a ON a.id = t.account_id
    LEFT JOIN LATERAL (
      SELECT c.balance_fen FROM ledger_closingbalance c
      WHERE c.account_id = t.account_id AND c.business_date < v_date
      ORDER BY c.business_date DESC, c.round DESC LIMIT 1
    ) b ON true;
    INSERT INTO ledger_subjectbalance
      (institution_id, chart_id, currency, business_date, round, opening_fen, debit_fen, credit_fen,
       closing_fen)
    SELECT t.institution_id, t.chart_id, t.currency, v_date, v_round, coalesce(b.closing_fen, 0),
      t.debit, t.credit, coalesce(b.closing_fen, 0)
        + CASE s.normal_side WHEN 'debit' THEN t.debit - t.credit ELSE t.credit - t.debit END
    FROM (
      SELECT o.institution_id, a.chart_id, o.currency, sum(o.debit_fen) AS debit,
        sum(o.credit_fen) AS credit
      FROM ledger_dayclosing c
      JOIN ledger_turnover o ON o.closing_id = c.id
      JOIN ledger_account a ON a.id = o.account_id
      WHERE c.business_date = v_date
        AND NOT EXISTS (SELECT FROM ledger_reopening r WHERE r.closing_id = c.id AND r.approved)
      GROUP BY o.institution_id, a.chart_id, o.currency
    ) t JOIN ledger_chartaccount s ON s.id = t.chart_id
    LEFT JOIN LATERAL (
      SELECT g.closing_fen FROM ledger_subjectbalance g
      WHERE g.institution_id = t.institution_id AND g.chart_id = t.chart_id
        AND g.currency = t.currency AND g.business_date < v_date
      ORDER BY g.business_date DESC, g.round DESC LIMIT 1
    ) b ON true;
    INSERT INTO ledger_closeddate (business_date, round, accounts, legs)
    SELECT v_date, v_round, count(*), coalesce(sum(c.legs), 0) FROM ledger_closingbalance c
    WHERE c.business_date = v_date AND c.round = v_round;
    n := n + 1;
  END LOOP;
  RETURN n;
END $$;

-- Opening a day, for the first time or again, gives up the closing of its date for the whole bank,
-- if that is the last one; what lies before is closed for good.
CREATE FUNCTION ledger_date_reopened() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_until date;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(4700, 2);
  v_until := ledger_closed_until();
  IF NEW.date < v_until THEN
    PERFORM ledger_refuse('ledger_date_closed', 'a later date is closed for the whole bank');
  ELSIF NEW.date = v_until THEN
    UPDATE ledger_closeddate SET revoked_at = clock_timestamp()
    WHERE business_date = v_until AND revoked_at IS NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_date_opened BEFORE INSERT ON ledger_businessday
  FOR EACH ROW EXECUTE FUNCTION ledger_date_reopened();
CREATE TRIGGER ledger_date_reopened BEFORE UPDATE ON ledger_businessday
  FOR EACH ROW WHEN (NEW.state = 'open' AND OLD.state IN ('sealed', 'closed'))
  EXECUTE FUNCTION ledger_date_reopened();
ALTER TABLE ledger_businessday ENABLE ALWAYS TRIGGER ledger_date_opened;
ALTER TABLE ledger_businessday ENABLE ALWAYS TRIGGER ledger_date_reopened;

CREATE FUNCTION ledger_date_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.revoked_at IS NOT NULL OR (to_jsonb(NEW) - 'revoked_at')
      IS DISTINCT FROM (to_jsonb(OLD) - 'revoked_at') THEN
    PERFORM ledger_refuse('ledger_date_fixed', 'a closed date is only given up, once');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_date_fixed BEFORE UPDATE ON ledger_closeddate
  FOR EACH ROW EXECUTE FUNCTION ledger_date_fixed();
ALTER TABLE ledger_closeddate ENABLE ALWAYS TRIGGER ledger_date_fixed;

SELECT ledger_keep(t) FROM unnest(ARRAY['ledger_mark', 'ledger_closingbalance',
  'ledger_subjectbalance']::regclass[]) t;
SELECT ledger_keep('ledger_closeddate', 'DELETE');
SELECT ledger_only_read(t) FROM unnest(ARRAY['ledger_mark', 'ledger_closingbalance',
  'ledger_subjectbalance', 'ledger_closeddate']::regclass[]) t;
