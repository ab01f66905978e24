"""Suppression: who was erased is recognised by a keyed hash, so that a re-import revives nobody.

The key is that of the installation (`EINIG_SECRET_KEY`): without it nobody can try out addresses on
the list. The list is kept beside the store too, in EINIG_HOME, so that a backup from before an
erasure can be restored and erases the same people again.

What people do themselves, like filling in a form once more, is a new request and is kept.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.utils.crypto import salted_hmac

from einig.store import rows
from einig.store.models import ContactDetail, Source, Suppression
from einig.store.models.sources import Kind

log = logging.getLogger(__name__)
OWN_REQUESTS = frozenset({Kind.FORM, Kind.PHONE, Kind.SENDER})
_SALT = "einig.suppression"
Known = tuple[str, str]  # a kind, like email or identity, and its normal form


def file() -> Path:
    """Return where the list is kept beside the store."""
    return Path(settings.HOME) / "erased.jsonl"


def key() -> str:
    """Return what tells the key of this installation from others; it gives nothing away."""
    return salted_hmac(_SALT, "which key", algorithm="sha256").hexdigest()[:8]


def hashed(known: Known) -> str:
    """Return the keyed hash of what somebody could be known by."""
    return salted_hmac(_SALT, "\n".join(known), algorithm="sha256").hexdigest()


def add(known: Iterable[Known], *, at: int) -> None:
    """Put somebody on the list."""
    for one in known:
        of, new = Suppression.objects.get_or_create(
            kind=one[0], hash=hashed(one), defaults={"key": key(), "at": at}
        )
        if not new:
            Suppression.objects.filter(id=of.id).update(at=at)


def keeps_out(known: Iterable[Known], *, source: Source | None, arrived: int) -> bool:
    """Return whether what arrives would only bring somebody back who was erased.

    Colleagues share a number: it tells who somebody is only where nothing else does. What arrived
    before the erasure is kept out whatever it is.
    """
    told = list(known)
    own = [one for one in told if one[0] != ContactDetail.Kind.PHONE] or told
    if not own:
        return False
    found = rows.suppressed([(kind, hashed((kind, of))) for kind, of in own])
    if source is not None and source.kind in OWN_REQUESTS:
        found = [(id_, at) for id_, at in found if at >= arrived]
    if found:
        kept_out = Suppression.objects.filter(id__in=[id_ for id_, _ in found])
        kept_out.update(kept_out=F("kept_out") + 1)
    return bool(found)


def listed(known: Iterable[Known]) -> set[Known]:
    """Return what of it is on the list: whoever brings it in a file would bring somebody back."""
    told = {hashed(one): one for one in known} if Suppression.objects.exists() else {}
    hashes, found = list(told), set[Known]()
    for n in range(0, len(hashes), 400):
        some = Suppression.objects.filter(hash__in=hashes[n : n + 400])
        found |= {told[of] for of in some.values_list("hash", flat=True)}
    return found


def other_keys() -> int:
    """Return how many entries nobody can be recognised by any more, since the key is another."""
    return Suppression.objects.exclude(key=key()).count()


def write_beside() -> None:
    """Write the whole list beside the store, for whoever restores a backup."""
    target = file()
    target.parent.mkdir(parents=True, exist_ok=True)
    rows = Suppression.objects.order_by("id").values_list("kind", "hash", "key", "at")
    lines = [json.dumps(dict(zip(("kind", "hash", "key", "at"), row, strict=True))) for row in rows]
    fresh = target.with_suffix(".new")
    made = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(made, "w", encoding="ascii") as out:
        out.write("".join(f"{line}\n" for line in lines))
    fresh.replace(target)


def read_beside(of: Path) -> int:
    """Take over a list from beside a store; return how many entries were not known here."""
    rows = [Suppression(**row) for row in _rows(of)]
    before = Suppression.objects.count()
    Suppression.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return Suppression.objects.count() - before


def _rows(of: Path) -> Iterator[dict[str, str]]:
    for number, line in enumerate(of.read_text(encoding="ascii").splitlines(), 1):
        try:
            told = json.loads(line)
            yield {name: told[name] for name in ("kind", "hash", "key", "at")}
        except (ValueError, KeyError, TypeError):
            log.warning("line %d of %s cannot be read", number, of)
