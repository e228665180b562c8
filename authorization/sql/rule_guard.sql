-- A rule is proposed and decided by two humans, is whole, and is never changed, only followed.
CREATE OR REPLACE FUNCTION authorization_rule_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided CONSTANT text[] := '{approved_by_id,approved_at,declined_by_id,declined_at}';
    band bigint[];
    below bigint[] := ARRAY[-1, NEW.grade, NEW.centre_levels];
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.approved_by_id IS NOT NULL OR OLD.declined_by_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a rule that was decided is only ever followed by a later row'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_rule_decided_fixed';
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - decided IS DISTINCT FROM to_jsonb(OLD) - decided THEN
        RAISE EXCEPTION 'a proposal of a rule is only ever approved or declined'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_rule_proposal_fixed';
    END IF;
    IF coalesce(NEW.approved_by_id, NEW.declined_by_id) IS NOT NULL
       AND (SELECT count(DISTINCT person) FROM people_staff WHERE id IN
            (NEW.proposed_by_id, coalesce(NEW.approved_by_id, NEW.declined_by_id))) < 2 THEN
        RAISE EXCEPTION 'proposer and decider of a rule are two people'
          USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_rule_two_humans';
    END IF;
    IF cardinality(NEW.bands) > 0 THEN
        FOREACH band SLICE 1 IN ARRAY NEW.bands LOOP
            IF cardinality(band) <> 3 OR band[1] <= below[1] OR band[2] NOT BETWEEN below[2] AND 5
               OR band[3] NOT BETWEEN below[3] AND 2 THEN
                RAISE EXCEPTION 'bands ascend from the grade of the rule, and nothing falls'
                  USING ERRCODE = 'check_violation', CONSTRAINT = 'authorization_rule_bands_ascend';
            END IF;
            below := band;
        END LOOP;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authorization_rule_guard BEFORE INSERT OR UPDATE ON authorization_authrule
    FOR EACH ROW EXECUTE FUNCTION authorization_rule_guard();
ALTER TABLE authorization_authrule ENABLE ALWAYS TRIGGER authorization_rule_guard;

DO $$
DECLARE reader text;
BEGIN
    FOR reader IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
         WHERE table_name = 'authorization_authrule' AND grantee <> current_user
    LOOP
        EXECUTE format('REVOKE DELETE, TRUNCATE ON authorization_authrule FROM %I', reader);
    END LOOP;
END $$;
