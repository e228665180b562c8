-- Ends a job under its fence and claims the next in the same round trip: no row when the job was
-- lost, else one, which is empty (all NULL) when no other may begin.
CREATE FUNCTION worklist_end_job(
    ended bigint, its_fence integer, lease integer, limited text[], running_most integer[],
    patient text[], patience integer
) RETURNS SETOF worklist_job LANGUAGE plpgsql AS $$
BEGIN
    UPDATE worklist_job job SET state = 'done', done_at = clock_timestamp(), lease_until = NULL,
        last_error = ''
    WHERE job.id = ended AND job.fence = its_fence AND job.state = 'running';
    IF NOT FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT next.* FROM worklist_claim_job(
        NULL, lease, limited, running_most, patient, patience, false) next;
    IF NOT FOUND THEN
        RETURN NEXT NULL::worklist_job;
    END IF;
END $$;
