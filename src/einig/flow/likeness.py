"""Likeness: what speaks for it that two leads are one person, and who probably is.

Nobody is merged by it. Whoever decides sees both side by side: what agrees, and what differs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from einig.engine import names
from einig.engine.values import fold
from einig.flow import contact, duplicates, one_person
from einig.store.models import Alike, ContactDetail, Fact, Lead

MOST = 5  # that a page shows
_COLLEAGUES = 300  # of a company, of whom names are compared
WAYS = tuple(ContactDetail.Kind.values)
_SAID = frozenset({"name", "first_name", "last_name", "company", "title"}) | contact.NAMES


@dataclass
class Sight:
    """A person as it is compared: by all the leads that it is now."""

    lead: Lead
    ways: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return the name as it is compared; empty where there is none."""
        return names.person(self.lead.name)

    @property
    def domains(self) -> set[str]:
        """Return the domains of companies by which it is reached."""
        mails = self.ways[ContactDetail.Kind.EMAIL]
        return {domain for mail in mails if (domain := contact.domain_of(mail))}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing said of two leads; `agrees` is None where one of them says nothing."""

    what: str
    one: str
    other: str
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Likely:
    """Somebody who is probably the same person, and what speaks for it."""

    lead: Lead
    evidence: tuple[str, ...]


def evidence(one: Sight, other: Sight) -> tuple[str, ...]:
    """Return in words of the code what speaks for it that two are one person."""
    shared = [way for way in WAYS if one.ways[way].keys() & other.ways[way].keys()]
    found = ["name"] if one.name and one.name == other.name else []
    if _same_company(one, other):
        found.append("company")
    elif one.domains & other.domains:
        found.append("domain")
    return (*shared, *found)


def probably(lead: Lead) -> list[Likely]:
    """Return who is probably the same person as a lead, the most certain first.

    Colleagues share a company and its number: a name has to be the same too, or unknown.
    """
    mine = one_person.everything(lead)
    whole, own = mine[0], {of.id for of in mine}
    details = ContactDetail.objects.filter(lead__in=mine)
    shared = Q()
    for kind, normal in details.values_list("kind", "normal"):
        shared |= Q(kind=kind, normal=normal)
    found: set[int] = set()
    if shared:
        reached = ContactDetail.objects.filter(shared).exclude(lead__in=own)
        found |= set(reached.values_list("lead_id", flat=True)[:_COLLEAGUES])
    if whole.company_id is not None and (called := names.person(whole.name)):
        others = Lead.objects.whole().filter(company=whole.company_id).exclude(id__in=own)
        at_most = others.order_by("-id").values_list("id", "name")[:_COLLEAGUES]
        found |= {id_ for id_, name in at_most if names.person(name) == called}
    found |= (searched := _searched(whole)).keys()
    if not (found := found - duplicates.apart_from(whole)):
        return []
    leads = Lead.objects.filter(id__in=found).select_related("company", "part_of__company")
    wholes = {of.id: of for of in map(one_person.now, leads)}
    seen = {of.lead.id: of for of in sights([whole, *wholes.values()])}
    likely = []
    for id_ in wholes:
        speaks = evidence(seen[whole.id], seen[id_])
        if id_ in searched or _speaks(speaks, seen[whole.id], seen[id_]):
            nearly = (code for code in searched.get(id_, ()) if code.startswith("~"))
            likely.append(Likely(seen[id_].lead, (*speaks, *nearly)))
    return sorted(likely, key=lambda of: (-len(of.evidence), of.lead.id))[:MOST]


def _searched(lead: Lead) -> dict[int, list[str]]:
    """Return whom a search through all leads found to be probably the same, and why."""
    pairs = Alike.objects.filter(Q(one=lead) | Q(other=lead), apart_at=None)
    told = pairs.values_list("one_id", "other_id", "evidence")
    return {other if one == lead.id else one: why for one, other, why in told}


def compare(one: Lead, other: Lead) -> tuple[list[Row], tuple[str, ...]]:
    """Return two leads side by side, and what speaks for it that they are one person."""
    left, right = sights([one, other])
    rows = [
        _row("name", left.lead.name, right.lead.name, left.name == right.name),
        _row("title", left.lead.title, right.lead.title),
        _row(
            "company",
            str(left.lead.company or ""),
            str(right.lead.company or ""),
            _same_company(left, right),
        ),
    ]
    for way in WAYS:
        mine, theirs = left.ways[way], right.ways[way]
        shown = (", ".join(mine.values()), ", ".join(theirs.values()))
        rows.append(_row(way, *shown, bool(mine.keys() & theirs.keys())))
    for name in sorted(left.facts.keys() | right.facts.keys()):
        rows.append(_row(name, left.facts.get(name, ""), right.facts.get(name, "")))
    return [row for row in rows if row.one or row.other], evidence(left, right)


def sights(leads: Sequence[Lead]) -> list[Sight]:
    """Return leads as they are compared, each with all that is one person with it."""
    whole_of = {of.id: lead.id for lead in leads for of in one_person.everything(lead)}
    found = {lead.id: Sight(lead) for lead in leads}
    details = ContactDetail.objects.filter(lead__in=whole_of).order_by("id")
    for lead, kind, normal, value in details.values_list("lead_id", "kind", "normal", "value"):
        found[whole_of[lead]].ways[kind].setdefault(normal, value)
    facts = Fact.objects.filter(identity__lead__in=whole_of)
    told = facts.order_by("known_from", "sequence", "id")
    for lead, name, said in told.values_list("identity__lead_id", "attribute", "value"):
        if fold(name) not in _SAID:
            found[whole_of[lead]].facts[fold(name)] = said or ""
    return [found[lead.id] for lead in leads]


def _row(what: str, one: str, other: str, agrees: bool | None = None) -> Row:
    if not one or not other:
        return Row(what, one, other, None)
    return Row(what, one, other, fold(one) == fold(other) if agrees is None else agrees)


def _same_company(one: Sight, other: Sight) -> bool:
    left, right = one.lead.company, other.lead.company
    if left is None or right is None:
        return False
    return left == right or names.company(left.name) == names.company(right.name)


def _speaks(found: tuple[str, ...], one: Sight, other: Sight) -> bool:
    if {"email", "social"} & set(found):
        return True
    if "phone" in found:
        return "name" in found or not (one.name and other.name)
    return "name" in found and bool({"company", "domain"} & set(found))
