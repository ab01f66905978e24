"""Amounts as files write them: 1.234,56 or 1,234.56, with or without a currency sign."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from einig.engine.history.times import Unclear

_SIGNS = re.compile(r"R\$|[€$£¥\s\u00a0\u202f']|\b[A-Z]{3}\b")
_CURRENCY = re.compile(r"R\$|[€$£¥]|\b[A-Z]{3}\b")
_OF_SIGN = {
    "€": ("EUR",),
    "£": ("GBP",),
    "R$": ("BRL",),
    "$": ("USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD"),
    "¥": ("JPY", "CNY"),
}


def read_amounts(
    texts: Sequence[str | None], *, decimal: str | None
) -> tuple[list[float | None], dict[int, str]]:
    """Return the numbers of a column, and by row why others were not read.

    The decimal mark is found out from the column. Raises Unclear if it cannot be: 1.234 alone may
    be more than a thousand or little more than one.
    """
    bare = [None if text is None else _SIGNS.sub("", text) for text in texts]
    mark = decimal or _decimal(bare)
    form = _form(mark)
    found: list[float | None] = [None] * len(bare)
    wrong: dict[int, str] = {}
    for row, text in enumerate(bare):
        if text is None:
            continue
        number = math.nan
        if form.fullmatch(text):
            number = float(text.replace("," if mark == "." else ".", "").replace(mark, "."))
        if math.isfinite(number):
            found[row] = number
        else:
            wrong[row] = f"“{str(texts[row]).strip()}” is no finite number"
    return found, wrong


def currencies_of(texts: Iterable[str | None], *, declared: str | None) -> set[str]:
    """Return the currencies that stand beside amounts.

    Several currencies share a sign: it means the declared one if that is among them.
    """
    signs = {sign for text in texts if text is not None for sign in _CURRENCY.findall(text)}
    meant = (_OF_SIGN.get(sign, (sign,)) for sign in signs)
    return {declared if declared and declared in codes else codes[0] for codes in meant}


def _form(mark: str) -> re.Pattern[str]:
    """Return how a number is written: thousands, if they are marked at all, in groups of three."""
    group, decimal = re.escape("," if mark == "." else "."), re.escape(mark)
    whole = rf"(?:\d{{1,3}}(?:{group}\d{{3}})+|\d{{1,30}})"
    return re.compile(rf"[+-]?{whole}(?:{decimal}\d{{1,30}})?(?:[eE][+-]?\d{{1,3}})?", re.ASCII)


def _decimal(texts: Sequence[str | None]) -> str:
    unsure: int | None = None
    for row, text in enumerate(texts):
        dots, commas = (text or "").count("."), (text or "").count(",")
        if text is None or not dots + commas:
            continue
        if dots and commas:
            return "." if text.rindex(".") > text.rindex(",") else ","
        mark = "." if dots else ","
        if dots + commas > 1:
            return "," if mark == "." else "."
        if not re.search(rf"^[+-]?[1-9]\d{{0,2}}{re.escape(mark)}\d{{3}}$", text, re.ASCII):
            return mark
        unsure = row if unsure is None else unsure
    if unsure is not None:
        message = f"“{texts[unsure]}” may be in thousands or have three decimal places."
        raise Unclear(unsure, message, 'Add decimal: "." or decimal: ",".')
    return "."
