-- What was looked at again stays; the people of a second look are others than those of the first.
CREATE OR REPLACE FUNCTION monitoring_proof_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    steps CONSTANT text[] := '{keying>proved,keying>missed,keying>unproved,missed>upheld,missed>dismissed}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a proof is never removed' USING ERRCODE = 'OP072';
    END IF;
    IF TG_OP = 'INSERT' AND (NEW.state <> 'keying'
       OR NOT EXISTS (SELECT FROM monitoring_match m WHERE m.id = NEW.match_id AND m.state = 'matched')) THEN
        RAISE EXCEPTION 'a proof begins with a pair that a machine matched' USING ERRCODE = 'OP072';
    END IF;
    IF TG_OP = 'UPDATE' AND (NOT (OLD.state || '>' || NEW.state = ANY (steps))
       OR (NEW.match_id, NEW.institution_id, NEW.drawn_at)
           IS DISTINCT FROM (OLD.match_id, OLD.institution_id, OLD.drawn_at)
       OR OLD.state = 'missed' AND NEW.differs IS DISTINCT FROM OLD.differs) THEN
        RAISE EXCEPTION 'a proof goes forward and what it found stays' USING ERRCODE = 'OP072';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION monitoring_look_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    steps CONSTANT text[] := '{waiting>borne_out,waiting>erred,waiting>differs,differs>upheld,differs>dismissed}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a look is never removed' USING ERRCODE = 'OP073';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.state <> OLD.state AND NOT (OLD.state || '>' || NEW.state = ANY (steps))
       OR NEW.state = OLD.state AND (OLD.state <> 'waiting'
           OR to_jsonb(NEW) - 'work_item_id' IS DISTINCT FROM to_jsonb(OLD) - 'work_item_id')
       OR (NEW.match_id, NEW.institution_id, NEW.kind, NEW.why, NEW.first, NEW.first_by_id, NEW.touched, NEW.opened_at)
           IS DISTINCT FROM
           (OLD.match_id, OLD.institution_id, OLD.kind, OLD.why, OLD.first, OLD.first_by_id, OLD.touched, OLD.opened_at)
       OR OLD.looked_by_id IS NOT NULL AND (NEW.looked_by_id, NEW.found) IS DISTINCT FROM (OLD.looked_by_id, OLD.found)) THEN
        RAISE EXCEPTION 'a look goes forward and what was found stays' USING ERRCODE = 'OP073';
    END IF;
    IF EXISTS (SELECT FROM (VALUES (NEW.looked_by_id, NEW.looked_person), (NEW.judged_by_id, NEW.judged_person))
           one(staff, person)
       WHERE one.person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = one.staff)) THEN
        RAISE EXCEPTION 'the person is another' USING ERRCODE = 'OP074';
    END IF;
    IF NEW.looked_person = ANY (NEW.touched) OR NEW.judged_person = ANY (NEW.touched)
       OR NEW.judged_person = NEW.looked_person
       OR NEW.kind = 'again' AND NOT (SELECT person FROM people_staff WHERE id = NEW.first_by_id) = ANY (NEW.touched) THEN
        RAISE EXCEPTION 'who had a part does not look again' USING ERRCODE = 'OP074';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION monitoring_forcing_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a proposal is never removed' USING ERRCODE = 'OP075';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.state <> 'proposed' OR
        (NEW.match_id, NEW.institution_id, NEW.reason, NEW.tries, NEW.author_id, NEW.author_person, NEW.proposed_at)
        IS DISTINCT FROM
        (OLD.match_id, OLD.institution_id, OLD.reason, OLD.tries, OLD.author_id, OLD.author_person, OLD.proposed_at)) THEN
        RAISE EXCEPTION 'a proposal is decided once' USING ERRCODE = 'OP075';
    END IF;
    IF EXISTS (SELECT FROM (VALUES (NEW.author_id, NEW.author_person), (NEW.decided_by_id, NEW.decided_person))
           one(staff, person)
       WHERE one.person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = one.staff))
       OR EXISTS (SELECT FROM monitoring_match m WHERE m.id = NEW.match_id
           AND (NEW.author_person = ANY (m.touched) OR NEW.decided_person = ANY (m.touched))) THEN
        RAISE EXCEPTION 'who keyed or authorised has no part in a match by hand' USING ERRCODE = 'OP075';
    END IF;
    RETURN NEW;
END $$;

-- From the limit of its day on, a match by hand is what one proposed and another accepted.
CREATE OR REPLACE FUNCTION monitoring_forced_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_limit bigint;
BEGIN
    SELECT said.value::bigint INTO v_limit FROM policy_policy said
    WHERE said.institution_id IS NULL AND said.code = 'monitoring.force_second_fen'
      AND said.valid_from <= NEW.business_date AND said.approved_by_id IS NOT NULL
    ORDER BY said.valid_from DESC, said.id DESC LIMIT 1;
    IF NEW.amount_fen >= v_limit AND NOT EXISTS (SELECT FROM monitoring_forcing f
       WHERE f.match_id = NEW.id AND f.state = 'accepted' AND f.author_person = NEW.decided_person)
       OR EXISTS (SELECT FROM monitoring_forcing f WHERE f.match_id = NEW.id AND f.state = 'proposed') THEN
        RAISE EXCEPTION 'a match by hand of this amount takes two people' USING ERRCODE = 'OP076';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_proof_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_proof
    FOR EACH ROW EXECUTE FUNCTION monitoring_proof_guard();
CREATE TRIGGER monitoring_look_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_look
    FOR EACH ROW EXECUTE FUNCTION monitoring_look_guard();
CREATE TRIGGER monitoring_forcing_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_forcing
    FOR EACH ROW EXECUTE FUNCTION monitoring_forcing_guard();
CREATE TRIGGER monitoring_forced_guard BEFORE INSERT OR UPDATE ON monitoring_match
    FOR EACH ROW WHEN (NEW.state = 'forced') EXECUTE FUNCTION monitoring_forced_guard();
ALTER TABLE monitoring_proof ENABLE ALWAYS TRIGGER monitoring_proof_guard;
ALTER TABLE monitoring_look ENABLE ALWAYS TRIGGER monitoring_look_guard;
ALTER TABLE monitoring_forcing ENABLE ALWAYS TRIGGER monitoring_forcing_guard;
ALTER TABLE monitoring_match ENABLE ALWAYS TRIGGER monitoring_forced_guard;
