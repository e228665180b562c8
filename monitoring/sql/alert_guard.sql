-- Who had a hand in the lines does not work on the alert; what it is about is fixed, and its end stays.
CREATE OR REPLACE FUNCTION monitoring_alert_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an alert is never removed' USING ERRCODE = 'OP057';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.rule_id, NEW.entity, NEW.day, NEW.raised_at, NEW.institution_id)
           IS DISTINCT FROM (OLD.rule_id, OLD.entity, OLD.day, OLD.raised_at, OLD.institution_id)
           OR NOT NEW.touched @> OLD.touched THEN
            RAISE EXCEPTION 'what an alert is about is fixed' USING ERRCODE = 'OP057';
        END IF;
        IF OLD.state IN ('closed_false', 'error_registered')
           OR (OLD.state = 'closed_true' AND (NEW.state <> 'error_registered' OR
               (NEW.closed_by_id, NEW.words) IS DISTINCT FROM (OLD.closed_by_id, OLD.words))) THEN
            RAISE EXCEPTION 'an ended alert is never changed' USING ERRCODE = 'OP057';
        END IF;
    END IF;
    IF EXISTS (SELECT FROM people_staff s WHERE s.person = ANY (NEW.touched)
               AND s.id IN (NEW.handled_by_id, NEW.closed_by_id)) THEN
        RAISE EXCEPTION 'who had a hand in the lines works on no alert about them' USING ERRCODE = 'OP057';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_alert_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_alert
    FOR EACH ROW EXECUTE FUNCTION monitoring_alert_guard();
ALTER TABLE monitoring_alert ENABLE ALWAYS TRIGGER monitoring_alert_guard;

-- What was found and what bears it out is added, never changed.
CREATE OR REPLACE FUNCTION monitoring_found_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a rule found is never changed' USING ERRCODE = 'OP057';
END $$;

CREATE TRIGGER monitoring_rulehit_guard BEFORE UPDATE OR DELETE ON monitoring_rulehit
    FOR EACH ROW EXECUTE FUNCTION monitoring_found_guard();
CREATE TRIGGER monitoring_alertline_guard BEFORE UPDATE OR DELETE ON monitoring_alertline
    FOR EACH ROW EXECUTE FUNCTION monitoring_found_guard();
CREATE TRIGGER monitoring_quiet_guard BEFORE UPDATE OR DELETE ON monitoring_quiet
    FOR EACH ROW EXECUTE FUNCTION monitoring_found_guard();
ALTER TABLE monitoring_rulehit ENABLE ALWAYS TRIGGER monitoring_rulehit_guard;
ALTER TABLE monitoring_alertline ENABLE ALWAYS TRIGGER monitoring_alertline_guard;
ALTER TABLE monitoring_quiet ENABLE ALWAYS TRIGGER monitoring_quiet_guard;
