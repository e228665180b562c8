-- Who entered an item and under which key is fixed; content changes only while the teller holds it, and
-- on hold only by a new image that was asked for. It is approved by as many humans as it needs, or,
-- where one is enough, by the automatic tier.
CREATE OR REPLACE FUNCTION authorization_request_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.teller_id <> OLD.teller_id OR NEW.teller_person <> OLD.teller_person
       OR NEW.institution_id <> OLD.institution_id OR NEW.number <> OLD.number
       OR NEW.key <> OLD.key OR NEW.trade_code <> OLD.trade_code THEN
        RAISE EXCEPTION 'who entered an item, where and what kind is fixed' USING ERRCODE = 'OP010';
    END IF;
    IF NEW.content_hash <> OLD.content_hash AND NOT (OLD.state = 'returned' AND NEW.state IN ('queued', 'on_site'))
       AND NOT (OLD.state = 'on_hold' AND NEW.state IN ('queued', 'escalated', 'on_site') AND EXISTS
           (SELECT FROM authorization_inquiry asked WHERE asked.request_id = OLD.id
               AND asked.attempt = OLD.attempt AND asked.kind = 'rescan' AND asked.ended_by = 'answered')) THEN
        RAISE EXCEPTION 'content changes only when the teller sends an item again' USING ERRCODE = 'OP011';
    END IF;
    IF (NEW.amount_fen, NEW.payer_account, NEW.payee_account, NEW.voucher_no, NEW.document_id, NEW.corrects_id)
       IS DISTINCT FROM
       (OLD.amount_fen, OLD.payer_account, OLD.payee_account, OLD.voucher_no, OLD.document_id, OLD.corrects_id)
       AND (NEW.content_hash = OLD.content_hash OR OLD.state = 'on_hold') THEN
        RAISE EXCEPTION 'changed content has a new hash' USING ERRCODE = 'OP012';
    END IF;
    IF (NEW.levels_needed, NEW.grade_needed, NEW.call_needed, NEW.outlet_needed, NEW.scan_minutes)
       IS DISTINCT FROM (OLD.levels_needed, OLD.grade_needed, OLD.call_needed, OLD.outlet_needed, OLD.scan_minutes)
       AND NOT (OLD.state IN ('new', 'returned') AND NEW.state IN ('queued', 'on_site')) THEN
        RAISE EXCEPTION 'what an item needs is measured when it is sent' USING ERRCODE = 'OP014';
    END IF;
    IF NEW.attempt < OLD.attempt OR (NEW.attempt = OLD.attempt AND NEW.level < OLD.level) THEN
        RAISE EXCEPTION 'rounds and levels only go up' USING ERRCODE = 'OP015';
    END IF;
    -- By whatever way it gets there; only what the rule lets pass needs nobody.
    IF NEW.state IN ('approved', 'posted') AND OLD.state NOT IN ('approved', 'posted')
       AND NOT (OLD.state = 'new' AND NEW.why = '{}')
       AND (CASE WHEN OLD.state = 'on_site' THEN NEW.levels_needed ELSE greatest(NEW.levels_needed, 1) END) >
       (SELECT count(DISTINCT coalesce(made.decider_person::text, 'the tier')) FROM authorization_decision made
         WHERE made.request_id = NEW.id AND made.seq = NEW.attempt AND made.step = 'approve'
           AND made.content_hash = NEW.content_hash) THEN
        RAISE EXCEPTION 'the item is approved by too few people' USING ERRCODE = 'OP016';
    END IF;
    -- To the centre, and to its end, only confirmed by its outlet as it stands; on paper the decider is there.
    IF NEW.outlet_needed > 0 AND NEW.state <> OLD.state
       AND NEW.state IN ('queued', 'viewing', 'escalated', 'approved', 'posted')
       AND NOT (OLD.state IN ('new', 'approved') AND NEW.state IN ('approved', 'posted')) AND NEW.outlet_needed >
       (SELECT count(DISTINCT seen.decider_person) FROM authorization_onsite seen
         WHERE seen.request_id = NEW.id AND seen.seq = NEW.attempt AND seen.step = 'approve'
           AND seen.content_hash = NEW.content_hash) THEN
        RAISE EXCEPTION 'the outlet has not confirmed the item on site' USING ERRCODE = 'OP098';
    END IF;
    IF OLD.state IN ('new', 'on_site') AND NEW.state IN ('approved', 'posted') AND authorization_listed(NEW.id, NEW.attempt) THEN
        RAISE EXCEPTION 'a lead of the centre decides this' USING ERRCODE = 'OP068';
    END IF;
    IF OLD.state IN ('new', 'viewing') AND NEW.state IN ('approved', 'posted', 'rejected') AND EXISTS
       (SELECT FROM authorization_decision made WHERE made.request_id = NEW.id
           AND made.seq = NEW.attempt AND made.level = NEW.level
           AND coalesce(made.fallback_id, made.offline_id) IS NOT NULL
           AND NOT EXISTS (SELECT FROM authorization_review seen WHERE seen.decision_id = made.id)) THEN
        RAISE EXCEPTION 'what an outlet decided is seen again'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_fallback_seen_again';
    END IF;
    IF OLD.state IN ('posted', 'rejected', 'withdrawn') THEN
        RAISE EXCEPTION 'an ended item is never changed' USING ERRCODE = 'OP013';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_request_guard BEFORE UPDATE ON authorization_request
    FOR EACH ROW EXECUTE FUNCTION authorization_request_guard();
ALTER TABLE authorization_request ENABLE ALWAYS TRIGGER authorization_request_guard;
