-- Gives a worker the given job, else the next: a job whose worker died, else the first in turn of
-- all kinds that may begin one now. No row when there is none.
--
-- limited, running_most: kinds of which only so many may run at once. Who claims one of them takes
-- the kind's lock, counts, and claims; whoever comes meanwhile looks at the other kinds.
-- patient, patience: kinds that wait for others at the moment, and for how many seconds at most.
-- light: the claim alone need not be on the disk. When it is lost in a crash the job is ready again,
-- and the worker that held it is refused when it ends (its fence is not that of the row).
CREATE FUNCTION worklist_claim_job(
    wanted bigint, lease integer, limited text[], running_most integer[], patient text[],
    patience integer, light boolean
) RETURNS SETOF worklist_job LANGUAGE plpgsql AS $$
DECLARE
    moment CONSTANT timestamptz := clock_timestamp();
    due timestamptz;
    most integer;
    chosen bigint;
    head record;
BEGIN
    IF light THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    SELECT job.id INTO chosen FROM worklist_job job
    WHERE job.state = 'running' AND job.lease_until <= moment AND job.attempts < job.attempts_max
      AND (wanted IS NULL OR job.id = wanted)
    ORDER BY job.turn_at, job.id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF chosen IS NULL THEN
        FOR head IN
            WITH RECURSIVE kinds AS (
                (SELECT job.kind FROM worklist_job job
                 WHERE job.state = 'ready' AND wanted IS NULL ORDER BY job.kind LIMIT 1)
                UNION ALL
                SELECT (SELECT job.kind FROM worklist_job job
                        WHERE job.state = 'ready' AND job.kind > kinds.kind
                        ORDER BY job.kind LIMIT 1)
                FROM kinds WHERE kinds.kind IS NOT NULL
            )
            SELECT kinds.kind, first.turn_at, first.id FROM kinds, LATERAL (
                SELECT job.turn_at, job.id FROM worklist_job job
                WHERE job.state = 'ready' AND job.kind = kinds.kind AND job.run_after <= moment
                ORDER BY job.turn_at, job.id LIMIT 1) first
            UNION ALL
            SELECT job.kind, job.turn_at, job.id FROM worklist_job job
            WHERE job.id = wanted AND job.state = 'ready' AND job.run_after <= moment
            ORDER BY 2, 3
        LOOP
            most := running_most[array_position(limited, head.kind)];
            IF most IS NOT NULL THEN
                CONTINUE WHEN NOT pg_try_advisory_xact_lock(8302, hashtext(head.kind));
                CONTINUE WHEN most <= (SELECT count(*) FROM worklist_job job
                                       WHERE job.state = 'running' AND job.kind = head.kind);
            END IF;
            due := moment;
            IF head.kind = ANY (patient) THEN
                due := moment - make_interval(secs => patience);
            END IF;
            SELECT job.id INTO chosen FROM worklist_job job
            WHERE job.state = 'ready' AND job.kind = head.kind AND job.run_after <= due
              AND (wanted IS NULL OR job.id = wanted)
            ORDER BY job.turn_at, job.id LIMIT 1 FOR UPDATE SKIP LOCKED;
            EXIT WHEN chosen IS NOT NULL;
        END LOOP;
    END IF;
    RETURN QUERY
    UPDATE worklist_job job SET state = 'running', attempts = job.attempts + 1,
        fence = job.fence + 1, started_at = clock_timestamp(),
        lease_until = clock_timestamp() + make_interval(secs => lease)
    WHERE job.id = chosen
    RETURNING job.*;
END $$;
