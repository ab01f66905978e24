"""Which leads a version has still to judge is found at once; what it would do is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index and a column."""

    dependencies = [("store", "0009_personal_keys")]
    operations = [
        migrations.AddIndex("lead", models.Index(fields=["judged_at"], name="lead_by_judged_at")),
        migrations.AddField("version", "expected", models.JSONField(null=True)),
    ]
