"""Two leads that are one person: merged by hand, and parted again as they were."""

from __future__ import annotations

from typing import Any

import pytest

from einig.engine.instants import DAY, HOUR
from einig.flow import handoff, merging, nurture, one_person, outcomes
from einig.flow.permissions import NotAllowed
from einig.store.models import AuditEntry, Event, Handoff, Lead, Merger, Notice, Stage
from tests.live import NOW, Company, company, identify, say, track
from tests.stories import all_due, live_and_replayed

pytestmark = pytest.mark.django_db


@pytest.fixture
def us() -> Company:
    return company()


def come(us: Company, *names: str, **more: Any) -> list[Lead]:
    """Let people say who they are, an hour after each other."""
    for n, name in enumerate(names):
        said = identify(name, email=f"{name}@pumpen.example", industry="Software", **more)
        say([said], of=us.website, at=NOW + n * HOUR)
    return [lead_of(name) for name in names]


def lead_of(name: str) -> Lead:
    return Lead.objects.get(identities__key=f"user:{name}")


def did(us: Company, name: str, *events: str, at: int) -> None:
    say([track(event, name) for event in events], of=us.website, at=at)


def test_what_both_did_counts_for_one_person(us: Company) -> None:
    ada, ben = come(us, "ada", "ben")
    did(us, "ada", "webinar_attended", at=NOW + DAY)
    did(us, "ben", "webinar_attended", at=NOW + 2 * DAY)
    assert [lead_of(of).engagement for of in ("ada", "ben")] == [10, 10]
    merging.merge(ben, ada, by=us.mia, at=NOW + 3 * DAY)
    ada, ben = lead_of("ada"), lead_of("ben")
    assert (ada.engagement, ada.sales_ready) == (20, True)
    assert (ben.engagement, ben.sales_ready, ben.part_of) == (0, False, ada)
    assert one_person.everything(ben) == [ada, ben]
    assert list(Lead.objects.whole()) == [ada]


def test_what_one_does_after_the_merger_counts_for_the_person_and_parts_with_who_did_it(
    us: Company,
) -> None:
    ada, ben = come(us, "ada", "ben")
    merger = merging.merge(ada, ben, by=us.mia, at=NOW + DAY)
    did(us, "ben", "demo_requested", at=NOW + 2 * DAY)
    assert lead_of("ada").intent
    merging.part(merger, by=us.mia, at=NOW + 3 * DAY)
    ada, ben = lead_of("ada"), lead_of("ben")
    assert (ada.intent, ben.intent) == (False, True)
    assert Event.objects.get(type="demo_requested").identity.lead == ben
    assert list(Lead.objects.whole().order_by("id")) == [ada, ben]
    assert [ada.has_parts, ben.has_parts] == [False, False]


def test_the_older_open_handoff_goes_on_and_the_other_closes_as_merged(us: Company) -> None:
    come(us, "ada", "ben")
    did(us, "ben", "demo_requested", at=NOW + DAY)
    did(us, "ada", "demo_requested", at=NOW + 2 * DAY)
    older, younger = Handoff.objects.order_by("opened_at")
    merging.merge(lead_of("ada"), lead_of("ben"), by=us.mia, at=NOW + 2 * DAY + HOUR)
    assert lead_of("ada").part_of == lead_of("ben")
    older.refresh_from_db()
    younger.refresh_from_db()
    assert (older.closed_at, younger.closing) == (None, "merged")
    assert list(Handoff.objects.counted()) == [older]
    assert younger.to is not None
    assert Notice.objects.filter(to=younger.to, lead=lead_of("ada"), what="merged").count() == 1


def test_a_handoff_that_closed_as_merged_is_open_again_after_the_parting_and_keeps_its_time(
    us: Company,
) -> None:
    come(us, "ada", "ben")
    did(us, "ben", "demo_requested", at=NOW + DAY)
    did(us, "ada", "demo_requested", at=NOW + 2 * DAY)
    younger = Handoff.objects.order_by("opened_at")[1]
    merged_at = NOW + 2 * DAY + HOUR // 2
    merger = merging.merge(lead_of("ada"), lead_of("ben"), by=us.mia, at=merged_at)
    merging.part(merger, by=us.max, at=merged_at + 5 * DAY)
    again = Handoff.objects.get(id=younger.id)
    assert (again.closed_at, again.closing, again.to) == (None, "", younger.to)
    assert younger.due_at is not None
    assert again.due_at == younger.due_at + 5 * DAY
    assert Handoff.objects.count() == 2
    handoff.accept(again, by=again.to, at=merged_at + 6 * DAY)  # type: ignore[arg-type]  # it has one
    assert lead_of("ada").stage == Stage.SALES_ACCEPTED


