-- The guards of what is written. They stand on the tables and on every month, so that no way leads
-- past them.

-- Legs: balanced in every currency, two or more to an entry, none of nothing, on the day of their
-- entry, and only in the transaction of their entry, so that nothing is slipped into an old one.
-- Then the marks of the blocks that the statement ends, in the order of the postings.
CREATE FUNCTION ledger_legs_sound() RETURNS trigger LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  r record;
  v_entry bigint;
  v_day date;
  v_currency text;
  v_fen bigint := 0;
  v_legs int := 0;
  v_marks boolean := false;
  v_tx xid8;
BEGIN
  -- One entry in one currency, which most are, is looked at leg by leg.
  FOR r IN SELECT entry_id, business_date, currency, amount_fen, seq FROM added LIMIT 201 LOOP
    IF v_legs = 0 THEN
      v_entry := r.entry_id; v_day := r.business_date; v_currency := r.currency;
    ELSIF r.entry_id <> v_entry OR r.currency <> v_currency OR r.business_date <> v_day THEN
      v_legs := 1000;
      EXIT;
    END IF;
    IF r.amount_fen = 0 THEN
      RAISE EXCEPTION 'a leg of nothing' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ledger_leg_not_nothing';
    END IF;
    v_fen := v_fen + r.amount_fen;
    v_legs := v_legs + 1;
    -- The length of a block, written out: a call would be made for each leg.
    v_marks := v_marks OR r.seq % 500 = 0;
  END LOOP;
  IF v_legs = 0 THEN
    RETURN NULL;
  ELSIF v_legs <= 200 THEN
    IF v_fen <> 0 OR v_legs < 2 THEN
      RAISE EXCEPTION 'the entry % is not balanced', v_entry
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF v_entry / 10000000000 <> public.ledger_day_prefix(v_day) THEN
      RAISE EXCEPTION 'the leg is not on the day of its entry' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ledger_leg_day_of_entry';
    END IF;
    SELECT j.tx INTO v_tx FROM public.ledger_journalline j
    WHERE j.id = v_entry AND j.source = 'own' AND j.first_account_id IS NULL;
    IF v_tx IS DISTINCT FROM pg_current_xact_id() THEN
      RAISE EXCEPTION 'a leg is added only with its entry'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT v_marks THEN
      RETURN NULL;
    END IF;
  ELSE
    IF EXISTS (SELECT FROM added WHERE amount_fen = 0) THEN
      RAISE EXCEPTION 'a leg of nothing' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ledger_leg_not_nothing';
    END IF;
    IF EXISTS (SELECT FROM added
      WHERE entry_id / 10000000000 <> public.ledger_day_prefix(business_date)) THEN
      RAISE EXCEPTION 'the leg is not on the day of its entry' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ledger_leg_day_of_entry';
    END IF;
    SELECT a.entry_id INTO v_entry FROM added a
    GROUP BY a.entry_id, a.currency HAVING sum(a.amount_fen) <> 0
    UNION ALL
    SELECT a.entry_id FROM added a GROUP BY a.entry_id HAVING count(*) < 2 LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'the entry % is not balanced', v_entry
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
      SELECT FROM (SELECT DISTINCT entry_id FROM added) a
      LEFT JOIN public.ledger_journalline j ON j.id = a.entry_id
        AND j.source = 'own' AND j.first_account_id IS NULL
      WHERE j.tx IS DISTINCT FROM pg_current_xact_id()
    ) THEN
      RAISE EXCEPTION 'a leg is added only with its entry'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  FOR r IN SELECT account_id, shard, seq FROM added WHERE seq % 500 = 0 ORDER BY 1, 2, 3 LOOP
    PERFORM public.ledger_leave_mark(r.account_id, r.shard, r.seq);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_legs_sound AFTER INSERT ON ledger_leg REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_legs_sound();
ALTER TABLE ledger_leg ENABLE ALWAYS TRIGGER ledger_legs_sound;

