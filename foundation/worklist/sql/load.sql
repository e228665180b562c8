-- The seconds that a person held items of a queue since a moment, and one item more at the own average.
CREATE FUNCTION worklist_load(p_queue text, p_staff bigint, p_since timestamptz) RETURNS numeric
LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(took), 0) + coalesce(avg(took) FILTER (WHERE ended_by = 'finished'), 0)
  FROM (SELECT extract(epoch FROM past.ended_at - past.began_at) AS took, past.ended_by
    FROM worklist_holding past JOIN worklist_workitem item ON item.id = past.item_id
    WHERE past.staff_id = p_staff AND past.ended_at >= p_since AND item.queue = p_queue) one
$$;
