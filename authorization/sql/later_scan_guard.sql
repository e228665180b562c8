-- A voucher is awaited of a posted item, and ended once, by its image; nothing else of it changes.
CREATE OR REPLACE FUNCTION authorization_later_scan_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ending CONSTANT text[] := '{scanned_at,scanned_by_id,scanned_by_label}';
    item authorization_request;
BEGIN
    SELECT * INTO item FROM authorization_request WHERE id = NEW.request_id;
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND (NEW.scanned_at IS NOT NULL OR item.state <> 'posted'
           OR item.scan_minutes IS NULL OR item.institution_id <> NEW.institution_id))
       OR (TG_OP = 'UPDATE' AND (OLD.scanned_at IS NOT NULL
           OR to_jsonb(NEW) - ending IS DISTINCT FROM to_jsonb(OLD) - ending
           OR NOT EXISTS (SELECT FROM imaging_page kept WHERE kept.document_id = item.document_id
               AND kept.image_class = 'voucher' AND kept.side = 'front' AND kept.state <> 'replaced'))) THEN
        RAISE EXCEPTION 'a voucher that follows is awaited once and ended by its image'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_scan_forward';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_later_scan_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_laterscan
    FOR EACH ROW EXECUTE FUNCTION authorization_later_scan_guard();
ALTER TABLE authorization_laterscan ENABLE ALWAYS TRIGGER authorization_later_scan_guard;
