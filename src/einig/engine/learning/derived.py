"""Derived columns: what a job title and a postal code say beyond themselves, for the table only.

An agreement cannot give points for them, so a card never uses them; a person who reads which leads
close more often thinks in functions, seniority and regions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from einig.engine.learning.examples import BLANK, Codes, Column

TITLES = frozenset({"title", "job title", "job_title", "position", "jobtitle", "titel", "rolle"})
CODES = frozenset({"zip", "plz", "postcode", "postal code", "postal_code", "postleitzahl"})

_SENIORITY = (
    ("top management", r"geschäftsf|vorstand|inhaber|gründer|\bceo\b|\bc[a-z]o\b|owner|founder"),
    ("head", r"leit|\bhead\b|director|direktor|\bvp\b|vice president|prokurist"),
    ("manager", r"manager|teamlead|supervisor|meister"),
)
_FUNCTION = (
    ("IT", r"\bit\b|\bedv\b|software|informatik|\bcio\b|\bcto\b|system"),
    ("purchasing", r"einkauf|beschaffung|purchas|procurement"),
    ("production", r"produktion|fertigung|werk|production|operations|betrieb|\bcoo\b|logisti"),
    ("engineering", r"entwickl|konstrukt|technik|technisch|engineer|\br&d\b"),
    ("finance", r"finan|controlling|buchhalt|\bcfo\b|account"),
    ("sales and marketing", r"vertrieb|verkauf|sales|marketing|\bcmo\b"),
    ("people", r"personal|\bhr\b|human resources"),
    ("management", r"geschäftsf|vorstand|inhaber|gründer|\bceo\b|owner|founder"),
)
_POSTAL = re.compile(r"(?:(?:d|de|a|at|ch)[- ])?(\d{4,5})")


def derived(columns: Iterable[Column]) -> Iterator[Column]:
    """Yield seniority and function of titles, and the area of postal codes (their first digits)."""
    for column in columns:
        name = column.name.casefold()
        if name in TITLES:
            yield _mapped(column, "seniority", lambda text: _first(_SENIORITY, text))
            yield _mapped(column, "function", lambda text: _first(_FUNCTION, text))
        elif name in CODES:
            yield _mapped(column, "postal code area", _area)


def _first(kinds: tuple[tuple[str, str], ...], text: str) -> str:
    return next((kind for kind, pattern in kinds if re.search(pattern, text)), "other")


def _area(text: str) -> str | None:
    """Return the first two digits of a German postal code, the first of one with four digits."""
    found = _POSTAL.fullmatch(text.strip())
    if found is None:
        return None
    code = found[1]
    return f"{code[:2]}xxx" if len(code) == 5 else f"{code[0]}xxx"


def _mapped(column: Column, name: str, means: Callable[[str], str | None]) -> Column:
    said = [means(level) for level in column.levels]
    levels = tuple(dict.fromkeys(of for of in said if of is not None))
    place = {of: code for code, of in enumerate(levels)}
    table = np.array([*(BLANK if of is None else place[of] for of in said), BLANK], np.int32)
    codes: Codes = table[column.codes]
    numbers = np.full(len(codes), np.nan)
    return Column(name, codes, levels, numbers, assumed_known=column.assumed_known)
