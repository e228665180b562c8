-- A slip goes forward by the table of its kind; what was said stays, and the people are apart.
CREATE OR REPLACE FUNCTION monitoring_slip_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving CONSTANT text[] := '{state,due_at,answered_at,late,rung,rung_at,verified_by_id,verified_label,verified_person,verified_at,phoned_label,phoned_at,closed_at}';
    steps CONSTANT text[] := '{hint:issued>seen,query:issued>received,query:received>replied,query:replied>requeried,query:requeried>replied,query:replied>accepted,query:accepted>closed,error:issued>acknowledged,error:issued>appealed,error:acknowledged>appealed,error:appealed>acknowledged,error:appealed>revoked,error:acknowledged>rectifying,error:rectifying>rectified,error:rectified>rectifying,error:rectified>verified,error:verified>closed,rectification:issued>acknowledged,rectification:acknowledged>rectifying,rectification:rectifying>rectified,rectification:rectified>rectifying,rectification:rectified>verified,rectification:verified>closed,warning:issued>investigating,warning:investigating>reported,warning:reported>investigating,warning:reported>accepted,warning:accepted>closed,qc:issued>acknowledged,qc:acknowledged>replied,qc:replied>acknowledged,qc:replied>verified,qc:verified>closed,case:under_seal>handed_over,case:handed_over>closed}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a slip is never removed' USING ERRCODE = 'OP058';
    END IF;
    IF TG_OP = 'INSERT' AND (NEW.state <> CASE NEW.kind WHEN 'case' THEN 'under_seal' ELSE 'issued' END
       OR NEW.answered_at IS NOT NULL OR NEW.verified_by_id IS NOT NULL OR NEW.rung <> 0) THEN
        RAISE EXCEPTION 'a slip begins where its kind begins' USING ERRCODE = 'OP058';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.closed_at IS NOT NULL
       OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving
       OR NEW.rung < OLD.rung OR OLD.late AND NOT NEW.late
       OR (OLD.verified_by_id IS NOT NULL AND (NEW.verified_by_id, NEW.verified_person, NEW.verified_at)
           IS DISTINCT FROM (OLD.verified_by_id, OLD.verified_person, OLD.verified_at))
       OR (NEW.state <> OLD.state
           AND NOT (NEW.kind || ':' || OLD.state || '>' || NEW.state = ANY (steps)))) THEN
        RAISE EXCEPTION 'a slip goes forward and what it says stays' USING ERRCODE = 'OP058';
    END IF;
    IF EXISTS (SELECT FROM (VALUES (NEW.issued_by_id, NEW.issued_person),
           (NEW.at_fault_id, NEW.at_fault_person), (NEW.verified_by_id, NEW.verified_person)) one(staff, person)
       WHERE one.person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = one.staff)) THEN
        RAISE EXCEPTION 'the person is another' USING ERRCODE = 'OP058';
    END IF;
    IF NEW.issued_person = NEW.at_fault_person OR NEW.verified_person IS NOT NULL
       AND (NEW.verified_person = NEW.at_fault_person OR EXISTS (SELECT FROM monitoring_slipreply said
           WHERE said.slip_id = NEW.id AND said.step <> 'requery' AND said.person = NEW.verified_person)) THEN
        RAISE EXCEPTION 'who erred or answered does not verify' USING ERRCODE = 'OP058';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state <> OLD.state AND OLD.state = 'appealed' AND NOT EXISTS (
       SELECT FROM monitoring_slipappeal told WHERE told.slip_id = NEW.id
       AND told.upheld = (NEW.state = 'revoked')) THEN
        RAISE EXCEPTION 'an appeal is judged first' USING ERRCODE = 'OP058';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_slip_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_slip
    FOR EACH ROW EXECUTE FUNCTION monitoring_slip_guard();
ALTER TABLE monitoring_slip ENABLE ALWAYS TRIGGER monitoring_slip_guard;

-- An appeal is judged once, by a human without another part in the slip.
CREATE OR REPLACE FUNCTION monitoring_slipappeal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving CONSTANT text[] := '{upheld,judged_by_id,judged_label,judged_person,judged_at,judged_words}';
    about monitoring_slip;
