-- A print of a receipt is the next of a posted item, and stays.
CREATE OR REPLACE FUNCTION authorization_receipt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR NOT EXISTS (SELECT FROM authorization_request item
           WHERE item.id = NEW.request_id AND item.state = 'posted'
             AND item.institution_id = NEW.institution_id)
       OR NEW.seq <> 1 + (SELECT count(*) FROM authorization_receiptprint made
           WHERE made.request_id = NEW.request_id) THEN
        RAISE EXCEPTION 'a print of a receipt is counted and stays'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_receipt_counted';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_receipt_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_receiptprint
    FOR EACH ROW EXECUTE FUNCTION authorization_receipt_guard();
ALTER TABLE authorization_receiptprint ENABLE ALWAYS TRIGGER authorization_receipt_guard;
