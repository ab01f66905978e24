"""Follow-up figures: by team of at least five, or by person where that is on."""

from __future__ import annotations

import pytest

from einig.engine.instants import DAY
from einig.flow import feedback, follow_up, handoff
from einig.flow.follow_up import FollowUp
from einig.store.models import Handoff
from tests.live import NOW, company, identify, person, say, track

pytestmark = pytest.mark.django_db


def test_figures_count_hand_offs_once_however_large_the_team_is() -> None:
    us = company()
    for n, user in enumerate(("u1", "u2", "u3")):
        said = identify(user, email=f"{user}@pumpen.example", industry="Software")
        say([said, track("demo_requested", user)], of=us.website, at=NOW + n)
    Handoff.objects.update(to=us.sam)
    late, in_time, _silent = Handoff.objects.order_by("id")
    for of, at in ((late, NOW + DAY), (in_time, NOW + 1000)):
        for _ in range(3):
            handoff.log_attempt(of, by=us.sam, at=at, channel="phone", result="no_answer")
    feedback.give_up(late, by=us.sam, at=NOW + 2 * DAY)
    figures = (3, 1, 1, 1, 3.0, 2)

    def found(*, per_person: bool) -> list[FollowUp]:
        return follow_up.figures(since=NOW - DAY, at=NOW + 3 * DAY, per_person=per_person)

    assert found(per_person=True) == [FollowUp("Sam", *figures)]
    assert found(per_person=False) == []
    for name in ("sid", "sky"):
        person(name, "sales", us.sam.team)
    assert found(per_person=False) == [FollowUp("North", *figures)]
