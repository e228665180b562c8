-- For how many seconds a person leaves an item to others who have worked less today: the number in force
-- while one of them is present, free and of the grade, else none.
--
-- Work is measured in time: what a person held of the queue since midnight, and one item more at the
-- person's own average, so that who is slow is not given as many. Of who holds nothing at present and
-- gave a sign of life within `p_present` seconds; read within the caller's scope.
CREATE FUNCTION worklist_load(p_queue text, p_staff bigint, p_on date) RETURNS numeric
LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT day.held_ms + coalesce(day.finished_ms::numeric / nullif(day.finished, 0), 0)
    FROM worklist_dayload day
    WHERE day.staff_id = p_staff AND day.queue = p_queue AND day."on" = p_on), 0)
$$;

CREATE OR REPLACE FUNCTION worklist_fair(
  p_queue text, p_staff bigint, p_person uuid, p_institution bigint, p_on date, p_code text,
  p_queue_roles text[], p_present int
) RETURNS TABLE (seconds bigint, grade int) LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_seconds bigint;
  v_today date := (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date;
  v_mine numeric;
BEGIN
  SELECT said.value::bigint INTO v_seconds FROM policy_policy said
  WHERE said.institution_id IS NULL AND said.code = p_code AND said.valid_from <= p_on
    AND said.approved_by_id IS NOT NULL
  ORDER BY said.valid_from DESC, said.id DESC LIMIT 1;
  IF coalesce(v_seconds, 0) = 0 THEN
    RETURN QUERY SELECT 0::bigint, 0;
    RETURN;
  END IF;
  v_mine := worklist_load(p_queue, p_staff, v_today);
  RETURN QUERY
  SELECT v_seconds, coalesce(max(other.grade), 0)::int FROM people_staff other
  WHERE other.institution_id = p_institution AND other.person <> p_person AND other.is_active
    AND other.seen_at > clock_timestamp() - make_interval(secs => p_present)
    AND EXISTS (SELECT FROM people_staffrole role WHERE role.staff_id = other.id
      AND role.role = ANY (p_queue_roles) AND role.valid_from <= p_on
      AND (role.valid_until IS NULL OR role.valid_until >= p_on))
    AND NOT EXISTS (SELECT FROM worklist_workitem busy
      WHERE busy.state = 'held' AND busy.holder_id = other.id)
    AND worklist_load(p_queue, other.id, v_today) < v_mine;
END $$;

DROP FUNCTION worklist_load(text, bigint, timestamptz);
