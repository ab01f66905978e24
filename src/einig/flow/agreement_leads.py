"""The leads of an agreement test: drawn so that they teach most, and shown without who they are.

Each lead is told as of an instant at which nobody could know what became of it: when sales got it,
or, if it never did, at an age that one of those had. So neither the age nor what is shown of times
says whether it was handed over. Most of those drawn are borderline by the version in force; without
one they are as different as the store has them. What would tell who somebody is (names, addresses,
free text) is never shown, nor what was decided about the lead (stage, owner, score, outcome).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Min

from einig.engine.agreement.model import All, AtLeast, HasIntent, Rule
from einig.engine.agreement.model import Any as Either
from einig.engine.instants import DAY
from einig.engine.scoring import LeadHistory, State, state_at
from einig.engine.scoring.lead import Activity
from einig.engine.shares import place
from einig.engine.values import fold
from einig.flow import scoring
from einig.flow.scoring import InForce
from einig.store.models import Handoff, Lead, Outcome, Sample

WANTED, FEWEST = 20, 5
AFTER = 14 * DAY  # the oldest that leads are when judged, where sales never got any
_NEWEST = 20_000  # leads that are looked at
_A_KIND = 60  # leads of a kind (handed over or not, decided or not) that are looked at closely
_WISHES = {"sure yes": 4, "sure no": 4, "borderline, decided": 6, "borderline, open": 6}

_WHO = """
name vorname nachname firstname lastname fullname surname salutation anrede user username email
emails mail mails phone telefon telephone tel mobile mobil handy fax social linkedin xing twitter
facebook instagram company firma unternehmen organisation organization website webseite url domain
address adresse anschrift street strasse birthday birthdate geburtsdatum geburtstag iban ip id uuid
avatar photo foto message nachricht note notes notiz notizen comment comments kommentar bemerkung
text contact kontakt
"""
_JUDGED = """
stage phase status owner besitzer inhaber assigned zuständig score rating grade bewertung outcome
ergebnis won lost gewonnen verloren reason grund deal revenue umsatz merged relation profiling
qualified qualifiziert sql mql
"""
_HIDDEN = frozenset(map(fold, (_WHO + _JUDGED).split()))
_TELLING = frozenset(
    {"path", "title", "topic", "product", "plan", "webinar", "event", "whitepaper"}
)
_CONTACT = re.compile(r"@|://|\bwww\.|\+?\d(?:[\s/().-]*\d){7,}")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A lead of a test: as of when, with which probability, and what is shown of it."""

    lead_id: int
    as_of: int
    probability: float
    shown: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Candidate:
    lead: Lead
    as_of: int
    decided: bool
    looked_at: float  # share of its kind that was looked at
    shown: dict[str, Any]
    margin: float | None  # how clearly it is sales-ready, below 0 that it is not


def draw(*, name: str, at: int) -> list[Drawn]:
    """Return the leads for a test of this name, in the order in which they are judged.

    Leads that nobody has judged in an earlier test come first. Fewer than WANTED are all that
    there are.
    """
    candidates = _candidates(name, at)
    judged = set(Sample.objects.values_list("lead_id", flat=True))
    fresh = [each for each in candidates if each.lead.id not in judged]
    strata = _strata(fresh if len(fresh) >= WANTED else candidates)
    taken = _allotted({key: len(of) for key, of in strata.items()})
    drawn: list[tuple[int, Drawn]] = []
    for key, of in sorted(strata.items()):
        of.sort(key=lambda each: _place(each.lead, name))
        for each in of[: taken[key]]:
            chance = each.looked_at * taken[key] / len(of)
            told = Drawn(each.lead.id, each.as_of, chance, each.shown)
            drawn.append((_place(each.lead, f"{name}, order"), told))
    return [told for _, told in sorted(drawn, key=lambda of: of[0])]


