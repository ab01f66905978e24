"""What every decision and activity writes to becomes less.

Indexes are of what a lead has, not of what it lacks; PostgreSQL keeps none for LIKE; and which
version decided is not looked up, since one in force is guarded.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import einig.store.fields


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0023_lighter_leads"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="lead",
            name="lead_by_source",
        ),
        migrations.AlterField(
            model_name="event",
            name="event_id",
            field=models.CharField(max_length=300),
        ),
        migrations.AlterField(
            model_name="event",
            name="identity",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="events",
                to="store.identity",
            ),
        ),
        migrations.AlterField(
            model_name="fact",
            name="identity",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="facts",
                to="store.identity",
            ),
        ),
        migrations.AlterField(
            model_name="identity",
            name="key",
            field=models.CharField(max_length=300),
        ),
        migrations.AlterField(
            model_name="lead",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="store.campaign",
            ),
        ),
        migrations.AlterField(
            model_name="lead",
            name="company",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="store.company",
            ),
        ),
        migrations.AlterField(
            model_name="lead",
            name="lead_id",
            field=models.CharField(max_length=40),
        ),
        migrations.AlterField(
            model_name="lead",
            name="next_change_at",
            field=einig.store.fields.InstantField(null=True),
        ),
        migrations.AlterField(
            model_name="lead",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="leads",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="lead",
            name="part_of",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="parts",
                to="store.lead",
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("source__isnull", False)),
                fields=["source", "-created_at"],
                name="lead_by_source",
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("next_change_at__isnull", False)),
                fields=["next_change_at"],
                name="lead_by_next_change_at",
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("company__isnull", False)),
                fields=["company"],
                name="lead_by_company",
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("campaign__isnull", False)),
                fields=["campaign"],
                name="lead_by_campaign",
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("owner__isnull", False)), fields=["owner"], name="lead_by_owner"
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("part_of__isnull", False)),
                fields=["part_of"],
                name="lead_by_part_of",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(fields=("event_id",), name="one_event"),
        ),
        migrations.AddConstraint(
            model_name="identity",
            constraint=models.UniqueConstraint(fields=("key",), name="one_identity"),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.UniqueConstraint(fields=("lead_id",), name="one_lead"),
        ),
        migrations.AlterField(
            model_name="decision",
            name="version",
            field=models.ForeignKey(
                db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="store.version"
            ),
        ),
        migrations.AlterField(
            model_name="lead",
            name="version",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="store.version",
            ),
        ),
    ]
