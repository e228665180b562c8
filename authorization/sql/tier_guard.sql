-- A set of the automatic tier is proposed and decided by two humans, and only ever followed.
CREATE OR REPLACE FUNCTION authorization_tierset_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE decided CONSTANT text[] := '{approved_by_id,approved_at,declined_by_id,declined_at}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a set of the tier is never deleted' USING ERRCODE = 'OP052';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.approved_by_id IS NOT NULL OR OLD.declined_by_id IS NOT NULL
       OR to_jsonb(NEW) - decided IS DISTINCT FROM to_jsonb(OLD) - decided) THEN
        RAISE EXCEPTION 'a set of the tier is approved or declined, once, and never changed' USING ERRCODE = 'OP052';
    END IF;
    IF coalesce(NEW.approved_by_id, NEW.declined_by_id) IS NOT NULL
       AND (SELECT count(DISTINCT person) FROM people_staff WHERE id IN
            (NEW.proposed_by_id, coalesce(NEW.approved_by_id, NEW.declined_by_id))) < 2 THEN
        RAISE EXCEPTION 'proposer and decider of a set are two people' USING ERRCODE = 'OP053';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_tierset_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_tierset
    FOR EACH ROW EXECUTE FUNCTION authorization_tierset_guard();
ALTER TABLE authorization_tierset ENABLE ALWAYS TRIGGER authorization_tierset_guard;

-- What the tier said is of a set in force and of the round's own content, and stays as it was said.
CREATE OR REPLACE FUNCTION authorization_tierverdict_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE item authorization_request;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'what the tier said is never changed' USING ERRCODE = 'OP051';
    END IF;
    SELECT * INTO item FROM authorization_request WHERE id = NEW.request_id FOR SHARE;
    IF NOT FOUND OR item.queued_at IS NULL OR (item.institution_id, item.attempt, item.content_hash::text)
       IS DISTINCT FROM (NEW.institution_id, NEW.seq, NEW.content_hash::text) THEN
        RAISE EXCEPTION 'the tier spoke of another round of the item' USING ERRCODE = 'OP051';
    END IF;
    IF NOT EXISTS (SELECT FROM authorization_tierset one WHERE one.id = NEW.tier_set_id
           AND one.approved_by_id IS NOT NULL AND one.valid_from <= item.business_date
           AND NEW.line <= cardinality(one.lines)) THEN
        RAISE EXCEPTION 'the set was not in force for the item' USING ERRCODE = 'OP051';
    END IF;
    IF NEW.publication_id IS NOT NULL AND NOT EXISTS (SELECT FROM authorization_tierpublication published
           WHERE published.id = NEW.publication_id AND published.tier_set_id = NEW.tier_set_id
           AND published.state = 'active' AND item.trade_code = ANY (published.codes)) THEN
        RAISE EXCEPTION 'the set was not published for the item' USING ERRCODE = 'OP051';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_tierverdict_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_tierverdict
    FOR EACH ROW EXECUTE FUNCTION authorization_tierverdict_guard();
ALTER TABLE authorization_tierverdict ENABLE ALWAYS TRIGGER authorization_tierverdict_guard;

DO $$
DECLARE reader text;
BEGIN
    FOR reader IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
         WHERE table_name = 'authorization_tierset' AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE DELETE, TRUNCATE ON authorization_tierset, authorization_tierverdict FROM %I', reader);
    END LOOP;
END $$;
