import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import einig.store.fields


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0014_privacy"),
    ]

    operations = [
        migrations.AddField(
            model_name="fact",
            name="assumed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=10)),
                ("encoding", models.CharField(blank=True, default="", max_length=20)),
                ("columns", models.JSONField(default=list)),
                ("meanings", models.JSONField(default=list)),
                ("dates", models.CharField(blank=True, default="", max_length=4)),
                ("decimal", models.CharField(blank=True, default="", max_length=1)),
                ("rows", models.PositiveIntegerField()),
                ("at", einig.store.fields.InstantField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("kept", "Kept"),
                            ("checking", "Checking"),
                            ("checked", "Checked"),
                            ("importing", "Importing"),
                            ("imported", "Imported"),
                            ("undoing", "Undoing"),
                            ("undone", "Undone"),
                        ],
                        default="kept",
                        max_length=10,
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("problem", models.JSONField(default=list)),
                ("begun_at", einig.store.fields.InstantField(null=True)),
                ("ended_at", einig.store.fields.InstantField(null=True)),
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
                    "undone_by",
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
            name="ImportRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveIntegerField()),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("joined", "Joined"),
                            ("unchanged", "Unchanged"),
                            ("aside", "Aside"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.JSONField(default=list)),
                ("made", models.JSONField(default=dict)),
                ("undone", models.CharField(blank=True, default="", max_length=20)),
                (
                    "lead",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="store.lead",
                    ),
                ),
                (
                    "of",
                    models.ForeignKey(
                        db_column="import_id",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="told",
                        to="store.import",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["sha256"], name="import_by_file"),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(fields=["of", "result"], name="import_by_result"),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(fields=("of", "row"), name="one_row_of_a_file"),
        ),
    ]
