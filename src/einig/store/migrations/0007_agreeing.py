"""How two teams agree: revisions, threads, agreement tests, seals, enactments, findings."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import einig.store.fields


def name_signatures(apps: Any, _schema_editor: Any) -> None:
    """Write the name, and the content that was signed, into the signatures that there are."""
    for signature in apps.get_model("store", "Signature").objects.select_related("by", "version"):
        signature.by_name = signature.by.name
        signature.content_hash = signature.version.content_hash
        signature.save()


class Migration(migrations.Migration):
    """Tables and columns; nothing that is there is lost."""

    dependencies = [
        ("store", "0006_study"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementTest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", einig.store.fields.InstantField()),
                ("closed_at", einig.store.fields.InstantField(null=True)),
                ("result", models.JSONField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Enactment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", einig.store.fields.InstantField()),
                ("asked_at", einig.store.fields.InstantField()),
                ("leads", models.PositiveIntegerField(default=0)),
                ("judged", models.PositiveIntegerField(default=0)),
                ("expected", models.JSONField(null=True)),
                ("found", models.JSONField(null=True)),
                ("finished_at", einig.store.fields.InstantField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("precision", "Precision"),
                            ("volume", "Volume"),
                            ("makeup", "Makeup"),
                        ],
                        max_length=10,
                    ),
                ),
                ("criterion", models.CharField(blank=True, default="", max_length=200)),
                ("at", einig.store.fields.InstantField()),
                ("detail", models.JSONField(default=dict)),
                ("settled_at", einig.store.fields.InstantField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="JourFixe",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", einig.store.fields.InstantField()),
                ("leads", models.JSONField(default=list)),
                ("marketing_promises", models.TextField(blank=True, default="")),
                ("sales_promises", models.TextField(blank=True, default="")),
                ("notes", models.TextField(blank=True, default="")),
                ("approved", models.JSONField(default=dict)),
                ("ended_at", einig.store.fields.InstantField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ready", models.BooleanField()),
                ("criteria", models.JSONField(default=list)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("at", einig.store.fields.InstantField()),
            ],
        ),
        migrations.CreateModel(
            name="Juror",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[("marketing", "Marketing"), ("sales", "Sales")], max_length=10
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("expires_at", einig.store.fields.InstantField()),
                ("begun_at", einig.store.fields.InstantField(null=True)),
                ("finished_at", einig.store.fields.InstantField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen_at", einig.store.fields.InstantField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", einig.store.fields.InstantField()),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField()),
                ("at", einig.store.fields.InstantField()),
            ],
        ),
        migrations.CreateModel(
            name="Sample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("as_of", einig.store.fields.InstantField()),
                ("probability", models.FloatField(default=1)),
                ("shown", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("signed", "Signed"),
                            ("voided", "Voided"),
                            ("enacted", "Enacted"),
                        ],
                        max_length=8,
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("said", models.JSONField()),
                ("previous", models.CharField(blank=True, default="", max_length=64)),
                ("hash", models.CharField(max_length=64, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="SignedText",
            fields=[
                ("text_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("content_hash", models.CharField(max_length=64)),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Thread",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("criterion", models.CharField(max_length=200)),
                ("opened_at", einig.store.fields.InstantField()),
                ("resolved_at", einig.store.fields.InstantField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="signature",
            name="one_signature",
        ),
        migrations.AddField(
            model_name="signature",
            name="by_name",
            field=models.CharField(default="", max_length=120),
        ),
        migrations.AddField(
            model_name="signature",
            name="content_hash",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddField(
            model_name="signature",
            name="voided_at",
            field=einig.store.fields.InstantField(null=True),
        ),
        migrations.AddField(
            model_name="version",
            name="base",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="store.version",
            ),
        ),
        migrations.AddField(
            model_name="version",
            name="begun_from",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="version",
            name="promised",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="version",
            name="revision",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="signature",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="signature",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="signatures",
                to="store.version",
            ),
        ),
        migrations.AddConstraint(
            model_name="signature",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at", None)),
                fields=("version", "side"),
                name="one_signature",
            ),
        ),
        migrations.AddField(
            model_name="agreementtest",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="agreementtest",
            name="draft",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="store.version",
            ),
        ),
        migrations.AddField(
            model_name="enactment",
            name="version",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enactment",
                to="store.version",
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="draft",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="store.version",
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="settled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="finding",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="findings",
                to="store.version",
            ),
        ),
        migrations.AddField(
            model_name="jourfixe",
            name="begun_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="jourfixe",
            name="change",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="store.version",
            ),
        ),
        migrations.AddField(
            model_name="juror",
            name="test",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="jurors",
                to="store.agreementtest",
            ),
        ),
        migrations.AddField(
            model_name="juror",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="judgement",
            name="juror",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="judgements",
                to="store.juror",
            ),
        ),
        migrations.AddField(
            model_name="mention",
            name="to",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="remark",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="mention",
            name="remark",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mentions",
                to="store.remark",
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="revisions",
                to="store.version",
            ),
        ),
        migrations.AddField(
            model_name="sample",
            name="lead",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="store.lead"
            ),
        ),
        migrations.AddField(
            model_name="sample",
            name="test",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="leads",
                to="store.agreementtest",
            ),
        ),
        migrations.AddField(
            model_name="judgement",
            name="lead",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="judgements",
                to="store.sample",
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="resolved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="threads",
                to="store.version",
            ),
        ),
        migrations.AddField(
            model_name="remark",
            name="thread",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="remarks",
                to="store.thread",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(
                fields=("version", "kind", "criterion"), name="found_once_a_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(fields=("version", "number"), name="one_revision"),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.UniqueConstraint(
                fields=("test", "position"), name="one_lead_a_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="sample",
            constraint=models.UniqueConstraint(fields=("test", "lead"), name="once_in_a_test"),
        ),
        migrations.AddConstraint(
            model_name="judgement",
            constraint=models.UniqueConstraint(fields=("juror", "lead"), name="one_judgement"),
        ),
        migrations.AddConstraint(
            model_name="thread",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resolved_at", None)),
                fields=("version", "criterion"),
                name="one_open_thread",
            ),
        ),
        migrations.RunPython(name_signatures, migrations.RunPython.noop),
    ]
