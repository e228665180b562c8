-- What was handed over is fixed; a file, its pictures and a rescan request are evidence and never go.
CREATE OR REPLACE FUNCTION imaging_batch_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'what came in with a batch is never removed' USING ERRCODE = 'OP062';
    END IF;
    IF TG_TABLE_NAME = 'imaging_batch' THEN
        IF OLD.state = 'closed' THEN
            RAISE EXCEPTION 'a closed batch is never changed' USING ERRCODE = 'OP062';
        END IF;
        IF (NEW.institution_id, NEW.number, NEW.business_date, NEW.sheets, NEW.duplex,
            NEW.handed_by_id, NEW.handed_at, NEW.key)
           IS DISTINCT FROM
           (OLD.institution_id, OLD.number, OLD.business_date, OLD.sheets, OLD.duplex,
            OLD.handed_by_id, OLD.handed_at, OLD.key) THEN
            RAISE EXCEPTION 'the hand-over of a batch is fixed' USING ERRCODE = 'OP062';
        END IF;
    ELSIF TG_TABLE_NAME = 'imaging_batchfile' THEN
        IF (NEW.institution_id, NEW.sha256, NEW.original, NEW.came_by, NEW.came_at)
           IS DISTINCT FROM (OLD.institution_id, OLD.sha256, OLD.original, OLD.came_by, OLD.came_at)
           OR OLD.state <> 'arrived' THEN
            RAISE EXCEPTION 'a file that came in is fixed' USING ERRCODE = 'OP062';
        END IF;
    ELSIF TG_TABLE_NAME = 'imaging_rescan' THEN
        IF OLD.done_at IS NOT NULL OR (NEW.page_id, NEW.faults) IS DISTINCT FROM (OLD.page_id, OLD.faults) THEN
            RAISE EXCEPTION 'a rescan request is done once' USING ERRCODE = 'OP062';
        END IF;
    ELSE
        RAISE EXCEPTION 'what a picture is, is fixed' USING ERRCODE = 'OP062';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER imaging_batch_guard BEFORE UPDATE OR DELETE ON imaging_batch
    FOR EACH ROW EXECUTE FUNCTION imaging_batch_guard();
CREATE TRIGGER imaging_batchfile_guard BEFORE UPDATE OR DELETE ON imaging_batchfile
    FOR EACH ROW EXECUTE FUNCTION imaging_batch_guard();
CREATE TRIGGER imaging_frame_guard BEFORE UPDATE OR DELETE ON imaging_frame
    FOR EACH ROW EXECUTE FUNCTION imaging_batch_guard();
CREATE TRIGGER imaging_pagequality_guard BEFORE UPDATE OR DELETE ON imaging_pagequality
    FOR EACH ROW EXECUTE FUNCTION imaging_batch_guard();
CREATE TRIGGER imaging_rescan_guard BEFORE UPDATE OR DELETE ON imaging_rescan
    FOR EACH ROW EXECUTE FUNCTION imaging_batch_guard();
ALTER TABLE imaging_batch ENABLE ALWAYS TRIGGER imaging_batch_guard;
ALTER TABLE imaging_batchfile ENABLE ALWAYS TRIGGER imaging_batchfile_guard;
ALTER TABLE imaging_frame ENABLE ALWAYS TRIGGER imaging_frame_guard;
ALTER TABLE imaging_pagequality ENABLE ALWAYS TRIGGER imaging_pagequality_guard;
ALTER TABLE imaging_rescan ENABLE ALWAYS TRIGGER imaging_rescan_guard;
