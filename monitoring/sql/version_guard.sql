-- A version of a rule is made by one human and published by another, and never changed once it left the draft.
CREATE OR REPLACE FUNCTION monitoring_ruleversion_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a version of a rule is never removed' USING ERRCODE = 'OP056';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state = 'retired' THEN
            RAISE EXCEPTION 'a retired version is never changed' USING ERRCODE = 'OP056';
        END IF;
        IF (NEW.rule_id, NEW.seq, NEW.made_by_id) IS DISTINCT FROM (OLD.rule_id, OLD.seq, OLD.made_by_id)
           OR (OLD.state <> 'draft' AND (NEW.spec, NEW.level, NEW.score) IS DISTINCT FROM (OLD.spec, OLD.level, OLD.score))
           OR (OLD.state = 'published' AND (NEW.published_by_id, NEW.valid_from, NEW.proposed_by_id)
               IS DISTINCT FROM (OLD.published_by_id, OLD.valid_from, OLD.proposed_by_id)) THEN
            RAISE EXCEPTION 'a version of a rule is fixed' USING ERRCODE = 'OP056';
        END IF;
    END IF;
    IF NEW.state = 'published' AND EXISTS (
        SELECT FROM people_staff maker JOIN people_staff checker ON checker.person = maker.person
         WHERE checker.id = NEW.published_by_id AND maker.id IN (NEW.made_by_id, NEW.proposed_by_id)) THEN
        RAISE EXCEPTION 'a rule is published by another person' USING ERRCODE = 'OP056';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_ruleversion_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_ruleversion
    FOR EACH ROW EXECUTE FUNCTION monitoring_ruleversion_guard();
ALTER TABLE monitoring_ruleversion ENABLE ALWAYS TRIGGER monitoring_ruleversion_guard;
