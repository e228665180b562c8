-- A message is never changed; it is of the item's teller, or of who has the item before them.
CREATE OR REPLACE FUNCTION authorization_message_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE item authorization_request;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'a message is never changed' USING ERRCODE = 'OP040';
    END IF;
    SELECT * INTO item FROM authorization_request WHERE id = NEW.request_id FOR UPDATE;
    IF NOT FOUND OR item.institution_id <> NEW.institution_id THEN
        RAISE EXCEPTION 'the item is not of that institution' USING ERRCODE = 'OP040';
    END IF;
    IF item.attempt <> NEW.attempt OR item.state IN
       ('new', 'approved', 'posted', 'rejected', 'returned', 'withdrawn') THEN
        RAISE EXCEPTION 'the item is not in the centre' USING ERRCODE = 'OP040';
    END IF;
    IF NEW.side = 'counter' AND NEW.by_id = item.teller_id THEN
        RETURN NEW;
    END IF;
    IF NEW.side = 'desk' AND NEW.by_id <> item.teller_id AND (
       (item.state = 'viewing' AND EXISTS (SELECT FROM worklist_workitem work
           WHERE work.id = item.work_item_id AND work.state = 'held' AND work.holder_id = NEW.by_id))
       OR (item.state = 'on_hold' AND EXISTS (SELECT FROM authorization_inquiry asked
           WHERE asked.request_id = item.id AND asked.ended_at IS NULL AND asked.asked_by_id = NEW.by_id))) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'only the teller and the desk of the item write about it' USING ERRCODE = 'OP040';
END $$;

CREATE TRIGGER authorization_message_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_message
    FOR EACH ROW EXECUTE FUNCTION authorization_message_guard();
ALTER TABLE authorization_message ENABLE ALWAYS TRIGGER authorization_message_guard;