def shown_of(history: LeadHistory, as_of: int) -> dict[str, Any]:
    """Return what is shown of a lead: what it is, and what it did how often.

    Times are days before the last thing it did: nobody finds the lead by its dates, and nobody sees
    how soon after that the instant is. Right after it most leads are handed over.
    """
    facts = {fact.attribute: fact.shown for fact in history.facts if fact.at <= as_of}
    by_type: dict[str, list[Activity]] = defaultdict(list)
    for activity in history.activities:
        if activity.start <= as_of < activity.until and not activity.member:
            by_type[activity.type].append(activity)
    last = max((each.at for of in by_type.values() for each in of), default=as_of)
    did = [_did(kind, of, last) for kind, of in by_type.items()]
    return {
        "facts": [[n, v.strip()] for n, v in sorted(facts.items()) if v and may_show(n, v)],
        "did": sorted(did, key=lambda of: (of["ago"], of["type"])),
    }


def may_show(attribute: str, value: str = "") -> bool:
    """Return whether an attribute tells what somebody is like, and not who it is or was judged."""
    words = set(re.split(r"[^\w]+|_", fold(attribute)))
    if words & _HIDDEN or len(value) > 80:
        return False
    return _CONTACT.search(value) is None


def _did(kind: str, of: Sequence[Activity], last: int) -> dict[str, Any]:
    details = Counter(
        value.text.partition("?")[0]
        for activity in of
        for name, value in activity.properties.items()
        if name in _TELLING and may_show("", value.text)
    )
    return {
        "type": kind,
        "times": len(of),
        "ago": (last - max(activity.at for activity in of)) // DAY,
        "with": [text for text, _ in details.most_common(3)],
    }


# --- who could be drawn -----------------------------------------------------------------------


def _candidates(name: str, at: int) -> list[_Candidate]:
    sales = Handoff.objects.filter(kind=Handoff.Kind.SALES)
    handed = _first(sales.values_list("lead").annotate(at=Min("opened_at")))
    decided = _first(Outcome.objects.values_list("lead").annotate(at=Min("at")))
    kinds: dict[tuple[bool, bool], list[tuple[Lead, int]]] = defaultdict(list)
    newest = list(Lead.objects.whole().order_by("-created_at", "-id")[:_NEWEST])
    told = moments(newest, handed=handed, decided=decided, name=name, at=at)
    for lead in newest:
        if lead.id in told:
            kinds[lead.id in handed, lead.id in decided].append((lead, told[lead.id]))
    version = scoring.in_force(at, scoring.timeline())
    found: list[_Candidate] = []
    for (_, is_decided), leads in sorted(kinds.items()):
        leads.sort(key=lambda of: _place(of[0], f"{name}, looked at"))
        share = min(1.0, _A_KIND / len(leads))
        for lead, as_of in leads[:_A_KIND]:
            history = scoring.lead_history(lead)
            shown = shown_of(history, as_of)
            if (shown["facts"] or shown["did"]) and not _objected(history):
                margin = _margin(version, history, as_of)
                found.append(_Candidate(lead, as_of, is_decided, share, shown, margin))
    return found


def moments(
    leads: Sequence[Lead],
    *,
    handed: Mapping[int, int],
    decided: Mapping[int, int],
    name: str,
    at: int,
) -> dict[int, int]:
    """Return by lead as of when it is told, never later than it was decided or sales had it.

    Whom sales never had is as old as one of those that it had, drawn by the lead's id. Without any
    of that age, or where a lead was decided before it was known, there is no such instant.
    """
    until = {lead.id: min(decided.get(lead.id, at) - 1, at) for lead in leads}
    room = {lead.id: until[lead.id] - lead.created_at for lead in leads}
    own = {
        lead.id: min(handed[lead.id] - lead.created_at, room[lead.id])
        for lead in leads
        if lead.id in handed
    }
    ages = sorted(age for age in own.values() if age >= 0)
    found: dict[int, int] = {}
    for lead in leads:
        age = own.get(lead.id, _age(lead, ages, room[lead.id], name))
        if age is not None and age >= 0:
            found[lead.id] = lead.created_at + age
    return found


def _age(lead: Lead, ages: Sequence[int], room: int, name: str) -> int | None:
    """Return how old a lead is told that sales never had."""
    drawn = _place(lead, f"{name}, age")
    if not ages:
        return drawn % (min(room, AFTER) + 1) if room >= 0 else None
    fitting = bisect_right(ages, room)
    return ages[drawn % fitting] if fitting else None