def test_a_parting_gives_back_what_was_taken_over_unless_it_was_changed(us: Company) -> None:
    ada, ben = come(us, "ada", "ben")
    say([identify("ben", name="Ben Born", title="Buyer")], of=us.website, at=NOW + DAY)
    outcomes.advance(lead_of("ben"), to=Stage.OPPORTUNITY, by=us.sam, at=NOW + DAY)
    Lead.objects.filter(id=ben.id).update(owner=us.sue)
    merger = merging.merge(ada, ben, by=us.mia, at=NOW + 2 * DAY)
    now = lead_of("ada")
    assert (now.name, now.title, now.stage, now.owner) == (
        "Ben Born", "Buyer", Stage.OPPORTUNITY, us.sue,
    )  # fmt: skip
    Lead.objects.filter(id=ada.id).update(title="Head of buying")
    merging.part(merger, by=us.mia, at=NOW + 3 * DAY)
    ada, ben = lead_of("ada"), lead_of("ben")
    assert (ada.name, ada.title, ada.stage, ada.owner, ada.relation) == (
        "ada@pumpen.example", "Head of buying", Stage.LEAD, None, "",
    )  # fmt: skip
    assert (ben.name, ben.stage, ben.owner) == ("Ben Born", Stage.OPPORTUNITY, us.sue)


def test_who_was_in_nurture_stays_warm_as_one_person_and_is_back_in_it_afterwards(
    us: Company,
) -> None:
    ada, ben = come(us, "ada", "ben")
    nurture.enter(ben, at=NOW + DAY, reason="too early")
    merger = merging.merge(ada, ben, by=us.mia, at=NOW + 2 * DAY)
    assert [of.lead for of in ada.nurture.filter(left_at=None)] == [ada]
    assert not ben.nurture.filter(left_at=None).exists()
    merging.part(merger, by=us.mia, at=NOW + 3 * DAY)
    assert lead_of("ben").nurture.get(left_at=None).reason == "too early"
    assert lead_of("ben").stage == Stage.NURTURE


def test_three_that_are_one_person_come_apart_one_by_one(us: Company) -> None:
    ada, ben, cem = come(us, "ada", "ben", "cem")
    first = merging.merge(cem, ben, by=us.mia, at=NOW + DAY)
    second = merging.merge(ada, cem, by=us.mia, at=NOW + 2 * DAY)
    assert (second.lead, second.into) == (ben, ada)
    assert one_person.everything(lead_of("cem")) == [ada, ben, cem]
    merging.part(first, by=us.mia, at=NOW + 3 * DAY)
    assert one_person.everything(lead_of("ben")) == [ada, ben]
    assert one_person.everything(lead_of("cem")) == [cem]
    merging.part(second, by=us.mia, at=NOW + 4 * DAY)
    assert [one_person.everything(lead_of(of)) for of in ("ada", "ben", "cem")] == [
        [ada], [ben], [cem],
    ]  # fmt: skip
    all_due(NOW + 5 * DAY)
    live, replayed = live_and_replayed(NOW + 5 * DAY)
    assert live == replayed


def test_nobody_is_merged_twice_or_parted_twice(us: Company) -> None:
    ada, ben = come(us, "ada", "ben")
    merger = merging.merge(ada, ben, by=us.mia, at=NOW + DAY)
    with pytest.raises(merging.OnePersonAlready):
        merging.merge(ben, ada, by=us.mia, at=NOW + DAY)
    with pytest.raises(merging.OnePersonAlready):
        merging.merge(ada, ada, by=us.mia, at=NOW + DAY)
    merging.part(merger, by=us.mia, at=NOW + 2 * DAY)
    with pytest.raises(merging.Parted):
        merging.part(merger, by=us.mia, at=NOW + 2 * DAY)
    assert Merger.objects.count() == 1


def test_who_merged_and_parted_whom_is_in_the_audit_trail(us: Company) -> None:
    ada, ben = come(us, "ada", "ben")
    merging.part(merging.merge(ada, ben, by=us.mia, at=NOW + DAY), by=us.max, at=NOW + 2 * DAY)
    rows = AuditEntry.objects.filter(action__startswith="leads_").order_by("id")
    assert [(row.action, row.about, row.by) for row in rows] == [
        ("leads_merged", f"lead:{ben.lead_id}", us.mia),
        ("leads_merged", f"lead:{ada.lead_id}", us.mia),
        ("leads_parted", f"lead:{ben.lead_id}", us.max),
        ("leads_parted", f"lead:{ada.lead_id}", us.max),
    ]


def test_whoever_may_not_does_not_merge(us: Company) -> None:
    ada, ben = come(us, "ada", "ben")
    us.mia.is_active = False
    with pytest.raises(NotAllowed):
        merging.merge(ada, ben, by=us.mia, at=NOW + DAY)
    assert list(Lead.objects.whole().order_by("id")) == [ada, ben]
