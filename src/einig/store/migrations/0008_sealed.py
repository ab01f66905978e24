"""The moment that both sign for, and seals for what was signed before there were any.

The triggers that protect what was signed are set after every migration: see `store.guards`.
"""

from collections.abc import Iterator
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import einig.store.fields
from einig.engine.agreement.seal import seal_hash, text_hash

_SIGNED, _ENACTED = "signed", "enacted"


def seal(apps: Any, _schema_editor: Any) -> None:
    """Keep every text that was signed, and seal what happened, in its order."""
    texts, seals = (apps.get_model("store", name).objects for name in ("SignedText", "Seal"))
    steps = [step for version in _versions(apps) for step in _steps(version)]
    previous = ""
    for number, (_at, kind, version, said) in enumerate(sorted(steps, key=lambda s: s[0]), 1):
        digest = text_hash(version.text)
        told = said | {
            "version": version.number,
            "content_hash": version.content_hash,
            "text_hash": digest,
            "sealed_later": True,
        }
        texts.get_or_create(
            text_hash=digest, defaults={"content_hash": version.content_hash, "text": version.text}
        )
        made = seal_hash(previous=previous, number=number, kind=kind, said=told)
        seals.create(
            number=number,
            kind=kind,
            version=version.number,
            said=told,
            previous=previous,
            hash=made,
        )
        previous = made


def _versions(apps: Any) -> Any:
    versions = apps.get_model("store", "Version").objects.order_by("number")
    return versions.prefetch_related("signatures")


def _steps(version: Any) -> Iterator[tuple[tuple[int, int], str, Any, dict[str, Any]]]:
    """Yield what happened to a version: when, what, of which, and what was said."""
    given = sorted(version.signatures.all(), key=lambda of: (of.at, of.id))
    since = version.in_force_from
    for of in given:
        said = {"side": of.side, "name": of.by_name, "at": of.at, "in_force_from": since}
        yield (of.at, 0), _SIGNED, version, said
    if since is not None:
        at = given[-1].at if given else since
        yield (at, 1), _ENACTED, version, {"at": at, "in_force_from": since}


class Migration(migrations.Migration):
    """One column, and rows."""

    dependencies = [("store", "0007_agreeing")]
    operations = [
        migrations.AddField(
            model_name="version",
            name="begins_at",
            field=einig.store.fields.InstantField(null=True),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
