-- A pair is decided by another human than those who keyed or authorised; an ended pair never changes.
CREATE OR REPLACE FUNCTION monitoring_match_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a pair is never removed' USING ERRCODE = 'OP001';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state IN ('matched', 'forced', 'confirmed') THEN
            RAISE EXCEPTION 'an ended pair is never changed' USING ERRCODE = 'OP013';
        END IF;
        IF (NEW.institution_id, NEW.business_date, NEW.journal_no, NEW.journal_at, NEW.trade_code,
            NEW.teller, NEW.account_number, NEW.counter_account, NEW.amount_fen, NEW.voucher_no,
            NEW.touched)
           IS DISTINCT FROM
           (OLD.institution_id, OLD.business_date, OLD.journal_no, OLD.journal_at, OLD.trade_code,
            OLD.teller, OLD.account_number, OLD.counter_account, OLD.amount_fen, OLD.voucher_no,
            OLD.touched) THEN
            RAISE EXCEPTION 'the journal line of a pair is fixed' USING ERRCODE = 'OP010';
        END IF;
        -- A document that waits for its voucher is let go of once two people said that it is not there.
        IF OLD.document_id IS NOT NULL AND NEW.document_id IS DISTINCT FROM OLD.document_id
           AND NOT (NEW.document_id IS NULL AND OLD.state = 'waiting' AND NEW.result = 'image_missing'
               AND EXISTS (SELECT FROM authorization_laterscan awaited
                   JOIN authorization_request item ON item.id = awaited.request_id
                   WHERE item.document_id = OLD.document_id AND awaited.missing_at IS NOT NULL)) THEN
            RAISE EXCEPTION 'a voucher that stands beside a line stays there' USING ERRCODE = 'OP094';
        END IF;
    END IF;
    IF NEW.state = 'forced' AND (NEW.document_id IS NULL OR NEW.journal_no = '') THEN
        RAISE EXCEPTION 'what stands alone is not matched by hand' USING ERRCODE = 'OP093';
    END IF;
    IF NEW.decided_by_id IS NOT NULL THEN
        IF NEW.decided_person IS DISTINCT FROM
           (SELECT person FROM people_staff WHERE id = NEW.decided_by_id) THEN
            RAISE EXCEPTION 'the auditor is another person' USING ERRCODE = 'OP003';
        END IF;
        IF NEW.decided_person = ANY (NEW.touched) THEN
            RAISE EXCEPTION 'who keyed or authorised may not audit' USING ERRCODE = 'OP004';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_match_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_match
    FOR EACH ROW EXECUTE FUNCTION monitoring_match_guard();
ALTER TABLE monitoring_match ENABLE ALWAYS TRIGGER monitoring_match_guard;
