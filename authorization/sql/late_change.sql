-- A change of an item whose day is over is counted, so that what was added up of that day is read again.
-- By the owner's right: the application itself only reads what was counted.
CREATE OR REPLACE FUNCTION authorization_late_change() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM authorization_latechange_note(NEW.institution_id, NEW.business_date);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION authorization_late_answer() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM authorization_latechange_note(item.institution_id, item.business_date)
       FROM authorization_request item
      WHERE item.id = NEW.request_id
        AND item.business_date < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date;
    RETURN NULL;
END $$;

CREATE TRIGGER authorization_late_change AFTER INSERT OR UPDATE ON authorization_request
    FOR EACH ROW WHEN (NEW.business_date < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)
    EXECUTE FUNCTION authorization_late_change();
ALTER TABLE authorization_request ENABLE ALWAYS TRIGGER authorization_late_change;

CREATE TRIGGER authorization_late_answer AFTER INSERT OR UPDATE ON authorization_inquiry
    FOR EACH ROW EXECUTE FUNCTION authorization_late_answer();
ALTER TABLE authorization_inquiry ENABLE ALWAYS TRIGGER authorization_late_answer;
