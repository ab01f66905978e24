"""Labels of rows as people read them: ranges with the decimals of the language, and other words.

An agreement writes `<12.5`, `any number` or `otherwise`; people are shown `<12,5`, `jede Zahl` and
*alles andere*.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from einig.engine.learning.german import is_german

_ROWS = {
    "unknown": ("not known", "nicht bekannt"),
    "otherwise": ("anything else", "alles andere"),
    "any number": ("any number", "jede Zahl"),
}
_DERIVED = {
    "top management": ("top management", "Geschäftsleitung"),
    "head": ("head of a department", "Leitung einer Abteilung"),
    "manager": ("manager", "Management"),
    "other": ("other", "andere"),
    "IT": ("IT", "IT"),
    "purchasing": ("purchasing", "Einkauf"),
    "production": ("production", "Produktion"),
    "engineering": ("engineering", "Technik und Entwicklung"),
    "finance": ("finance", "Finanzen"),
    "sales and marketing": ("sales and marketing", "Vertrieb und Marketing"),
    "people": ("human resources", "Personal"),
    "management": ("management", "Unternehmensleitung"),
}
_DERIVED_COLUMNS = ("seniority", "function")
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")


def shown(column: str, label: str, language: str, *, numeric: Collection[str]) -> str:
    """Return the label of a value, or of a range if the column is one of the `numeric` ones."""
    german = is_german(language)
    if label in _ROWS:
        return _ROWS[label][german]
    if column in numeric:
        return _DECIMAL.sub(",", label).replace(" to ", " bis ") if german else label
    if column in _DERIVED_COLUMNS and label in _DERIVED:
        return _DERIVED[label][german]
    return label


def written(of: Mapping[str, Mapping[str, str]], column: str, label: str) -> str:
    """Return a value as people write it; what is no value stays as it is."""
    return of.get(column, {}).get(label, label)