def _first(rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    return dict(rows)


def _objected(history: LeadHistory) -> bool:
    """Return whether somebody does not want to be judged by what they are and do (GDPR Art. 21)."""
    said = [fact.shown or "" for fact in history.facts if fact.attribute == "profiling"]
    return bool(said) and fold(said[-1]) == "objected"


def _place(lead: Lead, name: str) -> int:
    return place(lead.lead_id, agreement=name, purpose="calibrate")


def _margin(version: InForce | None, history: LeadHistory, as_of: int) -> float | None:
    if version is None:
        return None
    state = state_at(version.plan, history, as_of)
    return None if state is None else _distance(version.agreement.sales_ready, state)


def _distance(rule: Rule, of: State) -> float:
    """Return by how much a rule is met, as a share of what it asks for; below 0 it is not."""
    match rule:
        case AtLeast(measure, need):
            return float(getattr(of, measure) - need) / max(abs(need), 1)
        case HasIntent():
            return 1.0 if of.intent else -1.0
        case All(parts):
            return min(_distance(part, of) for part in parts)
        case Either(parts):
            return max(_distance(part, of) for part in parts)
        case _:
            return 1.0 if of.sales_ready else -1.0


# --- how they are drawn -----------------------------------------------------------------------


def _strata(of: Sequence[_Candidate]) -> dict[str, list[_Candidate]]:
    key = _by_version(of) if any(each.margin is not None for each in of) else _by_variety(of)
    strata: dict[str, list[_Candidate]] = defaultdict(list)
    for each in of:
        strata[key(each)].append(each)
    return strata


def _by_version(of: Sequence[_Candidate]) -> Callable[[_Candidate], str]:
    """Sure are the clearest third of those that are ready, and of those that are not."""
    margins = sorted(each.margin for each in of if each.margin is not None)
    ready, below = [m for m in margins if m >= 0], [m for m in margins if m < 0]
    surely = ready[len(ready) * 2 // 3] if ready else float("inf")
    hardly = below[len(below) // 3] if below else -float("inf")

    def key(each: _Candidate) -> str:
        margin = -1.0 if each.margin is None else each.margin
        if margin >= max(surely, 0.0) and margin > 0:
            return "sure yes"
        if margin < hardly or margin <= min(hardly, -1.0):
            return "sure no"
        return f"borderline, {'decided' if each.decided else 'open'}"

    return key


def _by_variety(of: Sequence[_Candidate]) -> Callable[[_Candidate], str]:
    """Leads differ by how much they did, by whether they were decided, and by what they are."""
    telling = _most_telling(of)

    def key(each: _Candidate) -> str:
        did = min(2, len(each.shown["did"]))
        value = dict(each.shown["facts"]).get(telling, "")
        return f"{did} activities, {fold(value)}, {'decided' if each.decided else 'open'}"

    return key


def _most_telling(of: Sequence[_Candidate]) -> str:
    """Return the attribute with few values that is filled in most often."""
    filled: Counter[str] = Counter()
    values: Mapping[str, set[str]] = defaultdict(set)
    for each in of:
        for name, value in each.shown["facts"]:
            filled[name] += 1
            values[name].add(fold(value))
    few = [name for name in filled if 2 <= len(values[name]) <= 6]
    return max(few, key=lambda name: (filled[name], name), default="")


def _allotted(sizes: Mapping[str, int]) -> dict[str, int]:
    """Return how many are drawn from each stratum: as wished, and what is left over in turn."""
    taken = {key: min(size, _WISHES.get(key, 1)) for key, size in sizes.items()}
    keys = sorted(sizes)
    while sum(taken.values()) > WANTED:
        taken[max(keys, key=lambda key: (taken[key], key))] -= 1
    while sum(taken.values()) < WANTED:
        room = [key for key in keys if taken[key] < sizes[key]]
        if not room:
            break
        # what is borderline teaches most
        taken[min(room, key=lambda key: (not key.startswith("border"), taken[key], key))] += 1
    return taken
