"""One version after the other: each is read once, and each keeps what it promised."""

from __future__ import annotations

import pytest

from einig.engine.instants import DAY
from einig.flow import agreements, scoring, watching
from einig.store.models import Version
from tests.live import AGREED, NOW, Company, company, identify, say, track

pytestmark = pytest.mark.django_db


def followed(us: Company, *, by: str = AGREED, at: int) -> Version:
    """Return a version that is in force from an instant on."""
    made = agreements.draft(by, by=us.max, at=at)
    agreements.propose(made, by=None, at=at)
    agreements.enact(made, since=at, at=at)
    return made


def test_what_an_earlier_version_promised_is_kept_once() -> None:
    us = company()
    said = identify("u1", email="u1@f1.example", industry="Software")
    say([said, track("demo_requested", "u1")], of=us.website, at=NOW)
    earlier, last = (followed(us, at=NOW + day * DAY) for day in (1, 2))
    Version.objects.filter(id=earlier.id).update(promised=None)
    watching.look(at=NOW + 3 * DAY)
    told = {}
    for of in (earlier, last):
        of.refresh_from_db()
        told[of] = sorted(of.promised or {})
    assert told == {earlier: ["watch"], last: ["seen", "watch"]}


def test_however_many_versions_there_were_each_is_read_once() -> None:
    us = company()
    for n in range(70):
        text = AGREED.replace("Software: 20", f"Software: {21 + n}")
        followed(us, by=text, at=NOW + n + 1)
    assert len(scoring.timeline()) == 71
    before = scoring._agreement.cache_info().misses
    scoring.timeline()
    assert scoring._agreement.cache_info().misses == before
