"""Companies by name and nurture in its order; one index less where every message passes."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0002_audit_is_kept"),
    ]

    operations = [
        migrations.AlterField(
            model_name="received",
            name="source",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.source",
            ),
        ),
        migrations.AddIndex(
            model_name="company",
            index=models.Index(
                django.db.models.functions.text.Upper("name"), name="company_by_name"
            ),
        ),
        migrations.AddIndex(
            model_name="nurtureentry",
            index=models.Index(
                condition=models.Q(("left_at", None)), fields=["entered_at"], name="nurture_inside"
            ),
        ),
        migrations.AddIndex(
            model_name="nurtureentry",
            index=models.Index(
                condition=models.Q(("human_done_at", None), ("left_at", None)),
                fields=["human_due_at"],
                name="nurture_to_call",
            ),
        ),
    ]
