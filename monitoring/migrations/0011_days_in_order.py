from django.db import migrations, models


class Migration(migrations.Migration):
    """Figures of days are found by day: a night's half million rows go to one end of one index."""

    dependencies = [("monitoring", "0010_customers")]

    operations = [
        operation
        for model, table in (("accountday", "account"), ("tellerday", "teller"))
        for operation in (
            migrations.RemoveConstraint(model_name=model, name=f"monitoring_{table}_day_once"),
            migrations.AddConstraint(
                model_name=model,
                constraint=models.UniqueConstraint(
                    fields=["day", "entity"], name=f"monitoring_{table}_day_once"
                ),
            ),
            migrations.RemoveIndex(model_name=model, name=f"monitoring_{table}_days"),
        )
    ]
