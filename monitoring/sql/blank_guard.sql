-- What is said of numbers of blank vouchers is answered once, by another human; numbers are given out once,
-- and nothing is said of the same number twice while it stands (OP091).
CREATE FUNCTION monitoring_blank_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'what was said of blank vouchers is never removed' USING ERRCODE = 'OP091';
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.state <> 'proposed' OR NEW.state NOT IN ('accepted', 'declined')
       OR to_jsonb(NEW) - ARRAY['state', 'decided_by_id', 'decided_person', 'decided_at']
          IS DISTINCT FROM to_jsonb(OLD) - ARRAY['state', 'decided_by_id', 'decided_person', 'decided_at'] THEN
      RAISE EXCEPTION 'what was said of blank vouchers is answered once and stays' USING ERRCODE = 'OP091';
    END IF;
    IF NEW.decided_person = NEW.said_person
       OR NEW.decided_person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = NEW.decided_by_id) THEN
      RAISE EXCEPTION 'blank vouchers are answered for by another human' USING ERRCODE = 'OP091';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.state <> 'proposed' OR length(NEW.first) <> length(NEW.last)
     OR NEW.said_person IS DISTINCT FROM (SELECT person FROM people_staff WHERE id = NEW.said_by_id) THEN
    RAISE EXCEPTION 'blank vouchers begin with what one human says of them' USING ERRCODE = 'OP091';
  END IF;
  PERFORM pg_advisory_xact_lock(8402, hashtext(NEW.layout));
  IF EXISTS (SELECT FROM monitoring_blankrange b
              WHERE b.layout = NEW.layout AND b.state <> 'declined' AND length(b.first) = length(NEW.first)
                AND b.first <= NEW.last AND b.last >= NEW.first
                AND (b.fate = NEW.fate OR (NEW.fate <> 'outlet' AND b.fate IN ('void', 'lost', 'destroyed')))) THEN
    RAISE EXCEPTION 'these numbers were given out or ended before' USING ERRCODE = 'OP091';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER monitoring_blankrange_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_blankrange
  FOR EACH ROW EXECUTE FUNCTION monitoring_blank_guard();
ALTER TABLE monitoring_blankrange ENABLE ALWAYS TRIGGER monitoring_blankrange_guard;
