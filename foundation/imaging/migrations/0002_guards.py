"""Documents, pages and readings are seen within the scope only; evidence is never taken away."""

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql

TABLES = ("imaging_document", "imaging_page", "imaging_reading")

# What was uploaded, by whom and when is fixed with the row; only what happens to it afterwards
# (state, copies, why replaced, what it resembles) may still be written.
EVIDENCE = """
CREATE FUNCTION imaging_evidence_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a page is evidence: % refused', TG_OP
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.document_id, OLD.institution_id, OLD.seq, OLD.side, OLD.image_class, OLD.version,
      OLD.sha256, OLD.original, OLD.stored_by, OLD.stored_at)
     IS DISTINCT FROM
     (NEW.document_id, NEW.institution_id, NEW.seq, NEW.side, NEW.image_class, NEW.version,
      NEW.sha256, NEW.original, NEW.stored_by, NEW.stored_at) THEN
    RAISE EXCEPTION 'what was scanned is fixed: % refused', TG_OP
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER imaging_page_evidence BEFORE UPDATE OR DELETE ON imaging_page
  FOR EACH ROW EXECUTE FUNCTION imaging_evidence_stays();
ALTER TABLE imaging_page ENABLE ALWAYS TRIGGER imaging_page_evidence;
"""
EVIDENCE_UNDO = """
DROP TRIGGER imaging_page_evidence ON imaging_page;
DROP FUNCTION imaging_evidence_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("imaging", "0001_initial"), ("people", "0001_initial")]

    operations = [
        *(migrations.RunSQL(rls_sql(table), rls_undo_sql(table)) for table in TABLES),
        migrations.RunSQL(EVIDENCE, EVIDENCE_UNDO),
    ]
