-- A verdict is of who has the item before them, posts nothing, stays as it was made and ends once.
CREATE OR REPLACE FUNCTION authorization_verdict_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE item authorization_request;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL
       AND to_jsonb(NEW) - '{ended_by,ended_at}'::text[] IS NOT DISTINCT FROM to_jsonb(OLD) - '{ended_by,ended_at}'::text[] THEN
        RETURN NEW;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'what was decided only takes effect or is taken back, once' USING ERRCODE = 'OP041';
    END IF;
    SELECT * INTO item FROM authorization_request WHERE id = NEW.request_id FOR UPDATE;
    IF NOT FOUND OR item.institution_id <> NEW.institution_id THEN
        RAISE EXCEPTION 'the item is not of that institution' USING ERRCODE = 'OP041';
    END IF;
    IF item.state <> 'viewing' OR (item.attempt, item.level, item.content_hash::text)
       IS DISTINCT FROM (NEW.seq, NEW.level, NEW.content_hash::text) THEN
        RAISE EXCEPTION 'the item is not open for this decision' USING ERRCODE = 'OP041';
    END IF;
    IF NEW.step = 'approve' AND item.level >= item.levels_needed THEN
        RAISE EXCEPTION 'the last yes posts at once' USING ERRCODE = 'OP041';
    END IF;
    IF NOT EXISTS (SELECT FROM worklist_workitem work WHERE work.id = item.work_item_id
           AND work.state = 'held' AND work.holder_id = NEW.decider_id) THEN
        RAISE EXCEPTION 'the decider has not the item before them' USING ERRCODE = 'OP041';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_verdict_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_verdict
    FOR EACH ROW EXECUTE FUNCTION authorization_verdict_guard();
ALTER TABLE authorization_verdict ENABLE ALWAYS TRIGGER authorization_verdict_guard;
