-- A review is answered once, by a human who neither decided nor entered the item.
CREATE OR REPLACE FUNCTION authorization_review_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answered CONSTANT text[] := '{state,work_item_id,reviewer_id,reviewer_label,reviewer_person,step,reasons,remark,reviewed_at}';
    made authorization_decision;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.state = 'done'
       OR to_jsonb(NEW) - answered IS DISTINCT FROM to_jsonb(OLD) - answered)) THEN
        RAISE EXCEPTION 'a review is answered once and stays' USING ERRCODE = 'OP030';
    END IF;
    SELECT * INTO made FROM authorization_decision WHERE id = NEW.decision_id;
    IF NOT FOUND OR made.institution_id <> NEW.institution_id THEN
        RAISE EXCEPTION 'the decision is not of that institution' USING ERRCODE = 'OP031';
    END IF;
    IF NEW.reviewer_person IS NOT NULL AND (
       NEW.reviewer_person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = NEW.reviewer_id)
       OR NEW.reviewer_person = made.decider_person
       OR NEW.reviewer_person = (SELECT teller_person FROM authorization_request WHERE id = made.request_id)) THEN
        RAISE EXCEPTION 'the reviewer had a part in the decision' USING ERRCODE = 'OP032';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_review_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_review
    FOR EACH ROW EXECUTE FUNCTION authorization_review_guard();
ALTER TABLE authorization_review ENABLE ALWAYS TRIGGER authorization_review_guard;

-- A case fits its decision, goes forward only, and is examined and judged by others than had a part.
CREATE OR REPLACE FUNCTION authorization_qualitycase_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving CONSTANT text[] := '{state,examined_by_id,examined_person,examined_at,found_wrong,examined_words,judged_by_id,judged_person,judged_at,judged_words,cause,severity}';
    made authorization_decision;
    teller uuid;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.state IN ('upheld', 'dismissed')
       OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving
       OR (OLD.examined_by_id IS NOT NULL AND (NEW.examined_by_id, NEW.examined_at, NEW.found_wrong)
           IS DISTINCT FROM (OLD.examined_by_id, OLD.examined_at, OLD.found_wrong)))) THEN
        RAISE EXCEPTION 'a case goes forward and stays' USING ERRCODE = 'OP033';
    END IF;
    SELECT * INTO made FROM authorization_decision WHERE id = NEW.decision_id;
    IF NOT FOUND OR made.institution_id <> NEW.institution_id
       OR (made.step = 'approve') <> (NEW.kind = 'wrong_approval') THEN
        RAISE EXCEPTION 'the case does not fit the decision' USING ERRCODE = 'OP034';
    END IF;
    SELECT teller_person INTO teller FROM authorization_request WHERE id = made.request_id;
    IF EXISTS (SELECT FROM (VALUES (NEW.raised_by_id, NEW.raised_person),
           (NEW.examined_by_id, NEW.examined_person), (NEW.judged_by_id, NEW.judged_person)) one(staff, person)
       WHERE one.staff IS NOT NULL
         AND one.person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = one.staff)) THEN
        RAISE EXCEPTION 'the person is another' USING ERRCODE = 'OP035';
    END IF;
    IF made.decider_person IN (NEW.raised_person, NEW.examined_person, NEW.judged_person)
       OR teller IN (NEW.examined_person, NEW.judged_person)
       OR (NEW.source <> 'review' AND NEW.examined_person = NEW.raised_person) THEN
        RAISE EXCEPTION 'who had a part does not judge' USING ERRCODE = 'OP036';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_qualitycase_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_qualitycase
    FOR EACH ROW EXECUTE FUNCTION authorization_qualitycase_guard();
ALTER TABLE authorization_qualitycase ENABLE ALWAYS TRIGGER authorization_qualitycase_guard;
