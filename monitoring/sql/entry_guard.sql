-- What was found, keyed and closed is added and never changed; two people are two humans.
CREATE OR REPLACE FUNCTION monitoring_entry_kept_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a day came to is never changed' USING ERRCODE = 'OP063';
END $$;

-- A day is closed only when its books are, every line of it stands in a pair, no pair waits or is
-- open but breaks that two people explained, and its key businesses were looked at.
CREATE OR REPLACE FUNCTION monitoring_dayend_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Who closes and who joins by hand take turns at an outlet.
    PERFORM pg_advisory_xact_lock(8403, NEW.institution_id::int);
    IF EXISTS (
        SELECT 1 FROM monitoring_match m
        WHERE m.institution_id = NEW.institution_id AND m.business_date = NEW.business_date
          AND (m.state = 'waiting'
               OR m.state = 'open' AND m.result NOT IN ('image_missing', 'journal_missing')
               OR m.state IN ('open', 'confirmed') AND m.result IN ('image_missing', 'journal_missing')
                  AND NOT EXISTS (SELECT 1 FROM monitoring_explanation e
                                  WHERE e.match_id = m.id AND e.state = 'accepted'))
    ) THEN
        RAISE EXCEPTION 'the day has pairs that are not settled' USING ERRCODE = 'OP063';
    END IF;
    IF EXISTS (SELECT FROM ledger_businessday d WHERE d.institution_id = NEW.institution_id
                 AND d.date = NEW.business_date AND d.state = 'open') THEN
        RAISE EXCEPTION 'the books of the day are open' USING ERRCODE = 'OP063';
    END IF;
    IF EXISTS (
        SELECT FROM ledger_journalline j
        WHERE j.institution_id = NEW.institution_id
          AND j.id >= ledger_day_prefix(NEW.business_date) * 10000000000
          AND j.id < (ledger_day_prefix(NEW.business_date) + 1) * 10000000000
          AND NOT EXISTS (SELECT FROM monitoring_match m WHERE m.institution_id = j.institution_id
                            AND m.business_date = NEW.business_date AND m.journal_no = j.journal_no)
    ) THEN
        RAISE EXCEPTION 'the day has lines that were never compared' USING ERRCODE = 'OP063';
    END IF;
    IF EXISTS (
        SELECT FROM monitoring_look l JOIN monitoring_match m ON m.id = l.match_id
        WHERE m.institution_id = NEW.institution_id AND m.business_date = NEW.business_date
          AND l.kind = 'key' AND l.state = 'waiting'
    ) THEN
        RAISE EXCEPTION 'key businesses of the day wait' USING ERRCODE = 'OP063';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION monitoring_explanation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an explanation is never removed' USING ERRCODE = 'OP063';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.state <> 'proposed' OR
        (NEW.match_id, NEW.text, NEW.author_id, NEW.author_person, NEW.written_at) IS DISTINCT FROM
        (OLD.match_id, OLD.text, OLD.author_id, OLD.author_person, OLD.written_at)) THEN
        RAISE EXCEPTION 'an explanation is decided once' USING ERRCODE = 'OP063';
    END IF;
    IF NEW.author_person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = NEW.author_id)
       OR NEW.decided_by_id IS NOT NULL AND NEW.decided_person IS DISTINCT FROM
          (SELECT person FROM people_staff WHERE id = NEW.decided_by_id)
       OR NEW.decided_person = NEW.author_person THEN
        RAISE EXCEPTION 'author and decider are two people' USING ERRCODE = 'OP064';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION monitoring_keying_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'what was keyed is never removed' USING ERRCODE = 'OP063';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD."right" IS NOT NULL OR
        (NEW.slice_id, NEW.keyer_id, NEW.person, NEW.arbiter, NEW.value, NEW.strokes,
         NEW.milliseconds, NEW.keyed_at) IS DISTINCT FROM
        (OLD.slice_id, OLD.keyer_id, OLD.person, OLD.arbiter, OLD.value, OLD.strokes,
         OLD.milliseconds, OLD.keyed_at)) THEN
        RAISE EXCEPTION 'what was keyed is never changed' USING ERRCODE = 'OP063';
    END IF;
    IF NEW.person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = NEW.keyer_id) THEN
        RAISE EXCEPTION 'the keyer is another person' USING ERRCODE = 'OP064';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_alignment_guard BEFORE UPDATE OR DELETE ON monitoring_alignment
    FOR EACH ROW EXECUTE FUNCTION monitoring_entry_kept_guard();
CREATE TRIGGER monitoring_dayend_kept BEFORE UPDATE OR DELETE ON monitoring_dayend
    FOR EACH ROW EXECUTE FUNCTION monitoring_entry_kept_guard();
CREATE TRIGGER monitoring_dayend_guard BEFORE INSERT ON monitoring_dayend
    FOR EACH ROW EXECUTE FUNCTION monitoring_dayend_guard();
CREATE TRIGGER monitoring_explanation_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_explanation
    FOR EACH ROW EXECUTE FUNCTION monitoring_explanation_guard();
CREATE TRIGGER monitoring_keying_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_keying
    FOR EACH ROW EXECUTE FUNCTION monitoring_keying_guard();
ALTER TABLE monitoring_alignment ENABLE ALWAYS TRIGGER monitoring_alignment_guard;
ALTER TABLE monitoring_dayend ENABLE ALWAYS TRIGGER monitoring_dayend_kept;
ALTER TABLE monitoring_dayend ENABLE ALWAYS TRIGGER monitoring_dayend_guard;
ALTER TABLE monitoring_explanation ENABLE ALWAYS TRIGGER monitoring_explanation_guard;
ALTER TABLE monitoring_keying ENABLE ALWAYS TRIGGER monitoring_keying_guard;
