"""What two values have in common: the form in which text and numbers are compared.

Every value of a fact or of an activity's property has a *text* form and, where it reads as a
number, a *number* form; where it is itself written as a range, it has the *low* end of that range.
All are made here, once, at the door of a history, so that every executor compares the same thing.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from einig.engine.ranges import read_range

_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it is compared: folded text, and what the text reads as, if anything.

    That is a number, or a range with its lower end (minus infinity for `<10`); never both.
    """

    text: str
    number: float | None = None
    low: float | None = None

    @property
    def size(self) -> float | None:
        """Return what counts where numbers are compared by size: a range by its lower end."""
        return self.low if self.number is None else self.number


def tidy(text: str) -> str:
    """Return text as it is kept and shown: Unicode NFC, without white space at its ends."""
    return unicodedata.normalize("NFC", text).strip()


def legible(text: str) -> str:
    """Return text without what no database keeps and no page shows: control characters.

    Any other white space than line breaks and tabs becomes a space.
    """
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    odd = (c for c in set(text) if not c.isprintable() and c not in "\n\t")
    return text.translate({ord(c): " " if c.isspace() else None for c in odd})


def fold(text: str) -> str:
    """Return text as it is compared: tidied and case-folded (``Straße`` equals ``STRASSE``)."""
    return unicodedata.normalize("NFC", tidy(text).casefold())


def number(text: str) -> float | None:
    """Return the finite number that text reads as (``-3``, ``1.5``, ``2e3``), or None."""
    if _NUMBER.fullmatch(text) is None:
        return None
    read = float(text)
    return read if math.isfinite(read) else None


def lower_end(text: str) -> float | None:
    """Return the lower end of the range that text writes (`50-249`, `1000+`, `<10`), or None.

    What ends before it begins, like the month `2026-03`, is no range.
    """
    written = read_range(text)
    return None if written is None or written.upside_down else float(written.low)


def value(text: str | None) -> Value | None:
    """Return the comparable value of text; None (blank) for None and for empty text."""
    folded = fold(text) if text is not None else ""
    if not folded:
        return None
    read = number(folded)
    return Value(folded, read, lower_end(folded) if read is None else None)


def plain(given: str | float | bool | None) -> str | None:
    """Return a value from code or JSON as text: ``True`` is ``true``, ``5.0`` is ``5``."""
    match given:
        case None | str():
            return given
        case bool():
            return "true" if given else "false"
        case int():
            return str(given)
        case float() if not math.isfinite(given):
            return None
        case float() if given.is_integer() and abs(given) < 1e15:
            return str(int(given))
    return repr(given)
