"""What people do, as the messages that a website or a form would send about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from einig.engine.instants import DAY, HOUR
from einig.jobs.demo.prospects import Prospect

SIGNALS = {"demo_requested": 0.55, "trial_started": 0.27, "callback_requested": 0.18}
_PATHS = ("/", "/planung", "/service", "/referenzen", "/blog/feinplanung")


@dataclass(frozen=True, slots=True)
class Visit:
    """What somebody does at one time; `introduces` says that they leave who they are."""

    at: int
    did: tuple[tuple[str, str], ...]  # activity and path
    introduces: bool = False


def visits(random: Random, of: Prospect) -> Iterator[Visit]:
    """Yield what somebody does over time, beginning with how they come."""
    first = _first(random, of)
    yield Visit(of.arrives, (*_read(random, of), (first, "")), introduces=True)
    if of.wants_from is None:
        yield from _browse(random, of)
    elif first not in SIGNALS and random.random() < 0.88:
        yield Visit(
            max(of.wants_from, of.arrives + HOUR), (("page_viewed", "/preise"), _signal(random))
        )
    if first == "newsletter_subscribed" and random.random() < 0.12:
        yield Visit(of.arrives + int(random.uniform(3, 120) * DAY), (("unsubscribed", ""),))


def another(random: Random, of: Prospect, *, at: int) -> Visit:
    """Return the visit of somebody who was sent away and still wants to buy."""
    return Visit(
        at + int(random.uniform(25, 90) * DAY), (("page_viewed", "/preise"), _signal(random))
    )


def messages(of: Prospect, visit: Visit, *, number: int) -> list[dict[str, Any]]:
    """Return a visit as messages of the Segment API."""
    told: list[dict[str, Any]] = []
    for n, (activity, path) in enumerate(visit.did):
        said: dict[str, Any] = {"messageId": f"{of.key}.{number}.{n}", "anonymousId": of.key}
        if activity == "page_viewed":
            told.append({"type": "page", "properties": {"path": path}} | said)
        else:
            told.append({"type": "track", "event": activity, "properties": {}} | said)
    if visit.introduces:
        campaign = {"name": of.campaign.name}
        told[-1]["context"] = {"traits": traits(of), "campaign": campaign}
    return told


def traits(of: Prospect) -> dict[str, str]:
    """Return what somebody says about themselves."""
    firm = of.firm
    said = {"name": of.name, "title": of.title, "email": of.email, "company": firm.name}
    if of.phone:
        said["phone"] = of.phone
    told = {"industry": firm.industry, "employees": str(firm.employees)}
    told |= {"country": firm.country, "city": firm.city}
    said |= {name: value for name, value in told.items() if name in of.tells}
    return said | {"product": of.product}


def _first(random: Random, of: Prospect) -> str:
    if of.staged or of.wants(of.arrives):
        return _signal(random)[0]
    if of.channel.first is not None:
        return of.channel.first
    return random.choice(("whitepaper_downloaded", "newsletter_subscribed"))


def _read(random: Random, of: Prospect) -> Iterator[tuple[str, str]]:
    """Yield the page that somebody may have read before they said who they are."""
    if of.channel.kind == "tracking" and random.random() < 0.45:
        yield "page_viewed", random.choice(_PATHS)
    elif of.channel.eager == 0 and random.random() < 0.3:
        yield "page_viewed", "/gewinnspiel"


def _browse(random: Random, of: Prospect) -> Iterator[Visit]:
    """Yield what those do who do not want to buy: some are curious, and some change their mind."""
    if of.channel.eager == 0:
        if random.random() < 0.2:
            yield Visit(_later(random, of, 1, 20), (("whitepaper_downloaded", ""),))
        return
    if random.random() < 0.10:
        yield Visit(_later(random, of, 2, 30), (_signal(random),))
    for activity, path, often in (
        ("whitepaper_downloaded", "", 0.16),
        ("webinar_attended", "", 0.12),
        ("page_viewed", "/blog/feinplanung", 0.15),
    ):
        if random.random() < often:
            yield Visit(_later(random, of, 1, 45), ((activity, path),))
    if random.random() < 0.09:
        of.wants_from = _later(random, of, 80, 300)
        yield Visit(of.wants_from, (("page_viewed", "/preise"), _signal(random)))


def _signal(random: Random) -> tuple[str, str]:
    return random.choices(list(SIGNALS), list(SIGNALS.values()))[0], ""


def _later(random: Random, of: Prospect, first: int, last: int) -> int:
    return of.arrives + int(random.uniform(first, last) * DAY)
