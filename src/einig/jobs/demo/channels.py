"""Where the demo company's leads come from: channels, their campaigns, and what those cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from einig.engine.instants import DAY, local_instant, moment
from einig.flow import hosted_forms, sources
from einig.jobs.demo.forms import DESIGNS
from einig.store.models import Source, User

ZONE = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True, slots=True)
class Campaign:
    """What a channel was used for, from and until which share of the time, and what that cost."""

    name: str
    spend: int
    begins: float = 0.0
    ends: float = 1.0
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Channel:
    """A lead source.

    `share` is that of all leads, `ideal` that of ideal ones among its own, and `eager` how many
    times as often as elsewhere they want to buy. `first` is what its leads do first, where that
    is always the same.
    """

    name: str
    kind: str
    share: float
    ideal: float
    eager: float
    campaigns: tuple[Campaign, ...]
    first: str | None = None


CHANNELS = (
    Channel(
        "Website", "tracking", 0.25, 0.30, 1.1,
        (Campaign("Ratgeber Feinplanung", 16_000), Campaign("Direkt", 0, weight=2)),
    ),
    Channel(
        "Webinar", "webhook", 0.14, 0.34, 0.9,
        (Campaign("Webinar Feinplanung", 9_500), Campaign("Webinar Außendienst", 7_200)),
        "webinar_attended",
    ),
    Channel(
        "LinkedIn", "webhook", 0.13, 0.28, 0.8,
        (Campaign("LinkedIn Produktion", 31_000), Campaign("LinkedIn Service", 24_000, 0.3)),
        "whitepaper_downloaded",
    ),
    Channel(
        "Messe", "fair", 0.09, 0.38, 0.9,
        (
            Campaign("Fertigungstage Hannover", 38_000, 0.16, 0.1675),
            Campaign("Servicekongress Köln", 17_500, 0.47, 0.4775, 0.6),
            Campaign("Fertigungstage Stuttgart", 36_000, 0.81, 0.8175),
        ),
        "fair_visited",
    ),
    Channel(
        "Empfehlung", "form", 0.06, 0.52, 1.3, (Campaign("Kunden werben Kunden", 6_000),),
        "callback_requested",
    ),
    Channel(
        "Google Ads", "tracking", 0.12, 0.18, 1.0,
        (Campaign("Suche Planungssoftware", 43_000), Campaign("Suche Einsatzplanung", 29_000)),
    ),
    Channel(
        "Gewinnspiel", "form", 0.21, 0.10, 0.0,
        (
            Campaign("Gewinnspiel Sommer", 14_000, 0.08, 0.18),
            Campaign("Gewinnspiel Tablet", 19_000, 0.36, 0.50, 1.3),
            Campaign("Gewinnspiel Jubiläum", 12_500, 0.72, 0.80, 0.7),
        ),
        "newsletter_subscribed",
    ),
)  # fmt: skip

_HOURS = (0, 0, 0, 0, 0, 0, 1, 3, 8, 12, 13, 11, 7, 9, 11, 10, 8, 5, 3, 3, 3, 2, 1, 0)
_WEEKDAYS = (1.0, 1.05, 1.0, 0.95, 0.75, 0.12, 0.18)
_QUIET = {8: 0.7, 12: 0.75, 7: 0.9}  # months in which fewer people work


def open_channels(*, by: User, at: int) -> dict[str, Source]:
    """Add every channel as a lead source, with its form and what its campaigns cost."""
    made: dict[str, Source] = {}
    for channel in CHANNELS:
        source = sources.add(name=channel.name, kind=channel.kind, inbound=True, by=by, at=at)
        for campaign in channel.campaigns:
            cost = Decimal(campaign.spend)
            sources.spend(source, name=campaign.name, spend=cost, by=by, at=at)
        if (design := DESIGNS.get(channel.name)) is not None:
            hosted_forms.keep(source, design, by=by, at=at)
        made[channel.name] = source
    return made


def an_arrival(random: Random, campaign: Campaign, *, begins: int, ends: int) -> int:
    """Return when somebody comes by way of a campaign: more and more do, mostly during work."""
    span = ends - begins
    while True:
        share = random.uniform(campaign.begins, campaign.ends)
        day = moment(begins + int(share * span)).astimezone(ZONE).date()
        usual = _WEEKDAYS[day.weekday()] * _QUIET.get(day.month, 1.0) * (0.7 + 0.5 * share)
        hour = random.choices(range(24), _HOURS)[0]
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # local time
        second = timedelta(seconds=3600 * hour + random.randrange(3600))
        at = local_instant(midnight + second, ZONE)
        if random.random() < usual / 1.3 and begins < at < ends - DAY // 24:
            return at
