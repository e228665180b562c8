-- What a person did of a queue on a day is added up when a holding ends, so that whose turn it is costs
-- as little in the evening as in the morning. By a right of its own: who ends a holding need not see its
-- holder's institution.
CREATE FUNCTION worklist_add_load() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_ms bigint := (extract(epoch FROM NEW.ended_at - NEW.began_at) * 1000)::bigint;
    v_done boolean := NEW.ended_by = 'finished';
    v_scope text := current_setting('app.scope', true);
BEGIN
    PERFORM set_config('app.scope', '*', true);
    INSERT INTO worklist_dayload AS day
        (institution_id, staff_id, queue, "on", held_ms, finished, finished_ms)
    SELECT holder.institution_id, holder.id, item.queue,
           (NEW.ended_at AT TIME ZONE 'Asia/Shanghai')::date,
           v_ms, v_done::int, CASE WHEN v_done THEN v_ms ELSE 0 END
      FROM people_staff holder, worklist_workitem item
     WHERE holder.id = NEW.staff_id AND item.id = NEW.item_id
    ON CONFLICT (staff_id, queue, "on") DO UPDATE
       SET held_ms = day.held_ms + excluded.held_ms, finished = day.finished + excluded.finished,
           finished_ms = day.finished_ms + excluded.finished_ms;
    PERFORM set_config('app.scope', coalesce(v_scope, ''), true);
    RETURN NULL;
END $$;

CREATE TRIGGER worklist_add_load AFTER INSERT ON worklist_holding
    FOR EACH ROW EXECUTE FUNCTION worklist_add_load();
ALTER TABLE worklist_holding ENABLE ALWAYS TRIGGER worklist_add_load;
