"""Posts are locked to the scope: who held one at an institution out of sight is not seen."""

from django.db import migrations

from foundation.kernel.scope import rls_sql, rls_undo_sql


class Migration(migrations.Migration):
    dependencies = [("people", "0005_hashed_scope")]

    operations = [migrations.RunSQL(rls_sql("people_post"), rls_undo_sql("people_post"))]
