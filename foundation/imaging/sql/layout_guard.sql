-- What was published is only ever followed by another version; it takes two humans to publish.
CREATE OR REPLACE FUNCTION imaging_layout_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE decided CONSTANT text[] := '{state,decided_by_id,decided_at}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a layout is never deleted' USING ERRCODE = 'OP060';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> 'draft' AND (
       (OLD.state, NEW.state) IS DISTINCT FROM ('published'::varchar, 'retired'::varchar)
       OR to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state') THEN
        RAISE EXCEPTION 'a layout that was decided is never changed' USING ERRCODE = 'OP060';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'draft'
       AND to_jsonb(NEW) - decided - 'zones'::text - 'title'::text
           IS DISTINCT FROM to_jsonb(OLD) - decided - 'zones'::text - 'title'::text THEN
        RAISE EXCEPTION 'of a draft only its zones and its title change' USING ERRCODE = 'OP060';
    END IF;
    IF NEW.decided_by_id IS NOT NULL
       AND (SELECT count(DISTINCT person) FROM people_staff
            WHERE id IN (NEW.drawn_by_id, NEW.decided_by_id)) < 2 THEN
        RAISE EXCEPTION 'who drew a layout does not decide on it' USING ERRCODE = 'OP061';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER imaging_layout_guard BEFORE INSERT OR UPDATE OR DELETE ON imaging_layout
    FOR EACH ROW EXECUTE FUNCTION imaging_layout_guard();
ALTER TABLE imaging_layout ENABLE ALWAYS TRIGGER imaging_layout_guard;

DO $$
DECLARE reader text;
BEGIN
    FOR reader IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
         WHERE table_name = 'imaging_layout' AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE DELETE, TRUNCATE ON imaging_layout FROM %I', reader);
    END LOOP;
END $$;
