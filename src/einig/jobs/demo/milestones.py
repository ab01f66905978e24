"""What happens once in the demo company: versions are agreed, a form breaks, somebody is away."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from importlib.resources import files

from einig.engine.instants import DAY, local_instant, moment
from einig.flow import agreements, capture, journey, people
from einig.jobs.demo.channels import ZONE
from einig.jobs.demo.staff import Staff
from einig.jobs.demo.world import World
from einig.store.models import User, Version

BROKEN, IMPROVED = 9, 7  # months back: follow-up broke down, and version 2 came into force


def plan_milestones(world: World) -> None:
    """Plan everything that happens once; the first version is agreed as the company begins."""
    begins, ends = world.clock.begins, world.clock.ends
    _agree(world, "version1", since=begins, days=0)
    _agree(world, "version2", since=month(ends, back=IMPROVED), days=12)
    world.clock.call(ends - 4 * DAY, lambda at: _draft(world.staff, "version3", at))
    world.clock.call(ends - 3 * DAY, lambda at: _say_nonsense(world, at))
    world.clock.call(ends - DAY, lambda at: _leave_for_holidays(world, at))


def month(at: int, *, back: int) -> int:
    """Return the first instant of the month that lies so many months back."""
    local = moment(at).astimezone(ZONE)
    months = local.year * 12 + local.month - 1 - back
    return local_instant(datetime(months // 12, months % 12 + 1, 1), ZONE)  # noqa: DTZ001  # local time


def _agree(world: World, name: str, *, since: int, days: int) -> None:
    """Let a version be drafted, proposed and signed by both sides in the days before an instant."""
    staff, clock = world.staff, world.clock
    versions: list[Version] = []
    begins, step = since - days * DAY, days * DAY // 4
    clock.call(begins, lambda at: versions.append(_draft(staff, name, at)))
    clock.call(
        begins + step, lambda at: agreements.propose(versions[0], by=staff.marketing_lead, at=at)
    )
    for n, by in enumerate((staff.sales_leads[0], staff.marketing_lead), 2):
        clock.call(begins + n * step, partial(_sign, versions, by, since))
    clock.call(since, world.look_again)


def _sign(versions: list[Version], by: User, since: int, at: int) -> None:
    agreements.sign(versions[0], by=by, at=at, in_force_from=since)


def _draft(staff: Staff, name: str, at: int) -> Version:
    text = files("einig.jobs.demo").joinpath("agreements", f"{name}.yaml").read_text("utf-8")
    return agreements.draft(text, by=staff.marketing_lead, at=at)


def _say_nonsense(world: World, at: int) -> None:
    """Let two messages arrive that cannot be used: a form was changed without a word."""
    said = [
        {"type": "track", "anonymousId": "form-7", "messageId": "demo-nameless"},
        {
            "type": "track",
            "anonymousId": "form-8",
            "messageId": "demo-timeless",
            "event": "demo_requested",
            "timestamp": "gestern, 14 Uhr",
        },
    ]
    capture.receive(said, source=world.sources["Website"], at=at)
    while journey.take_in_waiting():
        pass


def _leave_for_holidays(world: World, at: int) -> None:
    away, cover = world.staff.sales[-1], world.staff.sales[-2]
    people.be_absent(away, begins=at, ends=at + 10 * DAY, cover=cover, by=away, at=at)
    world.absent.add(away.id)
