-- What was asked stays as it was asked; it ends once, and only whom it concerns answers it.
CREATE OR REPLACE FUNCTION authorization_inquiry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ending CONSTANT text[] :=
        '{ended_by,ended_at,answer,outcome,answered_by_id,answered_by_label}';
    item authorization_request;
    asker uuid;
    answerer uuid;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.ended_at IS NOT NULL
       OR to_jsonb(NEW) - ending IS DISTINCT FROM to_jsonb(OLD) - ending)) THEN
        RAISE EXCEPTION 'what was asked is only ever answered, once' USING ERRCODE = 'OP030';
    END IF;
    SELECT * INTO item FROM authorization_request WHERE id = NEW.request_id FOR UPDATE;
    IF NOT FOUND OR item.institution_id <> NEW.institution_id THEN
        RAISE EXCEPTION 'the item is not of that institution' USING ERRCODE = 'OP031';
    END IF;
    IF TG_OP = 'INSERT' AND (item.state <> 'viewing' OR item.attempt <> NEW.attempt) THEN
        RAISE EXCEPTION 'only what is before an authorizer is put on hold' USING ERRCODE = 'OP032';
    END IF;
    IF NEW.answered_by_id IS NOT NULL THEN
        SELECT person INTO asker FROM people_staff WHERE id = NEW.asked_by_id;
        SELECT person INTO answerer FROM people_staff WHERE id = NEW.answered_by_id;
        IF (NEW.kind = 'rescan' AND answerer <> item.teller_person)
           OR (NEW.kind = 'consult' AND answerer IN (asker, item.teller_person))
           OR (NEW.kind = 'call' AND answerer <> asker) THEN
            RAISE EXCEPTION 'somebody else answers this' USING ERRCODE = 'OP033';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_inquiry_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_inquiry
    FOR EACH ROW EXECUTE FUNCTION authorization_inquiry_guard();
ALTER TABLE authorization_inquiry ENABLE ALWAYS TRIGGER authorization_inquiry_guard;
