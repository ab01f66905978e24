"""Signing: each for their own side, what was seen, for a moment; a change before both voids it."""

from __future__ import annotations

import threading

import pytest
from django.core import mail
from django.db import connection

from einig.engine.agreement import content_hash, loads
from einig.engine.document import Refused
from einig.engine.instants import DAY, HOUR, SECOND
from einig.flow import agreements, passwords, people, scoring, seals, signatures, verifying
from einig.flow.permissions import NotAllowed
from einig.jobs.worker import work
from einig.store.models import AuditEntry, Role, Seal, Signature, SignedText, Task, User, Version
from tests.live import AGREED, NOW, Company, company, unguarded

pytestmark = pytest.mark.django_db

STRICTER = AGREED.replace("fit: 20, any", "fit: 25, any").replace("Software: 20", "Software: 25")
COMMENTED = "# agreed in March\n" + AGREED


@pytest.fixture
def us() -> Company:
    """The company, with its agreement in force."""
    return company()


def proposed(us: Company, text: str = STRICTER) -> Version:
    """Return a proposal."""
    version = agreements.draft(text, by=us.max, at=NOW)
    agreements.propose(version, by=us.max, at=NOW)
    return version


def told() -> list[tuple[str, int]]:
    """Return what the seals of other versions than the first say: what, of which."""
    return list(
        Seal.objects.filter(version__gt=1).order_by("number").values_list("kind", "version")
    )


def test_a_signature_keeps_name_content_and_time_and_the_text_is_kept(us: Company) -> None:
    version = proposed(us)
    assert not agreements.sign(version, by=us.max, at=NOW + 1, seen=version.content_hash)
    assert agreements.sign(version, by=us.sol, at=NOW + 2, seen=version.content_hash)
    given = Signature.objects.order_by("at").values_list("side", "by_name", "content_hash", "at")
    digest = version.content_hash
    assert list(given) == [
        ("marketing", "Max", digest, NOW + 1), ("sales", "Sol", digest, NOW + 2)
    ]  # fmt: skip
    assert version.in_force_from == NOW + 2
    assert told() == [("signed", 2), ("signed", 2), ("enacted", 2)]
    assert SignedText.objects.get(content_hash=digest).text == STRICTER


def test_nobody_signs_for_both_or_without_a_side(us: Company) -> None:
    version = proposed(us)
    for user in (us.mia, us.sam, us.ada):
        with pytest.raises(NotAllowed):
            agreements.sign(version, by=user, at=NOW)
    assert not agreements.sign(version, by=us.max, at=NOW)
    assert not agreements.sign(version, by=us.max, at=NOW + 1)
    assert told() == [("signed", 2)]
    assert AuditEntry.objects.filter(action="version_signed").count() == 1


def became_sales_lead(us: Company) -> User:
    """Let marketing's lead become that of sales."""
    people.change(us.max, by=us.ada, at=NOW, role=Role.SALES_LEAD, team=us.sol.team, capacity=10)
    return User.objects.get(id=us.max.id)


def test_one_person_does_not_sign_for_both_sides(us: Company) -> None:
    version = proposed(us)
    agreements.sign(version, by=us.max, at=NOW)
    with pytest.raises(agreements.OnePerson):
        agreements.sign(version, by=became_sales_lead(us), at=NOW + 1)
    assert (version.in_force_from, told()) == (None, [("signed", 2)])
    assert agreements.sign(version, by=us.sol, at=NOW + 2)


def test_that_one_person_signed_for_both_sides_is_found(us: Company) -> None:
    version = proposed(us)
    for by in (us.max, us.sol):
        agreements.sign(version, by=by, at=NOW)
    with unguarded():
        Signature.objects.filter(side="sales").update(by=us.max)
    assert "version 2: one person signed it for both sides" in verifying.verify().broken


def test_whoever_may_no_more_when_it_is_written_does_not_sign(us: Company) -> None:
    version = proposed(us)
    as_asked = {name: User.objects.get(id=getattr(us, name).id) for name in ("max", "sol")}
    people.deactivate(us.sol, by=us.ada, at=NOW, active=False)
    with pytest.raises(NotAllowed):
        agreements.sign(version, by=as_asked["sol"], at=NOW)
    became_sales_lead(us)
    agreements.sign(version, by=as_asked["max"], at=NOW)
    assert Signature.objects.get().side == "sales"


