-- An item is confirmed on site by who supervises its outlet, another human than its teller and than who
-- holds one of its accounts, about what it holds now, once each (OP097); said once it stays (OP098), and
-- only that its teller has seen it is noted then, once.
CREATE OR REPLACE FUNCTION authorization_on_site_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said CONSTANT text[] := '{step,at,level,reasons,remark}';
    item authorization_request;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.step <> '' AND OLD.seen_at IS NULL
       AND to_jsonb(NEW) - 'seen_at' IS NOT DISTINCT FROM to_jsonb(OLD) - 'seen_at' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND (NEW.step <> '' OR NEW.seen_at IS NOT NULL)) OR (TG_OP = 'UPDATE' AND
       (OLD.step <> '' OR to_jsonb(NEW) - said IS DISTINCT FROM to_jsonb(OLD) - said)) THEN
        RAISE EXCEPTION 'what was said on site stays as it was said' USING ERRCODE = 'OP098';
    END IF;
    SELECT * INTO item FROM authorization_request WHERE id = NEW.request_id FOR UPDATE;
    IF NOT FOUND OR item.state <> 'on_site' OR item.institution_id <> NEW.institution_id
       OR (item.attempt, item.content_hash::text) IS DISTINCT FROM (NEW.seq, NEW.content_hash::text) THEN
        RAISE EXCEPTION 'the item does not wait on site for this' USING ERRCODE = 'OP098';
    END IF;
    IF NEW.decider_person = item.teller_person
       OR NEW.decider_person = ANY (authorization_account_holders(item.payer_account, item.payee_account))
       OR NOT EXISTS (SELECT FROM people_staff one JOIN people_staffrole held ON held.staff_id = one.id
           WHERE one.id = NEW.decider_id AND one.person = NEW.decider_person AND one.is_active
             AND one.institution_id = item.institution_id AND held.role = 'outlet_supervisor'
             AND held.valid_from <= (coalesce(NEW.at, NEW.opened_at) AT TIME ZONE 'Asia/Shanghai')::date
             AND coalesce(held.valid_until, 'infinity')
                 >= (coalesce(NEW.at, NEW.opened_at) AT TIME ZONE 'Asia/Shanghai')::date) THEN
        RAISE EXCEPTION 'another supervisor of the outlet confirms it on site' USING ERRCODE = 'OP097';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_on_site_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_onsite
    FOR EACH ROW EXECUTE FUNCTION authorization_on_site_guard();
ALTER TABLE authorization_onsite ENABLE ALWAYS TRIGGER authorization_on_site_guard;
