-- Whether an item is a possible hit of a watch list in a round, whoever asks: its rows are the branch's, so
-- the function looks past the scope, and says no more than yes or no.
CREATE OR REPLACE FUNCTION authorization_listed(item bigint, round int) RETURNS boolean
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    scope CONSTANT text := coalesce(current_setting('app.scope', true), '');
    found_state text;
BEGIN
    PERFORM set_config('app.scope', '*', true);
    SELECT made.state INTO found_state FROM authorization_screening made
    WHERE made.request_id = item AND made.seq <= round ORDER BY made.seq DESC LIMIT 1;
    PERFORM set_config('app.scope', scope, true);
    RETURN coalesce(found_state = 'possible', false);
END $$;

-- What the lists said is kept once a round, when the item is sent, for an institution above its outlet (or
-- for the house itself where it is no outlet); it
-- stays as it was said.
CREATE OR REPLACE FUNCTION authorization_screening_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE item authorization_request;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'what the lists said is never changed' USING ERRCODE = 'OP067';
    END IF;
    SELECT * INTO item FROM authorization_request WHERE id = NEW.request_id;
    IF NOT FOUND OR NOT ((item.state = 'new' AND NEW.seq = item.attempt)
       OR (item.state = 'returned' AND NEW.seq = item.attempt + 1)) THEN
        RAISE EXCEPTION 'an item is screened when it is sent' USING ERRCODE = 'OP067';
    END IF;
    IF NOT EXISTS (SELECT FROM people_institution here JOIN people_institution over
           ON starts_with(here.path, over.path) AND (over.id <> here.id OR here.kind <> 'outlet')
        WHERE here.id = item.institution_id AND over.id = NEW.institution_id) THEN
        RAISE EXCEPTION 'a screening is kept above the outlet' USING ERRCODE = 'OP067';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_screening_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_screening
    FOR EACH ROW EXECUTE FUNCTION authorization_screening_guard();
ALTER TABLE authorization_screening ENABLE ALWAYS TRIGGER authorization_screening_guard;

DO $$
DECLARE reader text;
BEGIN
    FOR reader IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
         WHERE table_name = 'authorization_screening' AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON authorization_screening FROM %I', reader);
    END LOOP;
END $$;
