"""What is wrong with a document, in the language of whoever reads it."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext

from einig.engine.document import Issue, Said


def in_words(of: str | int) -> str:
    """Return a sentence of the engine in the language of the page, with all that stands in it."""
    match of:
        case Said():
            told = gettext(of.template)
            values = {name: in_words(value) for name, value in of.values.items()}
            return told % values if values else told
        case int():
            return number_format(of, force_grouping=True)
    return of


def told(issue: Issue) -> str:
    """Return what is wrong, and what to write instead."""
    return f"{in_words(issue.message)} {in_words(issue.remedy)}".strip()