TWICE = STRICTER.replace("fit:\n", 'fit:\n  employees: {"5": 0, "5.0": 20}\n', 1)


def test_what_the_order_of_a_table_decides_is_not_signed(us: Company) -> None:
    version = proposed(us)
    Version.objects.filter(id=version.id).update(
        text=TWICE, content_hash=content_hash(loads(TWICE).agreement)
    )
    with pytest.raises(Refused):
        agreements.sign(version, by=us.max, at=NOW)
    again = agreements.draft(TWICE, by=us.max, at=NOW)
    with pytest.raises(Refused):
        agreements.propose(again, by=us.max, at=NOW)
    assert (Signature.objects.count(), again.proposed_at) == (0, None)


def test_a_row_that_is_written_again_does_not_slip_under_a_signature(us: Company) -> None:
    version = proposed(us)
    agreements.sign(version, by=us.max, at=NOW)
    again = "  industry: {Software: 25, Trade: 5}\n"
    assert again in STRICTER
    text = STRICTER.replace(again, again + again.replace("industry", "Industry"))
    agreements.edit(version, text, by=us.mia, at=NOW)
    with pytest.raises(Refused):
        agreements.sign(version, by=us.sol, at=NOW)
    assert version.in_force_from is None


def test_what_is_proposed_is_what_stands_there_then(us: Company) -> None:
    version = agreements.draft(STRICTER, by=us.max, at=NOW)
    as_read = Version.objects.get(id=version.id)
    agreements.edit(version, STRICTER.replace("fit: 25", "fit: 999"), by=us.mia, at=NOW)
    with pytest.raises(Refused):
        agreements.propose(as_read, by=us.max, at=NOW)
    assert Version.objects.get(id=version.id).proposed_at is None


def test_what_is_proposed_again_promises_again(us: Company) -> None:
    version = proposed(us)
    Task.objects.filter(kind="promise").update(done_at=NOW)
    agreements.edit(version, AGREED, by=us.mia, at=NOW)
    agreements.propose(version, by=us.max, at=NOW)
    asked = Task.objects.filter(kind="promise", done_at=None)
    assert [of.payload for of in asked] == [{"version": version.id}]


def test_what_was_not_seen_is_not_signed(us: Company) -> None:
    version = proposed(us)
    seen = version.content_hash
    agreements.edit(version, AGREED, by=us.mia, at=NOW + 1)
    agreements.propose(version, by=us.max, at=NOW + 1)
    with pytest.raises(agreements.Changed):
        agreements.sign(version, by=us.sol, at=NOW + 2, seen=seen)
    assert Signature.objects.count() == 0


def test_a_change_after_the_first_signature_voids_it_and_its_giver_is_told(us: Company) -> None:
    version = proposed(us)
    agreements.sign(version, by=us.max, at=NOW)
    agreements.edit(version, AGREED, by=us.mia, at=NOW + HOUR)
    signature = Signature.objects.get()
    assert (version.proposed_at, signature.voided_at) == (None, NOW + HOUR)
    assert signatures.valid(version) == {}
    assert told() == [("signed", 2), ("voided", 2)]
    entries = AuditEntry.objects.filter(at=NOW + HOUR).order_by("id")
    assert list(entries.values_list("action", "by__name")) == [
        ("signature_voided", "Mia"), ("version_changed", "Mia")
    ]  # fmt: skip
    while work(at=NOW + HOUR):
        pass
    assert [(of.to, of.subject) for of in mail.outbox] == [
        (["max@example.com"], "Ihre Freigabe von Version 2 zählt nicht mehr")
    ]
    with pytest.raises(agreements.NotNow):
        agreements.sign(version, by=us.sol, at=NOW + 2 * HOUR)


