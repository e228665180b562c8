"""The duty of those who work against money laundering, and with what it conflicts."""

from importlib import import_module

from django.db import migrations

fill = import_module("foundation.people.migrations.0002_guards").fill


class Migration(migrations.Migration):
    dependencies = [("people", "0012_roster_guards")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
