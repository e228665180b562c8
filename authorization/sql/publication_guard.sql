-- Whether an emergency was in force over a place at any time since a moment.
CREATE OR REPLACE FUNCTION authorization_in_emergency(place bigint, since timestamptz) RETURNS boolean
    LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM authorization_fallback switch
        JOIN people_institution over ON over.id = switch.institution_id
        JOIN people_institution here ON here.id = place AND starts_with(here.path, over.path)
        WHERE switch.epoch IS NOT NULL AND (switch.ended_at IS NULL OR switch.ended_at >= since))
$$;

-- Whether what the tier said decides an item by itself: a pass of this very round and content, of a set
-- whose publication is in force for the transaction, the amount and the day. Who withdraws it waits
-- until this is committed, or is seen here to have withdrawn it.
CREATE OR REPLACE FUNCTION authorization_tier_decides(
    verdict bigint, item authorization_request, today date
) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    said authorization_tierverdict;
    published authorization_tierpublication;
BEGIN
    SELECT * INTO said FROM authorization_tierverdict WHERE id = verdict;
    IF NOT FOUND OR said.outcome <> 'pass' OR (said.request_id, said.seq, said.content_hash::text)
       IS DISTINCT FROM (item.id, item.attempt, item.content_hash::text) THEN
        RETURN false;
    END IF;
    SELECT * INTO published FROM authorization_tierpublication WHERE id = said.publication_id FOR SHARE;
    RETURN FOUND AND published.state = 'active' AND published.tier_set_id = said.tier_set_id
        AND published.until >= today AND item.trade_code = ANY (published.codes)
        AND item.amount_fen <= published.most_fen AND item.levels_needed = 1 AND NOT item.call_needed
        AND item.scan_minutes IS NULL
        AND NOT EXISTS (SELECT FROM authorization_opening asked WHERE asked.request_id = item.id)
        AND EXISTS (SELECT FROM authorization_screening made WHERE made.request_id = item.id
            AND made.seq = item.attempt AND made.state = 'clear')
        AND NOT authorization_in_emergency(item.institution_id, item.queued_at);
END $$;

-- A publication is proposed and decided by two humans without decisions to gain by it, goes forward only,
-- and no transaction is of two in force.
CREATE OR REPLACE FUNCTION authorization_publication_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving CONSTANT text[] := '{state,decided_by_id,decided_at,ended_by_id,ended_at,ended_reason}';
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'INSERT' AND NEW.state <> 'proposed')
       OR (TG_OP = 'UPDATE' AND (to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving
           OR (OLD.state, NEW.state) NOT IN (('proposed', 'active'), ('proposed', 'declined'),
               ('active', 'withdrawn'), ('active', 'expired'))
           OR (OLD.decided_by_id IS NOT NULL AND (NEW.decided_by_id, NEW.decided_at)
               IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_at)))) THEN
        RAISE EXCEPTION 'a publication goes forward and stays' USING ERRCODE = 'OP055';
    END IF;
    IF NEW.decided_by_id IS NOT NULL AND (SELECT count(DISTINCT person) FROM people_staff
           WHERE id IN (NEW.proposed_by_id, NEW.decided_by_id)) < 2 THEN
        RAISE EXCEPTION 'a publication is decided by another human' USING ERRCODE = 'OP055';
    END IF;
    IF NEW.state IN ('proposed', 'active') AND EXISTS (
           SELECT FROM people_staff one JOIN people_staff number ON number.person = one.person
           JOIN authorization_decision made ON made.decider_id = number.id
           JOIN authorization_tierset said ON said.id = NEW.tier_set_id
           WHERE one.id IN (NEW.proposed_by_id, NEW.decided_by_id)
             AND made.at >= said.valid_from::timestamp AT TIME ZONE 'Asia/Shanghai') THEN
        RAISE EXCEPTION 'who decided what a set was compared with does not publish it'
          USING ERRCODE = 'OP055';
    END IF;
    IF NEW.state = 'active' THEN
        PERFORM pg_advisory_xact_lock(8323, 0);
        IF EXISTS (SELECT FROM authorization_tierpublication other
               WHERE other.state = 'active' AND other.id <> NEW.id AND other.codes && NEW.codes) THEN
            RAISE EXCEPTION 'a transaction is published already' USING ERRCODE = 'OP055';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_publication_guard BEFORE INSERT OR UPDATE OR DELETE
    ON authorization_tierpublication
    FOR EACH ROW EXECUTE FUNCTION authorization_publication_guard();
ALTER TABLE authorization_tierpublication ENABLE ALWAYS TRIGGER authorization_publication_guard;

DO $$
DECLARE reader text;
BEGIN
    FOR reader IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
         WHERE table_name = 'authorization_tierpublication' AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE DELETE, TRUNCATE ON authorization_tierpublication FROM %I', reader);
    END LOOP;
END $$;
