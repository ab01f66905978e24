"""Three indexes less where every decision passes: others stand in for them, or nobody asks."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0022_company_keys"),
    ]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="lead",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="decisions",
                to="store.lead",
            ),
        ),
        migrations.AlterField(
            model_name="lead",
            name="source",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.source",
            ),
        ),
        migrations.AlterField(
            model_name="lead",
            name="version",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.version",
            ),
        ),
    ]
