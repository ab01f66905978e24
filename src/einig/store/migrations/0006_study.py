"""What was learned from closed leads is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import einig.store.fields


class Migration(migrations.Migration):
    """One table."""

    dependencies = [("store", "0005_explored")]
    operations = [
        migrations.CreateModel(
            "Study",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", einig.store.fields.InstantField()),
                ("question", models.JSONField(default=dict)),
                ("step", models.CharField(blank=True, default="", max_length=80)),
                ("progress", models.FloatField(default=0)),
                ("finished_at", einig.store.fields.InstantField(null=True)),
                ("error", models.TextField(blank=True, default="")),
                ("data_from", einig.store.fields.InstantField(null=True)),
                ("data_until", einig.store.fields.InstantField(null=True)),
                ("content_hash", models.CharField(blank=True, default="", max_length=64)),
                ("result", models.JSONField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="store.version",
                    ),
                ),
            ],
        ),
    ]
