import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import einig.store.fields


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0020_one_person"),
    ]

    operations = [
        migrations.CreateModel(
            name="Search",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", einig.store.fields.InstantField(db_index=True)),
                ("step", models.CharField(blank=True, default="waiting", max_length=10)),
                ("leads", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("pairs", models.PositiveIntegerField(default=0)),
                ("ended_at", einig.store.fields.InstantField(null=True)),
                ("problem", models.CharField(blank=True, default="", max_length=20)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Alike",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("probability", models.FloatField(default=0)),
                ("evidence", models.JSONField(default=list)),
                ("apart_at", einig.store.fields.InstantField(null=True)),
                (
                    "apart_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.lead",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.lead",
                    ),
                ),
                (
                    "found",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="store.search",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("apart_at", None)),
                        fields=["-probability", "id"],
                        name="pair_to_look_at",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("one", "other"), name="one_pair")],
            },
        ),
    ]