def test_other_comments_or_another_order_void_nothing(us: Company) -> None:
    version = proposed(us, AGREED)
    agreements.sign(version, by=us.max, at=NOW)
    agreements.edit(version, COMMENTED, by=us.mia, at=NOW + 1)
    assert (version.text, version.proposed_at) == (COMMENTED, NOW)
    assert agreements.sign(version, by=us.sol, at=NOW + 2)
    assert agreements.text(version) == COMMENTED
    assert told() == [("signed", 2), ("signed", 2), ("enacted", 2)]


def test_what_both_signed_is_changed_no_more(us: Company) -> None:
    version = proposed(us)
    agreements.sign(version, by=us.max, at=NOW)
    agreements.sign(version, by=us.sol, at=NOW)
    for step in (
        lambda: agreements.edit(version, AGREED, by=us.max, at=NOW),
        lambda: agreements.withdraw(version, by=us.max, at=NOW),
        lambda: agreements.sign_anew(version, by=us.max, at=NOW),
        lambda: agreements.sign(version, by=us.max, at=NOW),
    ):
        with pytest.raises(agreements.NotNow):
            step()


def test_what_was_withdrawn_is_not_signed_and_a_signature_of_it_counts_no_more(us: Company) -> None:
    version = proposed(us)
    agreements.sign(version, by=us.max, at=NOW)
    agreements.withdraw(version, by=us.sol, at=NOW + 1)
    with pytest.raises(agreements.NotNow):
        agreements.sign(version, by=us.sol, at=NOW + 2)
    assert Signature.objects.get().voided_at == NOW + 1
    assert told() == [("signed", 2), ("voided", 2)]


def test_both_sign_for_the_same_moment(us: Company) -> None:
    version = proposed(us)
    agreements.sign(version, by=us.max, at=NOW, in_force_from=NOW + DAY)
    for other in (None, NOW + 2 * DAY):
        with pytest.raises(agreements.Changed):
            agreements.sign(version, by=us.sol, at=NOW + 1, in_force_from=other)
    assert agreements.sign(version, by=us.sol, at=NOW + 1, in_force_from=NOW + DAY)
    assert version.in_force_from == NOW + DAY
    assert [of.number for of in scoring.timeline()] == [1, 2]


def test_nothing_comes_into_force_in_the_past(us: Company) -> None:
    version = proposed(us)
    with pytest.raises(agreements.InThePast):
        agreements.sign(version, by=us.max, at=NOW, in_force_from=NOW - 1)
    agreements.sign(version, by=us.max, at=NOW, in_force_from=NOW + DAY)
    with pytest.raises(agreements.InThePast):
        agreements.sign(version, by=us.sol, at=NOW + 2 * DAY, in_force_from=NOW + DAY)
    assert (version.in_force_from, Signature.objects.count()) == (None, 1)


def test_what_both_signed_for_later_comes_whatever_they_sign_meanwhile(us: Company) -> None:
    later, sooner = proposed(us), proposed(us, AGREED)
    for by in (us.max, us.sol):
        agreements.sign(later, by=by, at=NOW, in_force_from=NOW + 30 * DAY)
    with pytest.raises(agreements.NotNow):
        agreements.withdraw(later, by=us.max, at=NOW + 1)
    for by in (us.max, us.sol):
        agreements.sign(sooner, by=by, at=NOW + DAY)
    found = [agreements.current(NOW + days * DAY) for days in (2, 30)]
    assert found == [sooner, later]
    again = proposed(us, AGREED)
    for by in (us.max, us.sol):
        agreements.sign(again, by=by, at=NOW + 2 * DAY, in_force_from=NOW + 30 * DAY)
    again.refresh_from_db()
    assert again.in_force_from == NOW + 30 * DAY + 1
    assert agreements.current(NOW + 31 * DAY) == again


def test_another_moment_is_signed_by_both_anew(us: Company) -> None:
    version = proposed(us)
    agreements.sign(version, by=us.max, at=NOW, in_force_from=NOW + DAY)
    agreements.sign_anew(version, by=us.sol, at=NOW + 1)
    agreements.sign(version, by=us.sol, at=NOW + 2, in_force_from=NOW + 3 * DAY)
    assert agreements.sign(version, by=us.max, at=NOW + 3, in_force_from=NOW + 3 * DAY)
    assert version.in_force_from == NOW + 3 * DAY


