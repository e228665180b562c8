-- The guards of what is written, each once a statement and over everything that it adds. They
-- stand on the tables and on every month, so that no way leads past them.

-- Legs: balanced in every currency, two or more to an entry, none of nothing, on the day of their
-- entry, and only in the transaction of their entry, so that nothing is slipped into an old one.
CREATE OR REPLACE FUNCTION ledger_legs_sound() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  r record;
  v_entry bigint;
  v_day date;
  v_currency text;
  v_fen bigint := 0;
  v_legs int := 0;
  v_tx xid8;
BEGIN
  -- One entry in one currency, which most are, is looked at leg by leg.
  FOR r IN SELECT entry_id, business_date, currency, amount_fen FROM added LIMIT 201 LOOP
    IF v_legs = 0 THEN
      v_entry := r.entry_id; v_day := r.business_date; v_currency := r.currency;
    ELSIF r.entry_id <> v_entry OR r.currency <> v_currency OR r.business_date <> v_day THEN
      v_legs := 1000;
      EXIT;
    END IF;
    IF r.amount_fen = 0 THEN
      RAISE EXCEPTION 'a leg of nothing' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'ledger_posting_not_nothing';
    END IF;
    v_fen := v_fen + r.amount_fen;
    v_legs := v_legs + 1;
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
        CONSTRAINT = 'ledger_posting_day_of_entry';
    END IF;
    SELECT e.tx INTO v_tx FROM public.ledger_entry e WHERE e.id = v_entry;
    IF v_tx IS DISTINCT FROM pg_current_xact_id() THEN
      RAISE EXCEPTION 'a leg is added only with its entry'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT FROM added WHERE amount_fen = 0) THEN
    RAISE EXCEPTION 'a leg of nothing' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'ledger_posting_not_nothing';
  END IF;
  IF EXISTS (SELECT FROM added
    WHERE entry_id / 10000000000 <> public.ledger_day_prefix(business_date)) THEN
    RAISE EXCEPTION 'the leg is not on the day of its entry' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'ledger_posting_day_of_entry';
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
    LEFT JOIN public.ledger_entry e ON e.id = a.entry_id
    WHERE e.tx IS DISTINCT FROM pg_current_xact_id()
  ) THEN
    RAISE EXCEPTION 'a leg is added only with its entry'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

-- Entries: each where its id says, and with its legs, which the same statement adds.
CREATE OR REPLACE FUNCTION ledger_entry_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id / 10000000000 <> public.ledger_day_prefix(NEW.business_date) THEN
    RAISE EXCEPTION 'the id does not say the day of the entry'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_id_says_day';
  END IF;
  PERFORM FROM public.ledger_posting p
  WHERE p.entry_id = NEW.id AND p.line = 1 AND p.business_date = NEW.business_date;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the entry % is not balanced: it has no legs', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

-- Accounts: what is not counted. The counted, which every posting changes, is in constraints.
CREATE OR REPLACE FUNCTION ledger_account_sound() RETURNS trigger LANGUAGE plpgsql AS $$
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
  RETURN NEW;
END $$;
