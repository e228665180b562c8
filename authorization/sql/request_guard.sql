-- Who entered an item and under which key is fixed; content changes only while the teller holds it.
CREATE OR REPLACE FUNCTION authorization_request_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.teller_id <> OLD.teller_id OR NEW.teller_person <> OLD.teller_person
       OR NEW.institution_id <> OLD.institution_id OR NEW.number <> OLD.number
       OR NEW.key <> OLD.key OR NEW.trade_code <> OLD.trade_code THEN
        RAISE EXCEPTION 'who entered an item, where and what kind is fixed' USING ERRCODE = 'OP010';
    END IF;
    IF NEW.content_hash <> OLD.content_hash AND NOT (OLD.state = 'returned' AND NEW.state = 'queued') THEN
        RAISE EXCEPTION 'content changes only when a returned item is sent again' USING ERRCODE = 'OP011';
    END IF;
    IF (NEW.amount_fen, NEW.payer_account, NEW.payee_account, NEW.voucher_no, NEW.document_id)
       IS DISTINCT FROM
       (OLD.amount_fen, OLD.payer_account, OLD.payee_account, OLD.voucher_no, OLD.document_id)
       AND NEW.content_hash = OLD.content_hash THEN
        RAISE EXCEPTION 'changed content has a new hash' USING ERRCODE = 'OP012';
    END IF;
    IF OLD.state IN ('posted', 'rejected', 'withdrawn') THEN
        RAISE EXCEPTION 'an ended item is never changed' USING ERRCODE = 'OP013';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_request_guard BEFORE UPDATE ON authorization_request
    FOR EACH ROW EXECUTE FUNCTION authorization_request_guard();
ALTER TABLE authorization_request ENABLE ALWAYS TRIGGER authorization_request_guard;
