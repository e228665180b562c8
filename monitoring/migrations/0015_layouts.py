"""Each pair keeps of which form its voucher is, so that thresholds are judged form by form."""

from django.db import migrations, models

# An ended pair never changes; this once, what is known of it is written beside it.
KNOWN = """
SET LOCAL app.scope = '*';
ALTER TABLE monitoring_match DISABLE TRIGGER monitoring_match_guard;
UPDATE monitoring_match pair SET layout = form.code
  FROM (SELECT DISTINCT ON (page.document_id) page.document_id, layout.code
          FROM imaging_page page
          JOIN imaging_reading reading ON reading.page_id = page.id
          JOIN imaging_layout layout ON layout.id = reading.layout_id
         WHERE page.state <> 'replaced'
         ORDER BY page.document_id, page.seq, page.id, reading.attempt DESC) form
 WHERE form.document_id = pair.document_id AND pair.judged_at IS NOT NULL;
ALTER TABLE monitoring_match ENABLE ALWAYS TRIGGER monitoring_match_guard;
"""


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0014_image_views"), ("imaging", "0006_key")]

    operations = [
        migrations.AddField(
            model_name="match",
            name="layout",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=30, verbose_name="layout"
            ),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
