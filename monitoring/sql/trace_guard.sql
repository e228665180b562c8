-- By hand a voucher is joined with a line by a human without a part in either, while both stand alone
-- (OP094) and the vouchers of neither day are closed (OP095). Who joins and who closes take turns at an
-- outlet, as the matching of its days does.
CREATE OR REPLACE FUNCTION monitoring_joined_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line monitoring_match;
    stray monitoring_match;
BEGIN
    PERFORM pg_advisory_xact_lock(8403, NEW.institution_id::int);
    SELECT * INTO line FROM monitoring_match WHERE id = NEW.match_id AND journal_no <> ''
       AND document_id IS NULL AND state = 'open' AND institution_id = NEW.institution_id;
    SELECT * INTO stray FROM monitoring_match WHERE document_id = NEW.document_id AND journal_no = ''
       AND state = 'open' AND result = 'journal_missing' AND institution_id = NEW.institution_id;
    IF line.id IS NULL OR stray.id IS NULL THEN
        RAISE EXCEPTION 'by hand is joined what stands alone' USING ERRCODE = 'OP094';
    END IF;
    IF NEW.joined_person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = NEW.joined_by_id)
       OR NEW.joined_person = ANY (line.touched || stray.touched) THEN
        RAISE EXCEPTION 'who keyed or authorised may not join' USING ERRCODE = 'OP094';
    END IF;
    IF EXISTS (SELECT FROM monitoring_dayend WHERE institution_id = NEW.institution_id
               AND business_date IN (line.business_date, stray.business_date)) THEN
        RAISE EXCEPTION 'the vouchers of the day are closed' USING ERRCODE = 'OP095';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_joined_guard BEFORE INSERT ON monitoring_alignment
    FOR EACH ROW WHEN (NEW.how = 'hand') EXECUTE FUNCTION monitoring_joined_guard();
ALTER TABLE monitoring_alignment ENABLE ALWAYS TRIGGER monitoring_joined_guard;
