-- A voucher is awaited of a posted item, and ended once: by its image, or because two people said that it
-- is not there (OP108); nothing else of it changes.
CREATE OR REPLACE FUNCTION authorization_later_scan_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ending CONSTANT text[] := '{scanned_at,scanned_by_id,scanned_by_label,missing_at}';
    item authorization_request;
BEGIN
    SELECT * INTO item FROM authorization_request WHERE id = NEW.request_id;
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND (NEW.scanned_at IS NOT NULL OR NEW.missing_at IS NOT NULL
           OR item.state <> 'posted'
           OR item.scan_minutes IS NULL OR item.institution_id <> NEW.institution_id))
       OR (TG_OP = 'UPDATE' AND (OLD.scanned_at IS NOT NULL OR OLD.missing_at IS NOT NULL
           OR to_jsonb(NEW) - ending IS DISTINCT FROM to_jsonb(OLD) - ending
           OR NEW.missing_at IS NULL
              AND NOT EXISTS (SELECT FROM imaging_page kept WHERE kept.document_id = item.document_id
               AND kept.image_class = 'voucher' AND kept.side = 'front' AND kept.state <> 'replaced'))) THEN
        RAISE EXCEPTION 'a voucher that follows is awaited once and ended by its image'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_scan_forward';
    END IF;
    IF NEW.missing_at IS NOT NULL AND NOT EXISTS (SELECT FROM authorization_missingvoucher said
           WHERE said.scan_id = NEW.id AND said.state = 'accepted' AND said.decided_at = NEW.missing_at) THEN
        RAISE EXCEPTION 'two people say that a voucher is not there' USING ERRCODE = 'OP108';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_later_scan_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_laterscan
    FOR EACH ROW EXECUTE FUNCTION authorization_later_scan_guard();
ALTER TABLE authorization_laterscan ENABLE ALWAYS TRIGGER authorization_later_scan_guard;
