"""Whether what was promised at a Jour fixe was kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("store", "0009_personal_keys")]
    operations = [migrations.AddField("JourFixe", "kept", models.JSONField(default=dict))]
