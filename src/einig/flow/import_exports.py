"""Leads back as a file, in the columns of an export that the import knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from einig.connectors.files import exports
from einig.engine.instants import moment
from einig.flow.organisation import organisation
from einig.store.models import Consent, ContactDetail, Fact, Lead, Outcome

_AT_ONCE = 200
_GERMAN = exports.GERMAN_EXCEL.kind
_WON = {_GERMAN: "gewonnen", exports.HUBSPOT_CONTACTS.kind: "customer"}
_LOST = {_GERMAN: "verloren", exports.HUBSPOT_CONTACTS.kind: "other"}  # it has no word for it
# what is written, in this order, where an export has a column of that meaning
_WRITTEN = (
    exports.RECORD_ID, "first_name", "last_name", "name", "title", "company", "email", "phone",
    "source", "industry", "employees", "street", "postal_code", "city", "state", "country",
    exports.CREATED_AT, exports.OUTCOME, exports.IS_WON, exports.CLOSED_AT, exports.WON_AT,
    exports.LOST_AT, exports.LOST_REASON, exports.REVENUE, exports.CURRENCY, exports.NO_MAIL,
    exports.NO_CALL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of an export as they are written: what each is called, and what it means."""

    names: tuple[str, ...]
    meanings: tuple[str, ...]


def columns_of(kind: str) -> Columns:
    """Return the columns of an export: for each meaning the first name that it has there."""
    export = exports.EXPORTS[kind]
    first: dict[str, str] = {}
    for name, meaning in export.columns.items():
        first.setdefault(meaning, name)
    found = [(first[meaning], meaning) for meaning in _WRITTEN if meaning in first]
    marks = export.marks[0]
    found += [(name, "") for name in marks if name not in {name for name, _ in found}]
    return Columns(tuple(name for name, _ in found), tuple(meaning for _, meaning in found))


def rows(leads: QuerySet[Lead], kind: str) -> Iterator[list[str]]:
    """Yield a row for each lead, in the columns of an export."""
    meanings = columns_of(kind).meanings
    every = leads.select_related("company").iterator(_AT_ONCE)
    while some := list(islice(every, _AT_ONCE)):
        for said in _said(some, kind):
            yield [said.get(meaning, "") for meaning in meanings]


def _said(leads: Sequence[Lead], kind: str) -> Iterator[Mapping[str, str]]:
    """Yield by meaning what is known of each lead."""
    is_german = kind == _GERMAN
    ids = [lead.id for lead in leads]
    facts: dict[int, dict[str, str]] = {id_: {} for id_ in ids}
    told = Fact.objects.filter(identity__lead__in=ids).order_by("known_from", "sequence", "id")
    for whose, name, value in told.values_list("identity__lead_id", "attribute", "value"):
        if whose is not None:
            facts[whose][name.casefold()] = value or ""
    details: dict[int, dict[str, str]] = {id_: {} for id_ in ids}
    found = ContactDetail.objects.filter(lead__in=ids).order_by("id")
    for id_, way, value in found.values_list("lead_id", "kind", "value"):
        details[id_].setdefault(way, value)
    outcomes = {of.lead_id: of for of in Outcome.objects.filter(lead__in=ids).order_by("at", "id")}
    ended = Consent.objects.filter(lead__in=ids, withdrawn_at__isnull=False)
    objections = set(ended.values_list("lead_id", "purpose"))
    held = Consent.objects.filter(lead__in=ids, withdrawn_at=None)
    objections -= set(held.values_list("lead_id", "purpose"))
    for lead in leads:
        yield (
            facts[lead.id]
            | {name: value for name, value in details[lead.id].items() if value}
            | _names(lead, facts[lead.id])
            | _ended(outcomes.get(lead.id), kind)
            | {
                exports.RECORD_ID: lead.lead_id,
                "title": lead.title,
                "company": str(lead.company or ""),
                exports.CREATED_AT: _time(lead.created_at, is_german),
                exports.NO_MAIL: _yes((lead.id, "mail") in objections, is_german),
                exports.NO_CALL: _yes((lead.id, "phone") in objections, is_german),
            }
        )


def _names(lead: Lead, facts: Mapping[str, str]) -> dict[str, str]:
    first, last = facts.get("first_name", ""), facts.get("last_name", "")
    if not (first or last) and lead.name:
        first, _, last = lead.name.rpartition(" ")
    return {"name": lead.name, "first_name": first, "last_name": last}


def _ended(of: Outcome | None, kind: str) -> dict[str, str]:
    if of is None:
        return {}
    is_german = kind == _GERMAN
    word = {True: _WON, False: _LOST}[of.won].get(kind, "won" if of.won else "lost")
    at = _time(of.at, is_german)
    revenue = "" if of.revenue is None else f"{of.revenue:.2f}"
    return {
        exports.OUTCOME: word,
        exports.IS_WON: _yes(of.won, is_german),
        exports.CLOSED_AT: at,
        exports.WON_AT if of.won else exports.LOST_AT: at,
        exports.LOST_REASON: of.reason,
        exports.REVENUE: revenue.replace(".", ",") if is_german else revenue,
        exports.CURRENCY: of.currency if revenue else "",
    }


def _time(at: int, is_german: bool) -> str:
    local = moment(at).astimezone(ZoneInfo(organisation().zone))
    return f"{local:%d.%m.%Y %H:%M:%S}" if is_german else f"{local:%Y-%m-%d %H:%M:%S}"


def _yes(is_so: bool, is_german: bool) -> str:
    return ("ja" if is_german else "true") if is_so else ""
