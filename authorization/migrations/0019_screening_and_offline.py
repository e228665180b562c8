"""What the watch lists said of an item is kept for the branch; a lead decides possible hits."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
UNDO = """
DROP FUNCTION authorization_screening_guard CASCADE;
DROP FUNCTION authorization_listed
"""
TABLE = "authorization_screening"


def function(name: str) -> str:
    """Return the functions of a guard, without its trigger, which is there."""
    return (SQL / name).read_text().partition("CREATE TRIGGER")[0]


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0017_tier_decides'),
        ('people', '0012_roster_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Screening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveSmallIntegerField()),
                ('state', models.CharField(max_length=12, verbose_name='state')),
                ('lists', models.JSONField(default=list)),
                ('hits', models.JSONField(default=list)),
                ('alone', models.BooleanField(default=False)),
                ('at', models.DateTimeField()),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='screenings', to='authorization.request')),
            ],
            options={
                'verbose_name': 'screening of an item',
                'indexes': [models.Index(condition=models.Q(('state', 'possible')), fields=['institution', '-id'], name='authorization_screening_hit')],
                'constraints': [
                    models.UniqueConstraint(fields=('request', 'seq'), name='authorization_screening_once_a_round'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['clear', 'possible', 'unavailable']), models.Q(models.Q(('state', 'possible'), models.Q(('hits', []), _negated=True)), models.Q(models.Q(('state', 'possible'), _negated=True), ('hits', [])), _connector='OR')), name='authorization_screening_known'),
                ],
            },
        ),
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
        migrations.RunSQL((SQL / "screening_guard.sql").read_text(), UNDO),
        migrations.RunSQL(function("decision_guard.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(function("request_guard.sql"), migrations.RunSQL.noop),
        migrations.RunSQL(function("publication_guard.sql"), migrations.RunSQL.noop),
    ]