-- Lines of the journal: each where its id says and with what it moves. An entry of two legs has
-- them in its row, whole and on two accounts; any other has them in ledger_leg, added by the same
-- statement; a line that was taken in has none. Called for each row: what is compared here would be
-- read from its text and made ready anew by every statement, if it stood in a constraint.
CREATE FUNCTION ledger_line_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- All that is asked below of an entry of two legs which ends no block, as one expression.
  IF NEW.source = 'own' AND NEW.entry_id = NEW.id AND NEW.amount_fen > 0
      AND NEW.side IN ('debit', 'credit') AND NEW.first_account_id <> NEW.second_account_id
      AND NEW.first_seq % 500 > 0 AND NEW.second_seq % 500 > 0
      AND NEW.first_shard >= 0 AND NEW.second_shard >= 0
      AND NEW.first_home > 0 AND NEW.second_home > 0
      AND NEW.first_after IS NOT NULL AND NEW.second_after IS NOT NULL
      AND NEW.id / 10000000000 = public.ledger_day_prefix(NEW.business_date) THEN
    RETURN NULL;
  END IF;
  IF (NEW.amount_fen > 0 AND NEW.side IN ('debit', 'credit')
      AND NEW.id / 10000000000 = public.ledger_day_prefix(NEW.business_date)
      AND CASE NEW.source WHEN 'own' THEN NEW.entry_id = NEW.id
        WHEN 'import' THEN NEW.entry_id IS NULL AND NEW.first_account_id IS NULL END
      AND (NEW.first_account_id IS NULL) = (NEW.second_account_id IS NULL)) IS NOT TRUE THEN
    RAISE EXCEPTION 'the line of the journal is not sound'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_line_sound';
  END IF;
  IF NEW.first_account_id IS NOT NULL THEN
    IF (NEW.first_account_id <> NEW.second_account_id
        AND NEW.first_seq > 0 AND NEW.second_seq > 0 AND NEW.first_shard >= 0
        AND NEW.second_shard >= 0 AND NEW.first_home > 0 AND NEW.second_home > 0
        AND NEW.first_after IS NOT NULL AND NEW.second_after IS NOT NULL) IS NOT TRUE THEN
      RAISE EXCEPTION 'the legs of the line are not sound'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_line_sound';
    END IF;
    -- The length of a block, written out: a call would be made for each line.
    IF NEW.first_seq % 500 = 0 THEN
      PERFORM public.ledger_leave_mark(NEW.first_account_id, NEW.first_shard, NEW.first_seq);
    END IF;
    IF NEW.second_seq % 500 = 0 THEN
      PERFORM public.ledger_leave_mark(NEW.second_account_id, NEW.second_shard, NEW.second_seq);
    END IF;
  ELSIF NEW.source = 'own' THEN
    PERFORM FROM public.ledger_leg p
    WHERE p.entry_id = NEW.id AND p.line = 1 AND p.business_date = NEW.business_date;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the entry % is not balanced: it has no legs', NEW.id
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_line_sound AFTER INSERT ON ledger_journalline
  FOR EACH ROW EXECUTE FUNCTION ledger_line_sound();
ALTER TABLE ledger_journalline ENABLE ALWAYS TRIGGER ledger_line_sound;

-- Accounts: what is not counted. The counted, which every posting changes, is in constraints.
CREATE FUNCTION ledger_account_sound() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_wrong text := CASE
    WHEN NEW.number !~ '^[0-9]{19}$' THEN 'ledger_account_number_digits'
    WHEN NEW.currency !~ '^[A-Z]{3}$' THEN 'ledger_account_currency_code'
    WHEN NEW.normal_side NOT IN ('debit', 'credit') THEN 'ledger_account_side_known'
    WHEN NEW.kind NOT IN ('customer', 'internal') THEN 'ledger_account_kind_known'
    WHEN NEW.state NOT IN ('active', 'stop_payment', 'frozen', 'closed')
      THEN 'ledger_account_state_known'
    WHEN NEW.held_fen < 0 THEN 'ledger_held_not_negative'
    WHEN NEW.shards NOT BETWEEN 1 AND 64
      OR NEW.shards > 1 AND (NEW.kind <> 'internal' OR NOT NEW.overdraft_allowed)
      THEN 'ledger_account_shards' END;
BEGIN
  IF v_wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the account breaks %', v_wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = v_wrong;
  END IF;
  RETURN NULL;
END $$;
-- After the change: one trigger before it, even for other columns, and each posting would lock and
-- log the account's row twice.
CREATE TRIGGER ledger_account_sound AFTER INSERT OR UPDATE OF number, currency, normal_side, kind,
  state, held_fen, overdraft_allowed, shards ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_account_sound();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_account_sound;
CREATE TRIGGER ledger_shards_follow AFTER UPDATE OF state ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_shards_follow();
ALTER TABLE ledger_account ENABLE ALWAYS TRIGGER ledger_shards_follow;
CREATE TRIGGER ledger_day_whole BEFORE UPDATE OF state ON ledger_businessday
  FOR EACH ROW EXECUTE FUNCTION ledger_day_whole();
ALTER TABLE ledger_businessday ENABLE ALWAYS TRIGGER ledger_day_whole;
