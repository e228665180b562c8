-- Nobody decides an item above what they are admitted to; who has no row is bound by the grade alone.
CREATE OR REPLACE FUNCTION authorization_admitted_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    item authorization_request;
    who uuid;
BEGIN
    SELECT * INTO item FROM authorization_request WHERE id = NEW.request_id;
    SELECT person INTO who FROM people_staff WHERE id = NEW.decider_id;
    -- What is settling was looked at when it was laid down; at an outlet the amount stands for the grade.
    IF item.state <> 'settling' AND to_jsonb(NEW) ->> 'fallback_id' IS NULL AND to_jsonb(NEW) ->> 'offline_id' IS NULL
       AND EXISTS (SELECT FROM authorization_admission had WHERE had.person = who
           AND had.state <> 'exam' AND (had.state <> 'stopped' OR had.shadow_at IS NOT NULL OR had.inherited))
       AND NOT EXISTS (SELECT FROM authorization_admission has WHERE has.person = who
           AND has.grade >= item.grade_needed AND (has.state = 'probation' OR has.state = 'admitted'
               AND has.valid_until >= (NEW.at AT TIME ZONE 'Asia/Shanghai')::date)) THEN
        RAISE EXCEPTION 'the decider is not admitted to the grade' USING ERRCODE = 'OP047';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_decision_admitted BEFORE INSERT ON authorization_decision
    FOR EACH ROW EXECUTE FUNCTION authorization_admitted_guard();
ALTER TABLE authorization_decision ENABLE ALWAYS TRIGGER authorization_decision_admitted;
CREATE TRIGGER authorization_verdict_admitted BEFORE INSERT ON authorization_verdict
    FOR EACH ROW EXECUTE FUNCTION authorization_admitted_guard();
ALTER TABLE authorization_verdict ENABLE ALWAYS TRIGGER authorization_verdict_admitted;

-- An admission goes forward only; candidate, who entered the exam and who decided are three humans.
CREATE OR REPLACE FUNCTION authorization_admission_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving CONSTANT text[] := '{state,decided_by_id,decided_person,decided_at,moved_by_id,moved_person,shadow_at,probation_at,admitted_at,valid_until,ended_at,ended_why}';
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (
       to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving
       OR (OLD.decided_by_id IS NOT NULL AND (NEW.decided_by_id, NEW.decided_person, NEW.decided_at)
           IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_person, OLD.decided_at))
       OR NOT (OLD.state || '>' || NEW.state = ANY ('{exam>shadow,exam>admitted,exam>stopped,shadow>probation,shadow>stopped,probation>admitted,probation>demoted,probation>stopped,admitted>expired,admitted>demoted,admitted>stopped}'::text[])))) THEN
        RAISE EXCEPTION 'an admission goes forward and stays' USING ERRCODE = 'OP048';
    END IF;
    IF TG_OP = 'INSERT' AND (NEW.inherited AND (NEW.state <> 'admitted'
           OR current_setting('app.scope', true) IS DISTINCT FROM '*')
       OR NOT NEW.inherited AND NEW.state <> 'exam') THEN
        RAISE EXCEPTION 'an admission begins with an exam' USING ERRCODE = 'OP048';
    END IF;
    IF EXISTS (SELECT FROM (VALUES (NEW.staff_id, NEW.person), (NEW.entered_by_id, NEW.entered_person),
           (NEW.decided_by_id, NEW.decided_person), (NEW.moved_by_id, NEW.moved_person)) one(staff, person)
       WHERE one.person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = one.staff)) THEN
        RAISE EXCEPTION 'the person is another' USING ERRCODE = 'OP048';
    END IF;
    IF NEW.person IN (NEW.entered_person, NEW.decided_person, NEW.moved_person)
       OR NEW.entered_person = NEW.decided_person THEN
        RAISE EXCEPTION 'candidate, first and second are three people' USING ERRCODE = 'OP048';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_admission_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_admission
    FOR EACH ROW EXECUTE FUNCTION authorization_admission_guard();
ALTER TABLE authorization_admission ENABLE ALWAYS TRIGGER authorization_admission_guard;

-- A known item is kept and approved by two humans, neither of whom decided it, and is only ever ended.
CREATE OR REPLACE FUNCTION authorization_knownitem_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving CONSTANT text[] := '{approved_by_id,approved_person,approved_at,ended_by_id,ended_at}';
    made authorization_decision;
BEGIN
    SELECT * INTO made FROM authorization_decision WHERE id = NEW.decision_id;
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.ended_at IS NOT NULL
       OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving
       OR (OLD.approved_by_id IS NOT NULL AND (NEW.approved_by_id, NEW.approved_person, NEW.approved_at)
           IS DISTINCT FROM (OLD.approved_by_id, OLD.approved_person, OLD.approved_at)))) THEN
        RAISE EXCEPTION 'a known item stays and is ended once' USING ERRCODE = 'OP049';
    END IF;
    IF made.institution_id IS DISTINCT FROM NEW.institution_id
       OR NEW.kept_person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = NEW.kept_by_id)
       OR NEW.approved_person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = NEW.approved_by_id)
       OR NEW.kept_person = NEW.approved_person
       OR made.decider_person IN (NEW.kept_person, NEW.approved_person) THEN
        RAISE EXCEPTION 'keeper, approver and decider are three people' USING ERRCODE = 'OP049';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_knownitem_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_knownitem
    FOR EACH ROW EXECUTE FUNCTION authorization_knownitem_guard();
ALTER TABLE authorization_knownitem ENABLE ALWAYS TRIGGER authorization_knownitem_guard;

-- What is said in the shadow is said by the candidate; planted are approved known items alone.
CREATE OR REPLACE FUNCTION authorization_review_kind_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.candidate_id IS NOT NULL AND NEW.reviewer_person IS DISTINCT FROM NULL
       AND NEW.reviewer_person <> (SELECT person FROM authorization_admission WHERE id = NEW.candidate_id) THEN
        RAISE EXCEPTION 'another than the candidate answers' USING ERRCODE = 'OP050';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.kind = 'planted' AND NOT EXISTS (SELECT FROM authorization_knownitem known
       WHERE known.decision_id = NEW.decision_id AND known.approved_at IS NOT NULL AND known.ended_at IS NULL) THEN
        RAISE EXCEPTION 'the right answer is not known' USING ERRCODE = 'OP050';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_review_kind_guard BEFORE INSERT OR UPDATE ON authorization_review
    FOR EACH ROW EXECUTE FUNCTION authorization_review_kind_guard();
ALTER TABLE authorization_review ENABLE ALWAYS TRIGGER authorization_review_kind_guard;
