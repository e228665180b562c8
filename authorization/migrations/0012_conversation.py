"""What tellers and desks write to each other about an item; guarded and scoped."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.kernel.scope import rls_sql, rls_undo_sql

SQL = Path(__file__).resolve().parent.parent / "sql"
TABLE = "authorization_message"


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0010_quality'),
        ('people', '0012_roster_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempt', models.PositiveSmallIntegerField()),
                ('side', models.CharField(max_length=8)),
                ('by_label', models.CharField(max_length=60)),
                ('text', models.CharField(max_length=200, verbose_name='message')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='authorization.request')),
            ],
            options={
                'verbose_name': 'message',
                'indexes': [models.Index(fields=['request', '-id'], name='authorization_talk')],
                'constraints': [models.CheckConstraint(condition=models.Q(('side__in', ('desk', 'counter')), models.Q(('text', ''), _negated=True)), name='authorization_message_says')],
            },
        ),
        migrations.RunSQL(rls_sql(TABLE), rls_undo_sql(TABLE)),
        migrations.RunSQL(
            (SQL / "message_guard.sql").read_text(),
            "DROP FUNCTION authorization_message_guard CASCADE",
        ),
    ]
