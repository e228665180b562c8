-- That an overdue voucher is not there is said by who supervises its outlet and decided by a lead of
-- authorizers: two humans, neither of whom entered the item, while it is awaited (OP108). Said and decided
-- once it stays; only the voucher itself overtakes it.
CREATE OR REPLACE FUNCTION authorization_missing_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    deciding CONSTANT text[] := '{state,decided_by_id,decided_label,decided_person,decided_at}';
    awaited authorization_laterscan;
    teller uuid;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND NEW.state <> 'proposed') OR (TG_OP = 'UPDATE' AND
       (OLD.state <> 'proposed' OR to_jsonb(NEW) - deciding IS DISTINCT FROM to_jsonb(OLD) - deciding)) THEN
        RAISE EXCEPTION 'that a voucher is not there stays as it was said' USING ERRCODE = 'OP108';
    END IF;
    SELECT * INTO awaited FROM authorization_laterscan WHERE id = NEW.scan_id FOR UPDATE;
    SELECT teller_person INTO teller FROM authorization_request WHERE id = awaited.request_id;
    IF NOT FOUND OR awaited.institution_id <> NEW.institution_id OR awaited.due_at >= NEW.proposed_at
       OR awaited.missing_at IS NOT NULL OR (awaited.scanned_at IS NOT NULL) <> (NEW.state = 'ended') THEN
        RAISE EXCEPTION 'the voucher is not overdue and awaited' USING ERRCODE = 'OP108';
    END IF;
    IF TG_OP = 'INSERT' AND (NEW.proposed_person = teller OR NOT authorization_holds_role(NEW.proposed_by_id, NEW.proposed_person,
           'outlet_supervisor', NEW.proposed_at, NEW.institution_id)) THEN
        RAISE EXCEPTION 'another supervisor of the outlet says that it is not there' USING ERRCODE = 'OP108';
    END IF;
    IF NEW.state IN ('accepted', 'declined') AND (NEW.decided_person IN (teller, NEW.proposed_person)
       OR NOT authorization_holds_role(NEW.decided_by_id, NEW.decided_person, 'auth_lead',
           NEW.decided_at, NULL)) THEN
        RAISE EXCEPTION 'a second person, a lead, decides that it is not there' USING ERRCODE = 'OP108';
    END IF;
    RETURN NEW;
END $$;

-- Whether a number is of that human and active, and holds a role on the day of a moment, there or anywhere.
CREATE OR REPLACE FUNCTION authorization_holds_role(staff bigint, human uuid, wanted text, moment timestamptz,
    place bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM people_staff one JOIN people_staffrole held ON held.staff_id = one.id
        WHERE one.id = staff AND one.person = human AND one.is_active AND held.role = wanted
          AND (place IS NULL OR one.institution_id = place)
          AND (moment AT TIME ZONE 'Asia/Shanghai')::date
              BETWEEN held.valid_from AND coalesce(held.valid_until, 'infinity'))
$$;

CREATE TRIGGER authorization_missing_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_missingvoucher
    FOR EACH ROW EXECUTE FUNCTION authorization_missing_guard();
ALTER TABLE authorization_missingvoucher ENABLE ALWAYS TRIGGER authorization_missing_guard;
