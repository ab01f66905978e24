"""Hand-offs can be put off, people have hours of their own, forms name the privacy notice."""

from django.db import migrations, models

import einig.store.fields


class Migration(migrations.Migration):
    """Four columns."""

    dependencies = [("store", "0003_quicker")]
    operations = [
        migrations.AddField("handoff", "later_at", einig.store.fields.InstantField(null=True)),
        migrations.AddField("organisation", "privacy_url", models.URLField(blank=True, default="")),
        *[
            migrations.AddField(
                "user", name, models.PositiveSmallIntegerField(null=True, blank=True)
            )
            for name in ("opens", "closes")
        ],
    ]
