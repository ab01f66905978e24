"""A small company at work: its people, the agreement in force, and leads that say something."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from einig.engine.instants import iso
from einig.flow import agreements, capture, journey
from einig.store import guards
from einig.store.models import Lead, Received, Role, Source, Team, User, Version
from tests.world import INBOUND, when

NOW = when("03-02 10:00")  # a Monday

AGREED = INBOUND.replace(
    "sales: {attempts: {at_least: 6, minutes: 10}}",
    "sales:\n  respond_within: 1 working hour\n  attempts: {at_least: 3, minutes: 10}\n"
    "  return_reasons: [no budget, wrong person]",
)


@dataclass(frozen=True)
class Company:
    """Whoever works here."""

    mia: User  # marketing
    max: User  # marketing lead
    sam: User  # sales
    sue: User  # sales
    sol: User  # sales lead
    ada: User  # admin
    website: Source
    version: Version


def person(name: str, role: str, team: Team | None = None, **more: Any) -> User:
    """Return somebody with an account; everybody's password is the same here."""
    user = User(email=f"{name}@example.com", name=name.title(), role=role, team=team, **more)
    user.set_password("correct horse battery")
    user.save()
    return user


def company(text: str = AGREED, since: int = NOW) -> Company:
    """Found the company, with an agreement in force."""
    north = Team.objects.create(name="North")
    version = agreements.draft(text, by=None, at=since)
    agreements.propose(version, by=None, at=since)
    agreements.enact(version, since=since, at=since)
    return Company(
        mia=person("mia", Role.MARKETING),
        max=person("max", Role.MARKETING_LEAD),
        sam=person("sam", Role.SALES, north),
        sue=person("sue", Role.SALES, north),
        sol=person("sol", Role.SALES_LEAD, north),
        ada=person("ada", Role.ADMIN),
        website=Source.objects.create(name="Website", kind="tracking", key="write-key"),
        version=version,
    )


@contextmanager
def unguarded() -> Iterator[None]:
    """Let a test take back what was signed, as nobody else can."""
    connection.check_constraints()  # or PostgreSQL would let nobody change the tables
    guards_down()
    yield
    connection.check_constraints()
    guards.raise_again(plan=["a migration"])


def guards_down() -> None:
    """Take down everything by which the database refuses to change what was signed."""
    with connection.cursor() as cursor:
        for name, table in guards.standing().items():
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{on}")


def identify(user: str, /, anonymous: str | None = None, **traits: Any) -> dict[str, Any]:
    """Return what an SDK sends when somebody says who they are."""
    return {"type": "identify", "userId": user, "anonymousId": anonymous, "traits": traits}


def track(event: str, /, user: str | None = None, anonymous: str | None = None, **more: Any) -> Any:
    """Return what an SDK sends when somebody does something."""
    return {"type": "track", "event": event, "userId": user, "anonymousId": anonymous} | more


def say(messages: Sequence[Mapping[str, Any]], *, of: Source | None, at: int) -> None:
    """Let messages arrive and be taken in."""
    named = [
        {"messageId": f"{at}-{n}", "timestamp": iso(at)} | dict(m) for n, m in enumerate(messages)
    ]
    capture.receive(named, source=of, at=at)
    while journey.take_in_waiting():
        pass


def the_lead() -> Lead:
    """Return the only lead."""
    return Lead.objects.get()


def failed() -> list[tuple[str, str]]:
    """Return what could not be taken in: type and reason."""
    rows = Received.objects.exclude(reason="").order_by("id")
    return [(str(json.loads(row.body).get("type")), row.reason) for row in rows]
