"""Items that are kept for a person, that go to the leads, and where they come from."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0010_secrets_apart'),
        ('worklist', '0004_turns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='workitem',
            name='kept_for',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='workitem',
            name='kept_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='workitem',
            name='leads_only',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='workitem',
            name='origin',
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(condition=models.Q(('kept_for__isnull', False), ('state', 'waiting')), fields=['kept_for'], name='worklist_kept'),
        ),
        migrations.AddConstraint(
            model_name='workitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kept_for', None), ('kept_until', None)), models.Q(('kept_for__isnull', False), ('kept_until__isnull', False)), _connector='OR'), name='worklist_kept_for_and_until'),
        ),
    ]
