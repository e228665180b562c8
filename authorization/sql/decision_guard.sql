-- A decision is made by another human than the teller and than who holds one of its accounts, about the version that was shown, once a round
-- and level; a second yes by another human than the first; a yes only after the call that the rule wants. An
-- outlet decides its own items only in an emergency that is in force, by who is registered for it. Without a
-- human only a pass of the automatic tier decides, of a publication in force, an item that nobody looks at.
CREATE OR REPLACE FUNCTION authorization_decision_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE item authorization_request;
BEGIN
    -- That the teller has seen it is noted once; nothing else ever changes.
    IF TG_OP = 'UPDATE' AND OLD.seen_at IS NULL
       AND to_jsonb(NEW) - 'seen_at' IS NOT DISTINCT FROM to_jsonb(OLD) - 'seen_at' THEN
        RETURN NEW;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'a decision is never changed' USING ERRCODE = 'OP001';
    END IF;
    SELECT * INTO item FROM authorization_request WHERE id = NEW.request_id FOR UPDATE;
    IF NOT FOUND OR item.institution_id <> NEW.institution_id THEN
        RAISE EXCEPTION 'the item is not of that institution' USING ERRCODE = 'OP002';
    END IF;
    IF NEW.decider_person IS DISTINCT FROM
       (SELECT person FROM people_staff WHERE id = NEW.decider_id) THEN
        RAISE EXCEPTION 'the decider is another person' USING ERRCODE = 'OP003';
    END IF;
    IF item.teller_person = NEW.decider_person THEN
        RAISE EXCEPTION 'the teller may not decide the own item' USING ERRCODE = 'OP004';
    END IF;
    IF NEW.decider_person = ANY (authorization_account_holders(item.payer_account, item.payee_account)) THEN
        RAISE EXCEPTION 'nobody decides about an own account' USING ERRCODE = 'OP092';
    END IF;
    IF item.content_hash <> NEW.content_hash THEN
        RAISE EXCEPTION 'the decision is about another content' USING ERRCODE = 'OP005';
    END IF;
    -- Of which day and kind its item is, so that decisions are added up without their items.
    NEW.item_date := item.business_date;
    NEW.trade_code := item.trade_code;
    -- What could be taken back for some seconds is decided after them, as it was made then.
    IF NEW.decider_id IS NULL AND (item.state <> 'queued'
       OR NOT authorization_tier_decides(NEW.tier_verdict_id, item, NEW.business_date)) THEN
        RAISE EXCEPTION 'no publication lets the tier decide this' USING ERRCODE = 'OP054';
    END IF;
    IF item.attempt <> NEW.seq OR NEW.decider_id IS NOT NULL AND item.state <> 'viewing'
       AND NOT (NEW.offline_id IS NOT NULL AND item.state = 'new') AND NOT (item.state = 'settling' AND EXISTS
       (SELECT FROM authorization_verdict made WHERE made.request_id = NEW.request_id
           AND made.seq = NEW.seq AND made.level = NEW.level AND made.step = NEW.step
           AND made.decider_id = NEW.decider_id AND made.at = NEW.at AND made.ended_by = 'settled')) THEN
        RAISE EXCEPTION 'the item is not open for decision %', NEW.seq USING ERRCODE = 'OP006';
    END IF;
    -- A possible hit of a watch list is decided by a lead of the centre, by no machine and no outlet.
    IF authorization_listed(NEW.request_id, NEW.seq) AND (coalesce(NEW.fallback_id, NEW.offline_id) IS NOT NULL OR NOT EXISTS
       (SELECT FROM people_staffrole held WHERE held.staff_id = NEW.decider_id AND held.role = 'auth_lead'
           AND held.valid_from <= (NEW.at AT TIME ZONE 'Asia/Shanghai')::date
           AND coalesce(held.valid_until, 'infinity') >= (NEW.at AT TIME ZONE 'Asia/Shanghai')::date)) THEN
        RAISE EXCEPTION 'a lead of the centre decides this' USING ERRCODE = 'OP068';
    END IF;
    IF item.level <> NEW.level THEN
        RAISE EXCEPTION 'the item is not before level %', NEW.level USING ERRCODE = 'OP008';
    END IF;
    IF EXISTS (SELECT FROM authorization_decision made WHERE made.request_id = NEW.request_id
           AND made.seq = NEW.seq AND made.decider_person = NEW.decider_person) THEN
        RAISE EXCEPTION 'the two levels are two people' USING ERRCODE = 'OP009';
    END IF;
    IF EXISTS (SELECT FROM authorization_onsite seen WHERE seen.request_id = NEW.request_id
           AND seen.seq = NEW.seq AND seen.step <> '' AND seen.decider_person = NEW.decider_person) THEN
        RAISE EXCEPTION 'who confirmed it on site does not decide it' USING ERRCODE = 'OP097';
    END IF;
    IF NEW.step = 'approve' AND item.call_needed AND NOT EXISTS
       (SELECT FROM authorization_inquiry called WHERE called.request_id = NEW.request_id
           AND called.attempt = NEW.seq AND called.outcome = 'confirmed') THEN
        RAISE EXCEPTION 'the customer was not called back' USING ERRCODE = 'OP017';
    END IF;
    -- What was decided on paper, while the outlet was offline, bears the number of that time.
    IF NEW.offline_id IS NOT NULL THEN
        IF NOT authorization_paper_decides(NEW) OR item.state <> 'new' OR item.levels_needed + item.outlet_needed > 1 THEN
            RAISE EXCEPTION 'no slip lets the outlet decide this' USING ERRCODE = 'OP071';
        END IF;
    ELSIF NEW.fallback_id IS NULL THEN
        IF (SELECT institution_id FROM people_staff WHERE id = NEW.decider_id) = NEW.institution_id THEN
            RAISE EXCEPTION 'an outlet does not decide its own items' USING ERRCODE = 'OP046';
        END IF;
        NEW.epoch := authorization_epoch_of(NEW.institution_id);
    ELSE
        -- Who ends the emergency waits until this is committed, or is seen here to have ended it.
        PERFORM pg_advisory_xact_lock_shared(8321, NEW.fallback_id::int);
        IF NOT authorization_decides_locally(
               NEW.fallback_id, NEW.decider_id, NEW.institution_id, item.amount_fen)
           OR NEW.epoch IS DISTINCT FROM item.opened_epoch
           OR NEW.epoch IS DISTINCT FROM
              (SELECT epoch FROM authorization_fallback WHERE id = NEW.fallback_id) THEN
            RAISE EXCEPTION 'no emergency lets the outlet decide this' USING ERRCODE = 'OP045';
        END IF;
    END IF;
    -- An item that was carried forward is decided on the day that is open now.
    IF NEW.business_date IS DISTINCT FROM item.business_date AND NOT EXISTS
       (SELECT FROM ledger_businessday day WHERE day.institution_id = NEW.institution_id
           AND day.date = NEW.business_date AND day.state = 'open') THEN
        RAISE EXCEPTION 'the decision is of another day' USING ERRCODE = 'OP007';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_decision_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_decision
    FOR EACH ROW EXECUTE FUNCTION authorization_decision_guard();
ALTER TABLE authorization_decision ENABLE ALWAYS TRIGGER authorization_decision_guard;
