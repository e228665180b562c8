-- The number of the latest switch over an institution: odd or even says nothing, later is greater.
CREATE OR REPLACE FUNCTION authorization_epoch_of(place bigint) RETURNS int LANGUAGE sql STABLE AS $$
    SELECT coalesce(max(coalesce(switch.ended_epoch, switch.epoch)), 0)
    FROM authorization_fallback switch
    JOIN people_institution over ON over.id = switch.institution_id
    JOIN people_institution here ON here.id = place AND starts_with(here.path, over.path)
    WHERE switch.epoch IS NOT NULL
$$;

-- Whether a human may decide at the outlet in this emergency: it is in force for the place, its time is
-- not over, and the human is registered there for the amount.
CREATE OR REPLACE FUNCTION authorization_decides_locally(
    switch_id bigint, decider bigint, place bigint, fen bigint
) RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT EXISTS (
        SELECT FROM authorization_fallback switch
        JOIN people_institution over ON over.id = switch.institution_id
        JOIN people_institution here ON here.id = place AND starts_with(here.path, over.path)
        WHERE switch.id = switch_id AND switch.state = 'active' AND switch.until > clock_timestamp()
    ) AND EXISTS (
        SELECT FROM authorization_localauthorizer registered
        JOIN people_staff person ON person.id = registered.staff_id
        WHERE registered.staff_id = decider AND registered.state = 'active'
          AND registered.institution_id = place AND person.institution_id = place
          AND person.is_active AND registered.most_fen >= fen
    )
$$;

-- An emergency is switched by two humans, goes forward only, and no two are in force over one place. Who
-- ends it waits for decisions that are just being made in it, and those that come after see it ended.
CREATE OR REPLACE FUNCTION authorization_fallback_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving CONSTANT text[] :=
        '{state,decided_by_id,decided_at,epoch,until,ended_by_id,ended_at,ended_how,ended_reason,ended_epoch}';
    here text;
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND NEW.state <> 'proposed')
       OR (TG_OP = 'UPDATE' AND (to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving
           OR (OLD.state, NEW.state) NOT IN
              (('proposed', 'active'), ('proposed', 'declined'), ('active', 'ended'))
           OR (OLD.epoch IS NOT NULL AND (NEW.epoch, NEW.until, NEW.decided_by_id)
               IS DISTINCT FROM (OLD.epoch, OLD.until, OLD.decided_by_id)))) THEN
        RAISE EXCEPTION 'an emergency goes forward and stays'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_fallback_forward';
    END IF;
    IF NEW.decided_by_id IS NOT NULL AND (SELECT count(DISTINCT person) FROM people_staff
           WHERE id IN (NEW.proposed_by_id, NEW.decided_by_id)) < 2 THEN
        RAISE EXCEPTION 'an emergency is switched by two people'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_fallback_two_humans';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'active' THEN
        PERFORM pg_advisory_xact_lock(8322, 0);
        SELECT path INTO here FROM people_institution WHERE id = NEW.institution_id;
        IF EXISTS (SELECT FROM authorization_fallback other
               JOIN people_institution place ON place.id = other.institution_id
               WHERE other.state = 'active' AND other.id <> NEW.id
                 AND (starts_with(place.path, here) OR starts_with(here, place.path))) THEN
            RAISE EXCEPTION 'an emergency is in force there already'
              USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_fallback_one_over_a_place';
        END IF;
    ELSIF TG_OP = 'UPDATE' AND NEW.state = 'ended' THEN
        PERFORM pg_advisory_xact_lock(8321, NEW.id::int);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_fallback_guard BEFORE INSERT OR UPDATE OR DELETE ON authorization_fallback
    FOR EACH ROW EXECUTE FUNCTION authorization_fallback_guard();
ALTER TABLE authorization_fallback ENABLE ALWAYS TRIGGER authorization_fallback_guard;

-- Who may decide locally is proposed and approved by two humans about a third, who works there.
CREATE OR REPLACE FUNCTION authorization_localauthorizer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving CONSTANT text[] := '{state,decided_by_id,decided_at,ended_by_id,ended_at}';
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND NEW.state <> 'proposed')
       OR (TG_OP = 'UPDATE' AND (to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving
           OR (OLD.state, NEW.state) NOT IN
              (('proposed', 'active'), ('proposed', 'declined'), ('active', 'ended')))) THEN
        RAISE EXCEPTION 'a registration goes forward and stays'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_local_forward';
    END IF;
    IF (SELECT count(DISTINCT person) FROM people_staff
           WHERE id IN (NEW.staff_id, NEW.proposed_by_id, NEW.decided_by_id))
       < 2 + (NEW.decided_by_id IS NOT NULL)::int THEN
        RAISE EXCEPTION 'who is registered, who proposes and who decides are different people'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_local_three_humans';
    END IF;
    IF NEW.institution_id IS DISTINCT FROM
       (SELECT institution_id FROM people_staff WHERE id = NEW.staff_id) AND NEW.state <> 'ended' THEN
        RAISE EXCEPTION 'who is registered works in that outlet'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_local_works_there';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_localauthorizer_guard BEFORE INSERT OR UPDATE OR DELETE
    ON authorization_localauthorizer
    FOR EACH ROW EXECUTE FUNCTION authorization_localauthorizer_guard();
ALTER TABLE authorization_localauthorizer ENABLE ALWAYS TRIGGER authorization_localauthorizer_guard;
