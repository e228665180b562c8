-- What the states of a day and the people who take its steps must be, whoever asks.
CREATE FUNCTION ledger_refuse(p_constraint text, p_text text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', p_text USING ERRCODE = 'check_violation', CONSTRAINT = p_constraint;
END $$;

-- Whoever looks through the books has every institution in scope: of a part, nothing could be told.
CREATE FUNCTION ledger_sees_everything() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF current_setting('app.scope', true) IS DISTINCT FROM '*' THEN
    RAISE EXCEPTION 'the books are looked through as a whole'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN true;
END $$;

-- Steps of rules.DAY_FLOW; sealed only with a seal, closed only with two signatures under it,
-- opened again only when two have said so and no later day was opened.
CREATE FUNCTION ledger_day_guard() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_closing bigint;
  v_given_up boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' THEN
      PERFORM ledger_refuse('ledger_day_flow', 'a day begins open');
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR (NEW.institution_id, NEW.date, NEW.opened_at, NEW.opened_by)
      IS DISTINCT FROM (OLD.institution_id, OLD.date, OLD.opened_at, OLD.opened_by) THEN
    PERFORM ledger_refuse('ledger_day_fixed', 'a day is neither removed nor moved');
  END IF;
  IF NEW.state = OLD.state THEN
    RETURN NEW;
  END IF;
  IF (OLD.state, NEW.state) NOT IN (('open', 'closing'), ('closing', 'open'),
      ('closing', 'sealed'), ('sealed', 'closed'), ('sealed', 'open'), ('closed', 'open')) THEN
    PERFORM ledger_refuse('ledger_day_flow', 'no such step of a day');
  END IF;
  SELECT c.id, EXISTS (SELECT FROM ledger_reopening r WHERE r.closing_id = c.id AND r.approved)
  INTO v_closing, v_given_up
  FROM ledger_dayclosing c WHERE c.day_id = NEW.id ORDER BY c.round DESC LIMIT 1;
  IF NEW.state IN ('sealed', 'closed') AND (v_closing IS NULL OR v_given_up) THEN
    PERFORM ledger_refuse('ledger_day_sealed', 'the day has no seal in force');
  END IF;
  IF NEW.state = 'closed' AND
      (SELECT count(*) FROM ledger_daysignature s WHERE s.closing_id = v_closing) < 2 THEN
    PERFORM ledger_refuse('ledger_day_signed_by_two', 'two people sign before a day is closed');
  END IF;
  IF NEW.state = 'open' AND OLD.state IN ('sealed', 'closed') AND (NOT v_given_up OR EXISTS (
      SELECT FROM ledger_businessday d
      WHERE d.institution_id = NEW.institution_id AND d.date > NEW.date)) THEN
    PERFORM ledger_refuse('ledger_day_reopened_by_two',
      'two people open a day again, and only the latest');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_day_guard BEFORE INSERT OR UPDATE OR DELETE ON ledger_businessday
  FOR EACH ROW EXECUTE FUNCTION ledger_day_guard();
ALTER TABLE ledger_businessday ENABLE ALWAYS TRIGGER ledger_day_guard;

-- The closing a person speaks of must be the one in force.
CREATE FUNCTION ledger_closing_in_force(p_closing bigint) RETURNS text LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.state FROM ledger_dayclosing c JOIN ledger_businessday d ON d.id = c.day_id
  WHERE c.id = p_closing
    AND NOT EXISTS (SELECT FROM ledger_dayclosing o WHERE o.day_id = c.day_id AND o.round > c.round)
    AND NOT EXISTS (SELECT FROM ledger_reopening r WHERE r.closing_id = c.id AND r.approved)
$$;

-- Who the human behind a number is, is looked up here and never taken from the caller.
CREATE FUNCTION ledger_signature_guard() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT s.person INTO NEW.person FROM people_staff s WHERE s.id = NEW.staff_id;
  SELECT c.institution_id INTO NEW.institution_id FROM ledger_dayclosing c
  WHERE c.id = NEW.closing_id;
  IF ledger_closing_in_force(NEW.closing_id) IS DISTINCT FROM 'sealed' THEN
    PERFORM ledger_refuse('ledger_signed_in_force', 'only a seal in force is signed');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_signature_guard BEFORE INSERT ON ledger_daysignature
  FOR EACH ROW EXECUTE FUNCTION ledger_signature_guard();

CREATE FUNCTION ledger_carry_guard() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT d.institution_id,
    (SELECT 1 + count(*) FROM ledger_dayclosing c WHERE c.day_id = d.id)
  INTO NEW.institution_id, NEW.round FROM ledger_businessday d
  WHERE d.id = NEW.day_id AND d.state IN ('open', 'closing');
  IF NOT FOUND THEN
    PERFORM ledger_refuse('ledger_carried_before_seal', 'what is open is carried before the seal');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_carry_guard BEFORE INSERT ON ledger_daycarry
  FOR EACH ROW EXECUTE FUNCTION ledger_carry_guard();

CREATE FUNCTION ledger_reopening_guard() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT s.person INTO NEW.asked_person FROM people_staff s WHERE s.id = NEW.asked_by_id;
    SELECT c.institution_id INTO NEW.institution_id FROM ledger_dayclosing c
    WHERE c.id = NEW.closing_id;
    IF NEW.approved IS NOT NULL OR ledger_closing_in_force(NEW.closing_id) IS NULL THEN
      PERFORM ledger_refuse('ledger_reopening_in_force', 'only a closing in force is given up');
    END IF;
    RETURN NEW;
  END IF;
  SELECT s.person INTO NEW.decided_person FROM people_staff s WHERE s.id = NEW.decided_by_id;
  IF OLD.approved IS NOT NULL
      OR (to_jsonb(NEW) - '{decided_by_id,decided_person,decided_label,decided_at,approved}'::text[])
      IS DISTINCT FROM
      (to_jsonb(OLD) - '{decided_by_id,decided_person,decided_label,decided_at,approved}'::text[])
  THEN
    PERFORM ledger_refuse('ledger_reopening_fixed', 'a reopening is decided once');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_reopening_guard BEFORE INSERT OR UPDATE ON ledger_reopening
  FOR EACH ROW EXECUTE FUNCTION ledger_reopening_guard();

SELECT ledger_keep(t) FROM unnest(ARRAY['ledger_dayclosing', 'ledger_turnover',
  'ledger_daysignature', 'ledger_daycarry']::regclass[]) t;
SELECT ledger_keep('ledger_reopening', 'DELETE');
ALTER TABLE ledger_reopening ENABLE ALWAYS TRIGGER ledger_reopening_guard;
ALTER TABLE ledger_daysignature ENABLE ALWAYS TRIGGER ledger_signature_guard;
ALTER TABLE ledger_daycarry ENABLE ALWAYS TRIGGER ledger_carry_guard;
