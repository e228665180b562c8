-- A check of identity is what the network said then; nothing of it changes.
CREATE OR REPLACE FUNCTION authorization_idcheck_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND EXISTS (SELECT FROM people_staff WHERE id = NEW.teller_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a check of identity is never changed' USING ERRCODE = 'OP037';
END $$;

CREATE TRIGGER authorization_idcheck_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_idcheck
    FOR EACH ROW EXECUTE FUNCTION authorization_idcheck_guard();
ALTER TABLE authorization_idcheck ENABLE ALWAYS TRIGGER authorization_idcheck_guard;

-- An item is sent with a check of its own teller that still holds, of its customer, whose answer lets it
-- go on: it agrees, or the network was down and the document was checked by hand. It stays until the
-- teller sends the item again; a round that another image began keeps it, whatever the time is then.
CREATE OR REPLACE FUNCTION authorization_identity_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made authorization_idcheck;
    sent timestamptz := NEW.created_at;
    again boolean := false;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        again := NEW.attempt > OLD.attempt AND OLD.state = 'returned';
        sent := coalesce(NEW.queued_at, NEW.presented_at);
        IF NEW.id_check_id IS DISTINCT FROM OLD.id_check_id AND NOT again THEN
            RAISE EXCEPTION 'the check of identity stays until the item is sent again' USING ERRCODE = 'OP038';
        END IF;
    END IF;
    IF NEW.id_check_id IS NOT NULL AND (TG_OP = 'INSERT' OR again) THEN
        SELECT * INTO made FROM authorization_idcheck WHERE id = NEW.id_check_id;
        IF NOT FOUND OR made.teller_id <> NEW.teller_id OR made.institution_id <> NEW.institution_id
           OR sent NOT BETWEEN made.at AND made.valid_until OR made.name <> NEW.payer_name
           OR NOT (made.result = 'match' OR (made.result = 'down' AND NEW.manual_id)) THEN
            RAISE EXCEPTION 'the check of identity does not serve the item' USING ERRCODE = 'OP038';
        END IF;
    END IF;
    IF NEW.trade_code = '1202' AND TG_OP = 'UPDATE' AND NEW.state IN ('queued', 'approved', 'on_site')
       AND OLD.state IN ('new', 'returned', 'viewing', 'on_site') AND NOT EXISTS
       (SELECT FROM authorization_opening asked JOIN authorization_idcheck checked
            ON checked.id = NEW.id_check_id AND checked.id_hash = asked.id_hash
         WHERE asked.request_id = NEW.id) THEN
        RAISE EXCEPTION 'an opening has its fields and the check of that number' USING ERRCODE = 'OP038';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_identity_guard BEFORE INSERT OR UPDATE ON authorization_request
    FOR EACH ROW EXECUTE FUNCTION authorization_identity_guard();
ALTER TABLE authorization_request ENABLE ALWAYS TRIGGER authorization_identity_guard;

-- The fields of an opening are there before it is sent and change while it is with its teller.
CREATE OR REPLACE FUNCTION authorization_opening_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE item authorization_request;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        SELECT * INTO item FROM authorization_request WHERE id = NEW.request_id FOR UPDATE;
        IF item.trade_code = '1202' AND item.institution_id = NEW.institution_id
           AND ((TG_OP = 'INSERT' AND item.state = 'new')
             OR (TG_OP = 'UPDATE' AND item.state = 'returned' AND NEW.request_id = OLD.request_id)) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'an opening changes only with its teller' USING ERRCODE = 'OP039';
END $$;

CREATE TRIGGER authorization_opening_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_opening
    FOR EACH ROW EXECUTE FUNCTION authorization_opening_guard();
ALTER TABLE authorization_opening ENABLE ALWAYS TRIGGER authorization_opening_guard;

-- A customer has what was asked for and approved, on the account of the item, and it stays.
CREATE OR REPLACE FUNCTION authorization_signup_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND EXISTS
       (SELECT FROM authorization_request item JOIN authorization_opening asked ON asked.request_id = item.id
         WHERE item.id = NEW.request_id AND item.state IN ('approved', 'posted')
           AND item.institution_id = NEW.institution_id AND item.payee_account = NEW.account
           AND CASE NEW.product WHEN 'internet_bank' THEN asked.internet_bank WHEN 'sms_alert' THEN asked.sms_alert
               WHEN 'atm_transfer' THEN asked.atm_daily_fen = NEW.daily_fen ELSE true END) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'only what was asked and approved is signed up' USING ERRCODE = 'OP039';
END $$;

CREATE TRIGGER authorization_signup_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_signup
    FOR EACH ROW EXECUTE FUNCTION authorization_signup_guard();
ALTER TABLE authorization_signup ENABLE ALWAYS TRIGGER authorization_signup_guard;
