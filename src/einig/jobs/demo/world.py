"""The simulated world: everything that the people in it have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

from einig.flow import capture, consent, due, enacting, journey, scoring
from einig.jobs.demo.clock import Clock
from einig.jobs.demo.prospects import Prospect
from einig.jobs.demo.staff import Staff
from einig.jobs.demo.truth import Truth
from einig.jobs.demo.visits import Visit, messages
from einig.store.models import Handoff, Identity, Lead, Source

Opened = Callable[["World", int, str, Prospect, int], None]


@dataclass(slots=True)
class World:
    """Whose turn it is, who is who, and what has been handed over so far.

    `opened` is told of every new hand-off: its id and kind, about whom, and when.
    """

    random: Random
    clock: Clock
    truth: Truth
    staff: Staff
    sources: dict[str, Source]
    opened: Opened
    who: dict[int, Prospect] = field(default_factory=dict)
    absent: set[int] = field(default_factory=set)
    newest: int = 0
    visits: int = 0

    def expect(self, of: Prospect, visit: Visit) -> None:
        """Let somebody come by at the time of a visit."""
        self.clock.call(visit.at, partial(self._visited, of, visit))

    def tell(self, at: int) -> None:
        """Tell whom it concerns of the hand-offs that are new."""
        rows = Handoff.objects.filter(id__gt=self.newest, closed_at=None).order_by("id")
        for id_, kind, lead in list(rows.values_list("id", "kind", "lead_id")):
            self.newest = id_
            self.opened(self, id_, kind, self.who[lead], at)

    def look_again(self, at: int) -> None:
        """Judge every lead of which something has run out or begun.

        `due.judge_due` looks at engaged leads day after day; what is decided is the same, at
        the same instants, if one look covers all those days.
        """
        versions = scoring.timeline()
        for _, lead in due.leads(versions, at=at):
            journey.judge(lead, versions, at=at)
        enacting.go_on(at=at)
        self.tell(at)

    def _visited(self, of: Prospect, visit: Visit, at: int) -> None:
        source = self.sources[of.channel.name if visit.introduces else "Website"]
        self.visits += 1
        left = capture.receive(messages(of, visit, number=self.visits), source=source, at=at)
        while left > 0:
            left -= journey.take_in_waiting()
        if of.lead is None:
            of.lead = Identity.objects.values_list("lead_id", flat=True).get(key=f"anon:{of.key}")
            assert of.lead is not None  # they said how they can be reached
            self.who[of.lead] = of
        self._agree(of.lead, dict(visit.did), at)
        self.tell(at)

    def _agree(self, lead: int, did: dict[str, str], at: int) -> None:
        """Write down that somebody agreed to mails, or wants no more of them."""
        if "newsletter_subscribed" in did and self.random.random() < 0.85:
            proof = "Double-Opt-in, bestätigt über den Link in der Mail"
            consent.give(Lead.objects.get(id=lead), "mail", proof=proof, at=at)
        if "unsubscribed" in did:
            consent.withdraw(Lead.objects.get(id=lead), "mail", at=at)
