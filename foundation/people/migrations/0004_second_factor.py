"""The secrets of the second factor leave the plain table of the library for a sealed one."""

from binascii import unhexlify

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from foundation.people import gateways

ONCE = """
CREATE FUNCTION people_secondfactor_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.staff_id <> OLD.staff_id OR NEW.last_step < OLD.last_step
      OR (NEW.last_step = OLD.last_step AND NEW.failures < OLD.failures)
      OR (OLD.confirmed AND NOT NEW.confirmed) THEN
    RAISE EXCEPTION 'a code is good for once'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'people_code_once';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER people_secondfactor_once BEFORE UPDATE ON people_secondfactor
  FOR EACH ROW EXECUTE FUNCTION people_secondfactor_once();
"""
ONCE_UNDO = """
DROP TRIGGER people_secondfactor_once ON people_secondfactor;
DROP FUNCTION people_secondfactor_once();
"""
OLD = "otp_totp_totpdevice"


def seal(apps, schema_editor):
    """Seal the devices in use; whoever had not finished setting one up begins again."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [OLD])
        if cursor.fetchone()[0] is None:
            return
        cursor.execute(
            f"SELECT DISTINCT ON (d.user_id) d.user_id, s.number, d.key, d.last_t FROM {OLD} d"  # noqa: S608
            " JOIN people_staff s ON s.id = d.user_id WHERE d.confirmed ORDER BY d.user_id, d.id"
        )
        devices = apps.get_model("people", "SecondFactor").objects
        devices.bulk_create(
            devices.model(
                staff_id=staff_id,
                sealed=gateways.seal(unhexlify(key), about=number),
                confirmed=True,
                last_step=last_step,
            )
            for staff_id, number, key, last_step in cursor.fetchall()
        )
        cursor.execute(f"DROP TABLE {OLD}")


class Migration(migrations.Migration):
    dependencies = [("people", "0003_api_token")]

    operations = [
        migrations.AddField("staff", "seen_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.CharField(max_length=200)),
                ("confirmed", models.BooleanField(default=False)),
                ("last_step", models.BigIntegerField(default=-1)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("failed_at", models.DateTimeField(null=True)),
                (
                    "staff",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="second_factor",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "second factor"},
        ),
        migrations.RunSQL(ONCE, ONCE_UNDO),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