BEGIN
    SELECT * INTO about FROM monitoring_slip WHERE id = NEW.slip_id;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.judged_by_id IS NOT NULL
       OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving)) THEN
        RAISE EXCEPTION 'an appeal stays as it was made and judged' USING ERRCODE = 'OP058';
    END IF;
    IF about.institution_id IS DISTINCT FROM NEW.institution_id
       OR NEW.person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = NEW.by_id)
       OR NEW.judged_person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = NEW.judged_by_id)
       OR NEW.judged_person IN (about.issued_person, about.at_fault_person, NEW.person)
       OR EXISTS (SELECT FROM monitoring_slipreply said
           WHERE said.slip_id = NEW.slip_id AND said.person = NEW.judged_person) THEN
        RAISE EXCEPTION 'issuer, teller, appellant and judge are apart' USING ERRCODE = 'OP058';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_slipappeal_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_slipappeal
    FOR EACH ROW EXECUTE FUNCTION monitoring_slipappeal_guard();
ALTER TABLE monitoring_slipappeal ENABLE ALWAYS TRIGGER monitoring_slipappeal_guard;

-- Replies, points and bulletins are added and never changed.
CREATE OR REPLACE FUNCTION monitoring_kept_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was added stays' USING ERRCODE = 'OP059';
END $$;

CREATE TRIGGER monitoring_slipreply_kept BEFORE UPDATE OR DELETE ON monitoring_slipreply
    FOR EACH ROW EXECUTE FUNCTION monitoring_kept_guard();
ALTER TABLE monitoring_slipreply ENABLE ALWAYS TRIGGER monitoring_slipreply_kept;
CREATE TRIGGER monitoring_slippoint_kept BEFORE UPDATE OR DELETE ON monitoring_slippoint
    FOR EACH ROW EXECUTE FUNCTION monitoring_kept_guard();
ALTER TABLE monitoring_slippoint ENABLE ALWAYS TRIGGER monitoring_slippoint_kept;
CREATE TRIGGER monitoring_bulletin_kept BEFORE UPDATE OR DELETE ON monitoring_bulletin
    FOR EACH ROW EXECUTE FUNCTION monitoring_kept_guard();
ALTER TABLE monitoring_bulletin ENABLE ALWAYS TRIGGER monitoring_bulletin_kept;

-- A reply is of the slip's institution and of the human who sends it.
CREATE OR REPLACE FUNCTION monitoring_slipreply_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = NEW.by_id)
       OR NEW.institution_id IS DISTINCT FROM (SELECT institution_id FROM monitoring_slip WHERE id = NEW.slip_id)
       OR NEW.step <> 'requery' AND NEW.institution_id IS DISTINCT FROM
           (SELECT institution_id FROM people_staff WHERE id = NEW.by_id) THEN
        RAISE EXCEPTION 'a slip is answered by those to whom it went' USING ERRCODE = 'OP058';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_slipreply_guard BEFORE INSERT ON monitoring_slipreply
    FOR EACH ROW EXECUTE FUNCTION monitoring_slipreply_guard();
ALTER TABLE monitoring_slipreply ENABLE ALWAYS TRIGGER monitoring_slipreply_guard;

-- Points are those of the slip's outlet and error; given back is the whole, after an upheld appeal alone.
CREATE OR REPLACE FUNCTION monitoring_slippoint_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    about monitoring_slip;
BEGIN
    SELECT * INTO about FROM monitoring_slip WHERE id = NEW.slip_id;
    IF (about.kind, about.institution_id, about.code, about.repeated) IS DISTINCT FROM
           ('error', NEW.institution_id, NEW.code, NEW.repeated)
       OR about.at_fault_person IS DISTINCT FROM NEW.person
       OR NEW.reverses_id IS NOT NULL AND NOT (EXISTS (SELECT FROM monitoring_slippoint given
               WHERE given.id = NEW.reverses_id AND given.slip_id = NEW.slip_id AND given.points = -NEW.points)
           AND EXISTS (SELECT FROM monitoring_slipappeal told
               WHERE told.slip_id = NEW.slip_id AND told.upheld)) THEN
        RAISE EXCEPTION 'points are of their slip, and are given back by an upheld appeal' USING ERRCODE = 'OP059';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_slippoint_guard BEFORE INSERT ON monitoring_slippoint
    FOR EACH ROW EXECUTE FUNCTION monitoring_slippoint_guard();
ALTER TABLE monitoring_slippoint ENABLE ALWAYS TRIGGER monitoring_slippoint_guard;
