-- The latest version in force on a day of each rule that is asked as a line is posted: planned once a connection.
CREATE OR REPLACE FUNCTION monitoring_in_force(day date)
RETURNS TABLE (version_id bigint, entity text, prevents boolean, spec text) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY SELECT DISTINCT ON (one.rule_id) one.id, rule.entity::text, one.prevents, one.spec::text
        FROM monitoring_ruleversion one JOIN monitoring_monitoringrule rule ON rule.id = one.rule_id
        WHERE one.state = 'published' AND one.valid_from <= day AND rule.at_once
        ORDER BY one.rule_id, one.valid_from DESC, one.seq DESC;
END $$;
