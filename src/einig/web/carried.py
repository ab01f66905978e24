"""What was typed into a form after its session had ended, carried through signing in.

It is signed, so that nobody can put words into somebody's mouth; it is sent only by a click, and
only by the person whose form it was, as its slip says. Files are not carried: no page holds them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest

from einig.web import slip

_SALT, _AGE = "einig.carried", 24 * 3600


@dataclass(frozen=True, slots=True)
class Carried:
    """Whose it is, where it was to be sent, and the fields with their values."""

    user: int
    path: str
    fields: list[tuple[str, str]]


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was typed into a form; a password is typed again."""
    kept = (name for name in request.POST if name not in slip.OF_FORMS and "password" not in name)
    lists = [(name, request.POST.getlist(name)) for name in kept]
    return [(name, value) for name, values in lists for value in values]


def carry(request: HttpRequest) -> str:
    """Return what was typed as signed text; empty if nobody can say whose form it was."""
    given = slip.of(request)
    if given is None or not given.user:
        return ""
    said = [given.user, request.get_full_path(), typed(request)]
    return signing.dumps(said, salt=_SALT, compress=True)


def read(text: str) -> Carried | None:
    """Return what was carried; None if it is not ours, or too old."""
    try:
        user, path, fields = signing.loads(text, salt=_SALT, max_age=_AGE)
    except (signing.BadSignature, ValueError):
        return None
    return Carried(user, path, [(name, value) for name, value in fields])
