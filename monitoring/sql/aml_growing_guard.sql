-- The guard of the AML desk once more (aml_guard.sql), which now takes two arguments more: the columns
-- that may also move without a step, and the states in which they may. A list among them only grows.
CREATE OR REPLACE FUNCTION monitoring_aml_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving CONSTANT text[] := TG_ARGV[1];
    steps CONSTANT text[] := TG_ARGV[2];
    hands CONSTANT text[] := TG_ARGV[3];
    noted CONSTANT text[] := coalesce(TG_ARGV[4], '{}');
    noting CONSTANT text[] := coalesce(TG_ARGV[5], '{}');
    now_is jsonb := to_jsonb(NEW);
    was jsonb := to_jsonb(OLD);
    -- In one state only the first may still be worked at, and a list be noted as screened.
    free text[] := '{screened_at}';
    hand text;
    who text;
    others text[] := '{}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'what the AML desk keeps is never removed' USING ERRCODE = TG_ARGV[0];
    END IF;
    IF TG_OP = 'INSERT' AND cardinality(steps) > 0 AND now_is ->> 'state' <> split_part(steps[1], '>', 1) THEN
        RAISE EXCEPTION 'it begins at the beginning' USING ERRCODE = TG_ARGV[0];
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF now_is - moving IS DISTINCT FROM was - moving THEN
            RAISE EXCEPTION 'what was kept stays as it is' USING ERRCODE = TG_ARGV[0];
        END IF;
        IF now_is ->> 'state' IS DISTINCT FROM was ->> 'state' THEN
            IF NOT (was ->> 'state') || '>' || (now_is ->> 'state') = ANY (steps) THEN
                RAISE EXCEPTION 'no such step' USING ERRCODE = TG_ARGV[0];
            END IF;
        ELSIF was ->> 'state' <> split_part(steps[1], '>', 1) THEN
            IF was ->> 'state' = ANY (noting) THEN
                free := free || noted;
            END IF;
            IF now_is - free IS DISTINCT FROM was - free THEN
                RAISE EXCEPTION 'it is out of these hands' USING ERRCODE = TG_ARGV[0];
            END IF;
        END IF;
        FOREACH hand IN ARRAY noted LOOP
            IF jsonb_typeof(was -> hand) = 'array' AND was -> hand IS DISTINCT FROM (
                SELECT coalesce(jsonb_agg(one ORDER BY place), '[]')
                  FROM jsonb_array_elements(now_is -> hand) WITH ORDINALITY AS kept (one, place)
                 WHERE place <= jsonb_array_length(was -> hand)
            ) THEN
                RAISE EXCEPTION 'what was found stays' USING ERRCODE = TG_ARGV[0];
            END IF;
        END LOOP;
    END IF;
    FOREACH hand IN ARRAY hands LOOP
        who := coalesce(now_is ->> (hand || '_person'), '');
        IF who <> coalesce((SELECT person::text FROM people_staff
               WHERE id = coalesce(now_is ->> (hand || '_by_id'), now_is ->> (hand || '_id'))::bigint), '') THEN
            RAISE EXCEPTION 'the human is another' USING ERRCODE = TG_ARGV[0];
        END IF;
        IF who = ANY (others) THEN
            RAISE EXCEPTION 'each step is taken by another human' USING ERRCODE = TG_ARGV[0];
        END IF;
        IF who <> '' THEN
            others := others || who;
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

-- Of what somebody filled the figures stay, and it is marked as changed; it lapses when it is large no more.
DROP TRIGGER monitoring_largevalue_guard ON monitoring_largevalue;
CREATE TRIGGER monitoring_largevalue_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_largevalue
    FOR EACH ROW EXECUTE FUNCTION monitoring_aml_guard('OP065',
    '{state,customer_name,amount_fen,amount_cents,basis,sums,evidence,changed,exemption_id,id_number,counterparty,purpose,filled_by_id,filled_person,filled_at,reviewed_by_id,reviewed_person,reviewed_at,report_id}',
    '{gaps>filled,gaps>exempt,gaps>lapsed,filled>gaps,filled>passed,filled>lapsed,passed>gaps,passed>reported,passed>lapsed,lapsed>gaps}',
    '{filled,reviewed}', '{changed}', '{filled,passed}');
ALTER TABLE monitoring_largevalue ENABLE ALWAYS TRIGGER monitoring_largevalue_guard;

-- What is found while a case is open joins it, also when it is with the reviewer or the lead.
DROP TRIGGER monitoring_suspiciouscase_guard ON monitoring_suspiciouscase;
CREATE TRIGGER monitoring_suspiciouscase_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_suspiciouscase
    FOR EACH ROW EXECUTE FUNCTION monitoring_aml_guard('OP065',
    '{state,narrative,evidence,joined,analyst_id,analyst_person,submitted_at,reviewer_id,reviewer_person,reviewed_at,lead_id,lead_person,decided_at,report_id}',
    '{draft>submitted,submitted>draft,submitted>supported,submitted>dismissed,supported>draft,supported>confirmed,supported>dismissed,confirmed>reported}',
    '{analyst,reviewer,lead}', '{evidence,joined}', '{submitted,supported}');
ALTER TABLE monitoring_suspiciouscase ENABLE ALWAYS TRIGGER monitoring_suspiciouscase_guard;
