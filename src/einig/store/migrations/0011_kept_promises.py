"""Whether what was promised at a Jour fixe was kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("store", "0010_enacting")]
    operations = [migrations.AddField("JourFixe", "kept", models.JSONField(default=dict))]
