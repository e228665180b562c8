"""An item is passed up to a lead, who is told why; decisions on paper are found by their day."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('authorization', '0021_late_changes'),
        ('imaging', '0006_key'),
        ('ledger', '0003_statement_in_order'),
        ('people', '0013_aml_duty'),
        ('worklist', '0009_day_load'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='request',
            name='authorization_escalated_when_and_why',
        ),
        migrations.AddField(
            model_name='request',
            name='escalated_by_label',
            field=models.CharField(blank=True, db_default='', max_length=60),
        ),
        migrations.AddField(
            model_name='request',
            name='escalated_note',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('escalated_at', None), ('escalated_why', '')), models.Q(('escalated_at__isnull', False), ('escalated_why__in', ['waited', 'undecided', 'passed_up'])), _connector='OR'), name='authorization_escalated_when_and_why'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('escalated_why', 'passed_up'), models.Q(('escalated_note', ''), _negated=True), models.Q(('escalated_by_label', ''), _negated=True)), models.Q(models.Q(('escalated_why', 'passed_up'), _negated=True), ('escalated_by_label', ''), ('escalated_note', '')), _connector='OR'), name='authorization_passed_up_by_and_why'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('offline__isnull', False)), fields=['business_date', '-id'], name='authorization_paper_day'),
        ),
    ]
