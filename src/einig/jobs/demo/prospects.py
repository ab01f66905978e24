"""The people of the simulation who may become leads, and what is so about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from einig.engine.instants import DAY, HOUR
from einig.jobs.demo import names
from einig.jobs.demo.channels import CHANNELS, Campaign, Channel, an_arrival
from einig.jobs.demo.firms import Firm
from einig.jobs.demo.firms import firms as some_firms
from einig.jobs.demo.truth import Truth

PRODUCTS = {"Kolbe Planung": 16_000, "Kolbe Service": 6_500}  # what one is sold for, in the middle


@dataclass(slots=True)
class Prospect:
    """Somebody who comes by way of a campaign at `arrives`, under an anonymous id, `key`.

    From `wants_from` they want to buy, and if they are talked to in time, they do if `buys`.
    `staged` makes sure that the last days show something: `waits` is not worked on, and
    `comes_back` is returned.
    """

    key: str
    name: str
    title: str
    email: str
    phone: str
    firm: Firm
    channel: Channel
    campaign: Campaign
    product: str
    arrives: int
    ideal: bool
    buys: bool
    wants_from: int | None
    tells: frozenset[str]  # what they say of their firm
    staged: str = ""
    lead: int | None = None

    def wants(self, at: int) -> bool:
        """Return whether they want to buy at an instant."""
        return self.wants_from is not None and self.wants_from <= at


def prospects(
    random: Random, *, number: int, truth: Truth, begins: int, ends: int
) -> list[Prospect]:
    """Return everybody in the order in which they come; the last few are staged."""
    crowd = Crowd(random, truth, firms=max(20, int(number * 0.85)))
    staged = list(_stage(random, number=number, ends=ends))
    found = [_usual(crowd, begins, ends) for _ in range(number - len(staged))]
    for arrives, why in staged:
        channel = random.choice([of for of in CHANNELS if of.eager > 1])
        found.append(crowd.one(channel, channel.campaigns[0], arrives, staged=why))
    return sorted(found, key=lambda prospect: prospect.arrives)


class Crowd:
    """People, numbered after `number`; some of their firms send more than one."""

    def __init__(self, random: Random, truth: Truth, *, firms: int, number: int = 0) -> None:
        self.random, self.truth, self.number = random, truth, number
        self.firms = some_firms(random, number=firms, truth=truth)
        self.addresses: set[str] = set()

    def one(
        self, channel: Channel, campaign: Campaign, arrives: int, *, staged: str = ""
    ) -> Prospect:
        """Return the next one."""
        random, truth = self.random, self.truth
        self.number += 1
        ideal = bool(staged) or random.random() < channel.ideal
        firm, name = random.choice(self.firms[ideal]), names.a_person(random)
        wants = channel.eager * (truth.ideal_wants if ideal else truth.rest_wants)
        wants_from = arrives if staged or random.random() < wants else None
        asks = bool(staged) or channel.first == "callback_requested"
        if wants_from is not None and not asks and random.random() < 0.45:
            wants_from += int(random.uniform(1, 25) * DAY)
        return Prospect(
            key=f"demo-{self.number}",
            name=name,
            title=random.choice(names.TITLES),
            email=self._address(name, firm.domain),
            phone=names.a_number(random, town=firm.city) if random.random() < 0.75 else "",
            firm=firm,
            channel=channel,
            campaign=campaign,
            product=random.choice(list(PRODUCTS)),
            arrives=arrives,
            ideal=ideal,
            buys=random.random() < (truth.ideal_buys if ideal else truth.rest_buys),
            wants_from=wants_from,
            tells=frozenset(self._tells(channel, bool(staged))),
            staged=staged,
        )

    def _address(self, name: str, domain: str) -> str:
        local = names.spelled(name).replace("-", ".")
        address = f"{local}@{domain}"
        if address in self.addresses:
            address = f"{local}.{self.number}@{domain}"
        self.addresses.add(address)
        return address

    def _tells(self, channel: Channel, staged: bool) -> Iterator[str]:
        known = 1.0 if staged else 0.55 if channel.eager == 0 else 0.9
        for what in ("industry", "employees", "country", "city"):
            if self.random.random() < known:
                yield what


def _usual(crowd: Crowd, begins: int, ends: int) -> Prospect:
    random = crowd.random
    channel = random.choices(CHANNELS, [of.share for of in CHANNELS])[0]
    campaign = random.choices(channel.campaigns, [of.weight for of in channel.campaigns])[0]
    return crowd.one(channel, campaign, an_arrival(random, campaign, begins=begins, ends=ends))


def _stage(random: Random, *, number: int, ends: int) -> Iterator[tuple[int, str]]:
    """Yield arrivals of the last days: just now, waiting for too long, and sent back at once."""
    for _ in range(min(6, number // 30)):
        yield ends - int(random.uniform(0.1, 5) * HOUR), "waits"
    for _ in range(min(5, number // 40)):
        yield ends - int(random.uniform(4, 6.5) * DAY), "waits"
    for _ in range(min(4, number // 50)):
        yield ends - int(random.uniform(6, 9) * DAY), "comes_back"