def test_an_earlier_version_is_put_in_force_again_by_both(us: Company) -> None:
    second = proposed(us)
    for by in (us.max, us.sol):
        agreements.sign(second, by=by, at=NOW + DAY)
    with pytest.raises(agreements.NotNow):  # it is in force
        agreements.propose_again(second, by=us.sol, at=NOW + 2 * DAY)
    third = agreements.propose_again(us.version, by=us.sol, at=NOW + 2 * DAY)
    for by in (us.max, us.sol):
        agreements.sign(third, by=by, at=NOW + 3 * DAY)
    third.refresh_from_db()
    assert (third.content_hash, third.begun_from) == (us.version.content_hash, "again")
    assert third.base == us.version
    assert agreements.current(NOW + 4 * DAY) == third
    said = [of.said["content_hash"] for of in Seal.objects.filter(kind="enacted")]
    assert said == [third.content_hash, second.content_hash, third.content_hash]


def test_whoever_signed_can_be_deleted_and_the_signature_stays(us: Company) -> None:
    version = proposed(us)
    agreements.sign(version, by=us.max, at=NOW)
    agreements.sign(version, by=us.sol, at=NOW)
    User.objects.get(id=us.max.id).delete()
    of = Signature.objects.get(side="marketing")
    assert (of.by, of.by_name, of.at, of.voided_at) == (None, "Max", NOW, None)
    assert agreements.text(version) == STRICTER


def test_a_password_is_typed_again_and_not_guessed(us: Company) -> None:
    passwords.confirm(us.max, "correct horse battery", at=NOW)
    for _try in range(passwords.TRIES):
        with pytest.raises(passwords.WrongPassword):
            passwords.confirm(us.max, "guessed", at=NOW)
    with pytest.raises(passwords.TooManyTries):
        passwords.confirm(us.max, "correct horse battery", at=NOW)
    passwords.confirm(us.sol, "correct horse battery", at=NOW)
    passwords.confirm(us.max, "correct horse battery", at=NOW + 15 * 60 * SECOND)
    wrong = AuditEntry.objects.filter(action="password_wrong", by=us.max)
    assert wrong.count() == passwords.TRIES


def test_a_text_that_is_not_what_its_hash_says_is_not_signed(us: Company) -> None:
    version = proposed(us)
    Version.objects.filter(id=version.id).update(text=AGREED)
    with pytest.raises(seals.Broken):
        agreements.sign(version, by=us.max, at=NOW)
    assert Signature.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: A\nfit:\n\tindustry: {A: 1}\nsales_ready: {fit: 1}\n", (3, "\\t")),
        (
            "name: A\nfit:\n  a: {A: 1}\n  a: {B: 1}\nsales_ready: {fit: 1}\n",
            (4, "The key a stands here twice."),
        ),
        (
            "a: &a [x, x, x, x, x, x, x, x, x]\n"
            + "".join(
                f"{n}: &{n} [{', '.join(['*' + of] * 9)}]\n"
                for of, n in zip("abcdef", "bcdefg", strict=True)
            ),
            (1, "The document grows too large or too deep when its aliases are followed."),
        ),
        (AGREED + "#" * 5_000_000, (15, "The agreement has 5,000,")),
        (AGREED + "forecast: {weeks: 4}\n", (15, "a newer Einig may know it")),
        (AGREED + "explor: 2%\n", (15, "Did you mean explore?")),
    ],
    ids=["tab", "twice", "aliases", "5 MB", "newer", "misspelt"],
)  # fmt: skip
def test_what_is_no_agreement_is_refused_with_its_place(
    us: Company, text: str, said: tuple[int, str]
) -> None:
    with pytest.raises(Refused) as refused:
        agreements.draft(text, by=us.max, at=NOW)
    first = refused.value.issues[0]
    assert first.place.line == said[0]
    assert said[1] in f"{first.message} {first.remedy}"
    assert Version.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory is one connection")
def test_drafts_that_are_begun_at_once_get_numbers_one_after_another(us: Company) -> None:
    made: list[int] = []

    def begin() -> None:
        made.extend(agreements.draft(STRICTER, by=us.max, at=NOW).number for _ in range(5))
        connection.close()

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == list(range(2, 22))
