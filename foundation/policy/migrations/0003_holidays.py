"""The published days of 2004 to 2026: without them every installation would guess at holidays."""

from django.db import migrations

from foundation.policy.gateways import published_days


def load(apps, _schema_editor):
    days = apps.get_model("policy", "CalendarDay").objects
    days.bulk_create(
        days.model(on=day.on, works=day.works, name=day.name, source="chinesecalendar")
        for year in range(2004, 2027)
        for day in published_days(year)
    )


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_guards")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
