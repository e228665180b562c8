-- Only a rule that is asked as a line is posted holds postings back, and whether it does is fixed with its version.
CREATE OR REPLACE FUNCTION monitoring_prevents_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.prevents AND NOT (SELECT at_once FROM monitoring_monitoringrule WHERE id = NEW.rule_id)
       OR TG_OP = 'UPDATE' AND OLD.state <> 'draft' AND NEW.prevents IS DISTINCT FROM OLD.prevents THEN
        RAISE EXCEPTION 'only what is asked at once holds a posting, and a version is fixed' USING ERRCODE = 'OP077';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_prevents_guard BEFORE INSERT OR UPDATE ON monitoring_ruleversion
    FOR EACH ROW EXECUTE FUNCTION monitoring_prevents_guard();
ALTER TABLE monitoring_ruleversion ENABLE ALWAYS TRIGGER monitoring_prevents_guard;

-- What was held back is kept as it was, of a version that was in force and said so, and of the teller who sent it.
CREATE OR REPLACE FUNCTION monitoring_heldposting_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'what was held back stays' USING ERRCODE = 'OP078';
    END IF;
    IF NOT EXISTS (SELECT FROM monitoring_ruleversion said
           WHERE said.id = NEW.version_id AND said.prevents AND said.state = 'published')
       OR NEW.teller_person IS DISTINCT FROM (SELECT person FROM people_staff WHERE number = NEW.teller)
       OR NEW.alert_id IS NOT NULL AND NOT EXISTS (SELECT FROM monitoring_alert told JOIN monitoring_ruleversion said
           ON said.rule_id = told.rule_id WHERE told.id = NEW.alert_id AND said.id = NEW.version_id) THEN
        RAISE EXCEPTION 'nothing in force held this back' USING ERRCODE = 'OP078';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_heldposting_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_heldposting
    FOR EACH ROW EXECUTE FUNCTION monitoring_heldposting_guard();
ALTER TABLE monitoring_heldposting ENABLE ALWAYS TRIGGER monitoring_heldposting_guard;
