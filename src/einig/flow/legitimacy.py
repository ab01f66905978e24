"""Legitimacy: whether a person did it, as far as can be told without asking anybody.

What a program did counts for nobody and is kept apart with its reason; whoever knows better says
so, and it is taken in. No network call is made, and a role address is as good as any other.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

import phonenumbers
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from disposable_email_domains import blocklist
from django.db.models import Count, QuerySet

from einig.engine.instants import SECOND
from einig.flow import audit, contact, intake, one_person
from einig.flow.messages import Message, Unusable, read
from einig.flow.organisation import organisation
from einig.flow.permissions import require
from einig.store.models import ContactDetail, Event, Identity, Lead, Received, Source, User

CRAWLER, HONEYPOT, TOO_FAST = "crawler", "honeypot", "too_fast"
ADDRESS, THROWAWAY, NUMBER, SCANNER = "address", "throwaway", "number", "scanner"
DOUBTS = (CRAWLER, HONEYPOT, TOO_FAST, ADDRESS, THROWAWAY, NUMBER, SCANNER)

FASTEST = 2.0  # seconds in which no person fills in a form
_BURST, _CLICKS = 10 * SECOND, 3  # as many links of a mail in so short a time are nobody's reading
_CLICK = re.compile(r"(mail|link|url).*(click|klick)|(click|klick).*(mail|link|url)", re.IGNORECASE)
_PROGRAMS = {"http-library", "browser-automation"}  # a server that tells of a person uses those
_CALLS_ITSELF = ("email", "mail", "phone", "mobile")


def doubt(message: Message) -> str:
    """Return why a message seems to be no person's doing; empty if nothing speaks for that."""
    if message.agent and _crawls(message.agent):
        return CRAWLER
    if message.signs.get("honeypot"):
        return HONEYPOT
    if _is_below(message.signs.get("seconds", ""), FASTEST):
        return TOO_FAST
    if _is_burst(message):
        return SCANNER
    unreachable = _unreachable(message)
    return unreachable if unreachable and not _is_somebodys(message) else ""


def take_back(message: Message, *, at: int) -> Lead | None:
    """Take back the clicks that came just before one that shows that nobody clicked.

    Return the lead that has to be judged anew by that, if there is one.
    """
    clicks = _clicks_beside(message).filter(known_until=None).select_related("identity__lead")
    whose = next((click.identity.lead for click in clicks if click.identity.lead), None)
    lead = None if whose is None else one_person.now(whose)
    known = max(at, lead.last_known + 1) if lead is not None else at
    Event.objects.filter(id__in=[click.id for click in clicks]).update(known_until=known)
    if lead is not None:
        lead.last_known = known
    return lead


def vouch(received: Received, *, by: User, at: int) -> None:
    """Say that a person did it after all: it is taken in, from now on."""
    require(by, "mend_received")
    if received.doubt == SCANNER:
        _give_back(received, at=at)
    kept = Received.objects.filter(id=received.id).exclude(doubt="")
    if kept.update(doubt="", reason="", vouched=True, at=at):
        audit.record("vouched_for", "received", at=at, by=by, doubt=received.doubt)


def apart() -> QuerySet[Received]:
    """Return what is kept apart, newest first."""
    return Received.objects.exclude(doubt="").select_related("source").order_by("-id")


def counts() -> list[tuple[Source | None, str, int]]:
    """Return how much was kept apart, by source and doubt, the most first."""
    rows = apart().order_by().values_list("source", "doubt")
    found = rows.annotate(many=Count("id")).order_by("-many", "source", "doubt")
    sources = Source.objects.in_bulk([source for source, _, _ in found if source])
    return [(sources.get(source), why, many) for source, why, many in found]


# --- what speaks against a person -------------------------------------------------------------


@functools.lru_cache(2048)
def _crawls(agent: str) -> bool:
    return _crawlers().search(agent) is not None


@functools.cache
def _crawlers() -> re.Pattern[str]:
    return re.compile(
        "|".join(
            one["pattern"]
            for one in CRAWLER_USER_AGENTS_DATA
            if not _PROGRAMS & set(one.get("tags", ()))
        )
    )


def _is_below(seconds: str, least: float) -> bool:
    try:
        return float(seconds) < least
    except ValueError:
        return False


def _unreachable(message: Message) -> str:
    """Return why nobody can be reached by what was left, where something was left at all."""
    country = organisation().country
    left = {n.casefold(): v for n, v in message.attributes.items() if v}
    if not any(left.get(name) for name in _CALLS_ITSELF):
        return ""
    found = list(contact.details(left, country))
    if not found:
        return ADDRESS if left.get("email") or left.get("mail") else NUMBER
    emails = [normal for kind, _, normal in found if kind == ContactDetail.Kind.EMAIL]
    numbers = [normal for kind, _, normal in found if kind == ContactDetail.Kind.PHONE]
    if len(emails) + len(numbers) < len(found) or any(map(_is_valid, numbers)):
        return ""
    if emails:
        return THROWAWAY if all(map(_is_thrown_away, emails)) else ""
    return NUMBER


def _is_valid(number: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(number))


def _is_thrown_away(email: str) -> bool:
    domain = email.rpartition("@")[2]
    parts = domain.split(".")
    return any(".".join(parts[n:]) in blocklist for n in range(len(parts) - 1))


def _is_somebodys(message: Message) -> bool:
    """Return whether it is about a lead that is known already: that one stays who it is."""
    return Identity.objects.filter(key__in=intake.keys(message), lead__isnull=False).exists()


def _is_burst(message: Message) -> bool:
    if message.activity is None or not _CLICK.search(message.activity):
        return False
    urls = set(map(_url, _clicks_beside(message)))
    return len(urls | {message.properties.get("url", "")}) >= _CLICKS


def _clicks_beside(message: Message) -> QuerySet[Event]:
    """Return the clicks of the same somebody just before this one or after it, counted or not."""
    return Event.objects.filter(
        at__range=(message.at - _BURST, message.at + _BURST),
        identity__key__in=intake.keys(message),
        type=message.activity,
    )


def _url(click: Event) -> str:
    return str(click.properties.get("url", ""))


def _give_back(received: Received, *, at: int) -> None:
    """Let the clicks count again that were taken back with this one, from now on."""
    try:
        source = received.source_id
        message = read(received.body, arrived=received.at, source=source)
    except Unusable:
        return
    taken = _clicks_beside(message).filter(known_until__isnull=False)
    _copies(taken, at=at)


def _copies(taken: Iterable[Event], *, at: int) -> None:
    Event.objects.bulk_create(
        [
            Event(
                event_id=f"{click.event_id}.again"[:300],
                identity_id=click.identity_id,
                type=click.type,
                at=click.at,
                known_from=at,
                properties=click.properties,
                source_id=click.source_id,
            )
            for click in taken
        ],
        ignore_conflicts=True,
    )
