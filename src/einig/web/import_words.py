"""Imports in words: what a column means, what became of a row, what is wrong with a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from einig.connectors.files import exports
from einig.connectors.words import ATTRIBUTES
from einig.flow import words

SPECIAL: dict[str, Any] = {
    exports.RECORD_ID: gettext_lazy("number of the record there"),
    exports.CREATED_AT: gettext_lazy("lead since"),
    exports.OUTCOME: gettext_lazy("won or lost, in words"),
    exports.IS_WON: gettext_lazy("won: yes"),
    exports.IS_LOST: gettext_lazy("lost: yes"),
    exports.WON_OR_LOST: gettext_lazy("yes: won, no: lost"),
    exports.CLOSED_AT: gettext_lazy("won or lost on"),
    exports.WON_AT: gettext_lazy("won on"),
    exports.LOST_AT: gettext_lazy("lost on"),
    exports.LOST_REASON: gettext_lazy("why it was lost"),
    exports.REVENUE: gettext_lazy("revenue"),
    exports.CURRENCY: gettext_lazy("currency"),
    exports.NO_MAIL: gettext_lazy("objects to mails"),
    exports.NO_CALL: gettext_lazy("objects to calls"),
    exports.ACTIVITY: gettext_lazy("activity"),
    exports.ACTIVITY_AT: gettext_lazy("activity at"),
    exports.OWN: gettext_lazy("attribute of this name"),
}
_ATTRIBUTES: dict[str, Any] = {
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "postal_code": gettext_lazy("postal code"),
    "street": gettext_lazy("street"),
    "state": gettext_lazy("state"),
    "website": gettext_lazy("website"),
    "linkedin": "LinkedIn",
}
STATES: dict[str, Any] = {
    "kept": gettext_lazy("columns to be mapped"),
    "checking": gettext_lazy("being tried out"),
    "checked": gettext_lazy("tried out"),
    "importing": gettext_lazy("being imported"),
    "imported": gettext_lazy("imported"),
    "undoing": gettext_lazy("being taken back"),
    "undone": gettext_lazy("taken back"),
    "cleared": gettext_lazy("file removed"),
}
RESULTS: dict[str, Any] = {
    "new": gettext_lazy("new lead"),
    "joined": gettext_lazy("added to a lead"),
    "unchanged": gettext_lazy("was known already"),
    "aside": gettext_lazy("set aside"),
    "held": gettext_lazy("contact, no lead yet"),
}
_STAYS: dict[str, Any] = {
    "gone": gettext_lazy("taken back"),
    "taken_back": gettext_lazy("taken back; the lead was there before"),
    "worked": gettext_lazy("the lead stays: sales worked it"),
    "outcome": gettext_lazy("the lead stays: somebody wrote down how it ended"),
    "consent": gettext_lazy("the lead stays: it gave a consent"),
    "nurture": gettext_lazy("the lead stays: nurture wrote to it or called it"),
    "merged": gettext_lazy("the lead stays: it is one person with another"),
    "judged": gettext_lazy("the lead stays: it is part of an agreement test"),
    "other_file": gettext_lazy("stays: another file says something of the same lead"),
    "activity": gettext_lazy("the lead stays: it did something since"),
    "facts": gettext_lazy("the lead stays: somebody said something about it"),
}
_REASONS: dict[str, Any] = {
    "cells": gettext_lazy("%s cells instead of %s"),
    "nobody": gettext_lazy("no usable email, phone number, profile or record number"),
    "unreadable": gettext_lazy("“%s” cannot be read as a time or an amount"),
    "erased": gettext_lazy("this person was erased; a file brings nobody back"),
    "won_and_lost": gettext_lazy("won and lost at the same time"),
    "currency": gettext_lazy("an amount in %s, while you count in %s"),
}
_PROBLEMS: dict[str, Any] = {
    "empty": gettext_lazy("The file is empty."),
    "only_header": gettext_lazy("The file has columns, but no rows."),
    "no_header": gettext_lazy(
        "The first row holds an address. Write the names of the columns above."
    ),
    "too_large": gettext_lazy("The file is larger than %s MB. Split it, then bring the parts."),
    "too_much": gettext_lazy(
        "Reading the file takes more memory or time than a table needs. Save it as CSV."
    ),
    "bomb": gettext_lazy(
        "Unpacked, the file would be %s MB. No table is packed like that; save it as CSV."
    ),
    "long_line": gettext_lazy("A line of the file is longer than %s MB. That is no table."),
    "long_cell": gettext_lazy(
        "A cell in row %s is longer than %s characters. Shorten it, then try again."
    ),
    "many_columns": gettext_lazy(
        "The file has %s columns; %s can be read. Leave out those you do not need."
    ),
    "many_rows": gettext_lazy("The file has more than %s rows. Split it, then bring the parts."),
    "broken_quotes": gettext_lazy(
        "This is no CSV file: a quotation mark near line %s is never closed."
    ),
    "broken_archive": gettext_lazy("The file is damaged. Save it again as XLSX or CSV."),
    "broken_sheet": gettext_lazy("The sheet cannot be read (%s). Save it as CSV, then try again."),
    "other_archive": gettext_lazy(
        "This is an archive, not a table. Unpack it, and bring the file inside."
    ),
    "encrypted": gettext_lazy(
        "The file is protected by a password. Save it without one, then try again."
    ),
    "instructions": gettext_lazy(
        "The file holds instructions that no spreadsheet writes; nothing was read. Save it as CSV."
    ),
    "other_kind": gettext_lazy("This is a file of kind %s, not a table. Bring CSV, XLSX or vCard."),
    "binary": gettext_lazy("This is no text. Bring CSV, XLSX or vCard."),
    "markup": gettext_lazy(
        "This is a web page or XML, whatever its name says. Save it as XLSX or CSV."
    ),
    "json": gettext_lazy("This is JSON. Bring CSV, XLSX or vCard, or send it to the REST API."),
    "dates": gettext_lazy(
        "In the column %s, “%s” may begin with the day or with the month. Say which."
    ),
    "decimal": gettext_lazy(
        "In the column %s, “%s” may be in thousands or have decimal places. Say which."
    ),
    "no_time": gettext_lazy("The column %s holds no times, such as “%s”. Say what else it means."),
    "our_mistake": gettext_lazy(
        "We made a mistake (%s). What was written stays and can be taken back."
    ),
    "died": gettext_lazy(
        "It ended before it was done. What was written stays and can be taken back."
    ),
}


def meanings() -> list[tuple[str, str]]:
    """Return what a column can mean, by code, in the order in which it is offered."""
    said = [(code, _meaning(code)) for code in ATTRIBUTES]
    return said + [(code, str(label)) for code, label in SPECIAL.items()]


def reason(of: Sequence[Any]) -> str:
    """Return in a few words why a row was set aside; empty if it was not."""
    return _filled(_REASONS, of) if of else ""


def problem(of: Sequence[Any]) -> str:
    """Return in sentences what is wrong with a file; empty if nothing is."""
    return _filled(_PROBLEMS, of) if of else ""


def stays(code: str) -> str:
    """Return what became of a row when its import was taken back."""
    return str(_STAYS.get(code, ""))


def joins(told: str) -> str:
    """Return whom a row would join: a lead by its id, or an earlier row."""
    return _("row %s") % told if told.isdecimal() else told


def _meaning(code: str) -> str:
    return str(_ATTRIBUTES.get(code) or words.attribute(code))


def _filled(texts: dict[str, Any], of: Sequence[Any]) -> str:
    code, *figures = of
    text = str(texts[code])
    return text % tuple(figures[: text.count("%s")])
