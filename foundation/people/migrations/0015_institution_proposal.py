"""Wishes to move, rename or close an institution."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0014_identity'),
    ]

    operations = [
        migrations.CreateModel(
            name='InstitutionProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8, verbose_name='kind')),
                ('name', models.CharField(blank=True, max_length=60, verbose_name='institution name')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('state', models.CharField(default='waiting', max_length=10, verbose_name='state')),
                ('proposed_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('institution', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.institution')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'proposal about an institution',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'move'), ('name', ''), ('parent__isnull', False)), models.Q(('kind', 'rename'), ('parent', None), models.Q(('name', ''), _negated=True)), models.Q(('kind', 'close'), ('name', ''), ('parent', None)), _connector='OR'), name='people_change_says_what'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('state', 'waiting')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['approved', 'declined'])), _connector='OR'), name='people_change_decided_by_and_at'), models.CheckConstraint(condition=models.Q(('proposed_by', models.F('decided_by')), _negated=True), name='people_change_two_people'), models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('institution',), name='people_change_waits_once')],
            },
        ),
    ]
