import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import einig.store.fields


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0019_documents"),
    ]

    operations = [
        migrations.AddField(
            model_name="lead",
            name="has_parts",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="lead",
            name="part_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="parts",
                to="store.lead",
            ),
        ),
        migrations.CreateModel(
            name="Merger",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", einig.store.fields.InstantField(db_index=True)),
                ("why", models.CharField(blank=True, default="", max_length=300)),
                ("evidence", models.JSONField(default=dict)),
                ("took_over", models.JSONField(default=dict)),
                ("undone_at", einig.store.fields.InstantField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "into",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absorbed",
                        to="store.lead",
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mergers",
                        to="store.lead",
                    ),
                ),
                (
                    "link",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, to="store.link"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("lead",),
                        name="part_of_one",
                    )
                ],
            },
        ),
    ]
