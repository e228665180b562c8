"""What was looked at on a day is found without reading the rest of the trail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trail", "0006_looks_guards")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("action__contains", ".seen.")),
                fields=["at", "id"],
                name="trail_event_looked_idx",
            ),
        ),
    ]
