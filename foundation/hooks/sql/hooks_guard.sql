-- Terms are proposed and decided by two humans and never changed, only followed.
CREATE OR REPLACE FUNCTION hooks_terms_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided CONSTANT text[] := '{approved_by_id,approved_at,declined_by_id,declined_at}';
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (coalesce(OLD.approved_by_id, OLD.declined_by_id) IS NOT NULL
       OR to_jsonb(NEW) - decided IS DISTINCT FROM to_jsonb(OLD) - decided)) THEN
        RAISE EXCEPTION 'terms are decided once and only ever followed' USING ERRCODE = 'OP042';
    END IF;
    IF coalesce(NEW.approved_by_id, NEW.declined_by_id) IS NOT NULL
       AND (SELECT count(DISTINCT person) FROM people_staff WHERE id IN
            (NEW.proposed_by_id, coalesce(NEW.approved_by_id, NEW.declined_by_id))) < 2 THEN
        RAISE EXCEPTION 'proposer and decider of terms are two people' USING ERRCODE = 'OP043';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER hooks_terms_guard BEFORE INSERT OR UPDATE OR DELETE ON hooks_terms
    FOR EACH ROW EXECUTE FUNCTION hooks_terms_guard();
ALTER TABLE hooks_terms ENABLE ALWAYS TRIGGER hooks_terms_guard;

-- What is told of an event never changes, and what waits is not lost.
CREATE OR REPLACE FUNCTION hooks_delivery_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving CONSTANT text[] := '{state,tries,rounds,next_at,tried_at,last_status,last_answer,ended_at}';
BEGIN
    IF TG_OP = 'DELETE' AND OLD.state <> 'waiting' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'what is told stays until it is heard or given up' USING ERRCODE = 'OP044';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER hooks_delivery_guard BEFORE UPDATE OR DELETE ON hooks_delivery
    FOR EACH ROW EXECUTE FUNCTION hooks_delivery_guard();
ALTER TABLE hooks_delivery ENABLE ALWAYS TRIGGER hooks_delivery_guard;
