"""A hand-off says with which probability its lead was drawn, if it was below the line."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("store", "0004_later_and_own_hours")]
    operations = [migrations.AddField("handoff", "explored", models.FloatField(default=0))]
