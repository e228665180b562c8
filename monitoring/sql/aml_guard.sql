-- One guard for the rows of the AML desk. Arguments: the SQL code, the columns that may move, the steps
-- from state to state, and the steps of humans, which are taken by different ones.
CREATE OR REPLACE FUNCTION monitoring_aml_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving CONSTANT text[] := TG_ARGV[1];
    steps CONSTANT text[] := TG_ARGV[2];
    hands CONSTANT text[] := TG_ARGV[3];
    now_is jsonb := to_jsonb(NEW);
    was jsonb := to_jsonb(OLD);
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
        -- In one state only the first may still be worked at, and a list be noted as screened.
        ELSIF was ->> 'state' <> split_part(steps[1], '>', 1)
              AND now_is - 'screened_at'::text IS DISTINCT FROM was - 'screened_at'::text THEN
            RAISE EXCEPTION 'it is out of these hands' USING ERRCODE = TG_ARGV[0];
        END IF;
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

CREATE TRIGGER monitoring_largevalue_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_largevalue
    FOR EACH ROW EXECUTE FUNCTION monitoring_aml_guard('OP065',
    '{state,customer_name,amount_fen,evidence,exemption_id,id_number,counterparty,purpose,filled_by_id,filled_person,filled_at,reviewed_by_id,reviewed_person,reviewed_at,report_id}',
    '{gaps>filled,gaps>exempt,filled>gaps,filled>passed,passed>reported}', '{filled,reviewed}');
ALTER TABLE monitoring_largevalue ENABLE ALWAYS TRIGGER monitoring_largevalue_guard;

CREATE TRIGGER monitoring_amlexemption_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_amlexemption
    FOR EACH ROW EXECUTE FUNCTION monitoring_aml_guard('OP065',
    '{state,decided_by_id,decided_person,decided_at}',
    '{proposed>active,proposed>declined,active>ended}', '{proposed,decided}');
ALTER TABLE monitoring_amlexemption ENABLE ALWAYS TRIGGER monitoring_amlexemption_guard;

CREATE TRIGGER monitoring_amlreport_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_amlreport
    FOR EACH ROW EXECUTE FUNCTION monitoring_aml_guard('OP065', '{}', '{}', '{}');
ALTER TABLE monitoring_amlreport ENABLE ALWAYS TRIGGER monitoring_amlreport_guard;

CREATE TRIGGER monitoring_suspiciouscase_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_suspiciouscase
    FOR EACH ROW EXECUTE FUNCTION monitoring_aml_guard('OP065',
    '{state,narrative,evidence,analyst_id,analyst_person,submitted_at,reviewer_id,reviewer_person,reviewed_at,lead_id,lead_person,decided_at,report_id}',
    '{draft>submitted,submitted>draft,submitted>supported,submitted>dismissed,supported>draft,supported>confirmed,supported>dismissed,confirmed>reported}',
    '{analyst,reviewer,lead}');
ALTER TABLE monitoring_suspiciouscase ENABLE ALWAYS TRIGGER monitoring_suspiciouscase_guard;

CREATE TRIGGER monitoring_watchlist_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_watchlist
    FOR EACH ROW EXECUTE FUNCTION monitoring_aml_guard('OP066',
    '{state,decided_by_id,decided_person,decided_at,screened_at}',
    '{imported>active,imported>declined,active>replaced}', '{imported,decided}');
ALTER TABLE monitoring_watchlist ENABLE ALWAYS TRIGGER monitoring_watchlist_guard;

CREATE TRIGGER monitoring_screeninghit_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_screeninghit
    FOR EACH ROW EXECUTE FUNCTION monitoring_aml_guard('OP066',
    '{state,verdict,reason,judged_by_id,judged_person,judged_at,confirmed_by_id,confirmed_person,confirmed_at}',
    '{raised>examined,examined>raised,examined>upheld,examined>dismissed}', '{judged,confirmed}');
ALTER TABLE monitoring_screeninghit ENABLE ALWAYS TRIGGER monitoring_screeninghit_guard;

-- The names of a list are those that were imported: none is added, changed or removed afterwards.
CREATE OR REPLACE FUNCTION monitoring_watchname_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR (SELECT state FROM monitoring_watchlist WHERE id = NEW.watch_list_id)
       IS DISTINCT FROM 'imported' THEN
        RAISE EXCEPTION 'the names of a list stay' USING ERRCODE = 'OP066';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER monitoring_watchname_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_watchname
    FOR EACH ROW EXECUTE FUNCTION monitoring_watchname_guard();
ALTER TABLE monitoring_watchname ENABLE ALWAYS TRIGGER monitoring_watchname_guard;
