-- What a person is and did, as far as who may take an item asks for it, and the numbers in force.
--
-- In a function, because a session plans what stands in one once: planning it with every claim took
-- twice as long as claiming. It is read within the caller's scope. `p_codes` are the codes of the
-- numbers in the order of the answers: lease, limit, ring, lead, months, pair, strategy.
CREATE OR REPLACE FUNCTION worklist_able(
  p_queue text, p_staff bigint, p_person uuid, p_institution bigint, p_on date, p_codes text[],
  p_queue_roles text[], p_lead_roles text[], p_present int,
  OUT lease bigint, OUT most_fen bigint, OUT ring bigint, OUT lead bigint, OUT pair_most bigint,
  OUT strategy bigint, OUT leads boolean, OUT skills text[], OUT grades int[], OUT most_grade int,
  OUT places bigint[], OUT often uuid[], OUT latest uuid, OUT idle int
) LANGUAGE plpgsql STABLE AS $$
DECLARE
  v_months bigint;
BEGIN
  SELECT max(number.value::bigint) FILTER (WHERE number.code = p_codes[1]),
    max(number.value::bigint) FILTER (WHERE number.code = p_codes[2]),
    max(number.value::bigint) FILTER (WHERE number.code = p_codes[3]),
    max(number.value::bigint) FILTER (WHERE number.code = p_codes[4]),
    max(number.value::bigint) FILTER (WHERE number.code = p_codes[5]),
    max(number.value::bigint) FILTER (WHERE number.code = p_codes[6]),
    coalesce(max(number.value::bigint) FILTER (WHERE number.code = p_codes[7]), 1)
  INTO lease, most_fen, ring, lead, v_months, pair_most, strategy
  FROM (
    SELECT DISTINCT ON (said.code) said.code, said.value FROM policy_policy said
    WHERE said.institution_id IS NULL AND said.code = ANY (p_codes) AND said.valid_from <= p_on
      AND said.approved_by_id IS NOT NULL
    ORDER BY said.code, said.valid_from DESC, said.id DESC
  ) number;

  leads := EXISTS (SELECT FROM people_staffrole held
    WHERE held.staff_id = p_staff AND held.role = ANY (p_lead_roles) AND held.valid_from <= p_on
      AND (held.valid_until IS NULL OR held.valid_until >= p_on));

  SELECT coalesce(array_agg(can.skill::text), '{}'), coalesce(array_agg(can.grade), '{}'),
    max(can.grade)
  INTO skills, grades, most_grade
  FROM (SELECT skill, max(grade)::int AS grade FROM people_qualification
        WHERE staff_id = p_staff AND valid_from <= p_on AND valid_until >= p_on
        GROUP BY skill) can;

  places := ARRAY(SELECT post.institution_id FROM people_post post
    JOIN people_staff worked ON worked.id = post.staff_id
    WHERE worked.person = p_person AND (post.valid_until IS NULL
      OR post.valid_until >= p_on - make_interval(months => v_months::int)));

  SELECT coalesce(array_agg(done.origin) FILTER (WHERE done.times >= pair_most), '{}'),
    (array_agg(done.origin ORDER BY done.last DESC))[1]
  INTO often, latest
  FROM (
    SELECT ended.origin, count(*) AS times, max(past.ended_at) AS last
    FROM worklist_holding past JOIN worklist_workitem ended ON ended.id = past.item_id
    -- In brackets the moment is one value, which the index is searched for.
    WHERE past.staff_id = p_staff
      AND past.ended_at > (SELECT clock_timestamp() - interval '1 hour')
      AND past.ended_by = 'finished' AND ended.queue = p_queue
    GROUP BY ended.origin
  ) done;
  often := array_remove(often, NULL);

  SELECT coalesce(max(other.grade), 0) INTO idle FROM people_staff other
  JOIN people_staffrole role ON role.staff_id = other.id
  WHERE other.institution_id = p_institution AND other.person <> p_person AND other.is_active
    AND role.role = ANY (p_queue_roles) AND role.valid_from <= p_on
    AND (role.valid_until IS NULL OR role.valid_until >= p_on)
    AND other.seen_at > clock_timestamp() - make_interval(secs => p_present)
    AND NOT EXISTS (SELECT FROM worklist_workitem busy
      WHERE busy.state = 'held' AND busy.holder_id = other.id);
END $$;
