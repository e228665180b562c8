-- A pair of a day that is over came, or came to another state: what was added up of the day is read again.
-- By the owner's right: the application itself only reads what was counted.
CREATE OR REPLACE FUNCTION monitoring_late_pair() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM monitoring_latepair_note(NEW.institution_id, NEW.business_date);
    RETURN NULL;
END $$;

CREATE TRIGGER monitoring_late_pair AFTER INSERT OR UPDATE OF state ON monitoring_match
    FOR EACH ROW WHEN (NEW.business_date < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)
    EXECUTE FUNCTION monitoring_late_pair();
ALTER TABLE monitoring_match ENABLE ALWAYS TRIGGER monitoring_late_pair;
