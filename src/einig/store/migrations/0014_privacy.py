"""Purposes, what is done with consents and objections, and erasure."""

from typing import Any

import django.db.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import einig.store.fields


def open_consents(apps: Any, schema_editor: Any) -> None:
    """Let the consents that were given before hold as they did."""
    consents = apps.get_model("store", "Consent").objects
    consents.update(opened_at=django.db.models.F("given_at"))


class Migration(migrations.Migration):
    """See above."""

    dependencies = [
        ("store", "0013_ways_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="Retention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20, unique=True)),
                ("days", models.PositiveIntegerField()),
                ("active", models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name="consent",
            name="address",
            field=models.CharField(blank=True, default="", max_length=254),
        ),
        migrations.AddField(
            model_name="consent",
            name="asked",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="consent",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="confirmed_from",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="consent",
            name="heard",
            field=models.CharField(max_length=330, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="language",
            field=models.CharField(blank=True, default="", max_length=5),
        ),
        migrations.AddField(
            model_name="consent",
            name="opened_at",
            field=einig.store.fields.InstantField(null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="source",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="store.source",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="text",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="consent",
            name="version",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="lead",
            name="is_consumer",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="lead",
            name="profiled",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="consent",
            name="purpose",
            field=models.CharField(max_length=20),
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=20)),
                ("at", einig.store.fields.InstantField()),
                ("how", models.CharField(max_length=10)),
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
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="objections",
                        to="store.lead",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("hash", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=8)),
                ("at", einig.store.fields.InstantField()),
                ("kept_out", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "hash"), name="suppressed_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Purpose",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20)),
                ("version", models.PositiveSmallIntegerField()),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("consent", "Consent"),
                            ("interest", "Interest"),
                            ("request", "Request"),
                            ("customer", "Customer"),
                            ("presumed", "Presumed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("names", models.JSONField(default=dict)),
                ("texts", models.JSONField(default=dict)),
                ("weighing", models.TextField(blank=True, default="")),
                ("confirmed", models.BooleanField(default=False)),
                ("retired", models.BooleanField(default=False)),
                ("at", einig.store.fields.InstantField()),
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
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="one_wording")
                ],
            },
        ),
        migrations.RunPython(open_consents, migrations.RunPython.noop),
    ]
