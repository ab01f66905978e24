"""`einig verify` finds whatever an owner of the database changed behind everybody's back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from einig.engine.instants import DAY
from einig.flow import agreements, capture, journey, scoring, seals, signatures, verifying
from einig.store.models import Lead, Received, Side, Signature, Source, User, Version
from tests.live import AGREED, NOW, company, unguarded
from tests.servers import Store, store

_UNSIGNED = {"version 1: marketing has not signed it", "version 1: sales has not signed it"}


@pytest.fixture
def _signed(db: None) -> None:
    """Two versions that both signed, after one from the beginning that nobody did."""
    us = company(since=NOW)
    for n, text in enumerate(
        (
            AGREED,
            AGREED.replace("fit: 20, any", "fit: 25, any").replace("Software: 20", "Software: 25"),
        )
    ):
        version = agreements.draft(text, by=us.max, at=NOW + n)
        agreements.propose(version, by=us.max, at=NOW + n)
        for by in (us.max, us.sol):
            agreements.sign(version, by=by, at=NOW + n + 1)


def found(*, expect: str = "") -> set[str]:
    """Return what does not hold, apart from what never did."""
    return set(verifying.verify(expect=expect).broken) - _UNSIGNED


def tampered(*statements: str) -> set[str]:
    """Change the store as its owner, put the triggers back, and return what is found."""
    with unguarded(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    return found()


SWAPPED = (
    "UPDATE store_seal SET number = 99 WHERE number = 2",
    "UPDATE store_seal SET number = 2 WHERE number = 3",
    "UPDATE store_seal SET number = 3 WHERE number = 99",
)
TAMPERED = {
    "the text of a version": (
        ["UPDATE store_version SET text = replace(text, '20', '1') WHERE number = 2"],
        {"version 2: its text is not the one that was signed"},
    ),
    "when it is in force": (
        ["UPDATE store_version SET in_force_from = 5 WHERE number = 2"],
        {"version 2: it is in force from another moment than was sealed"},
    ),
    "that it is in force": (
        ["UPDATE store_version SET in_force_from = NULL WHERE number = 3"],
        {"seal 7: version 3 was put in force, and is not"},
    ),
    "who signed": (
        ["UPDATE store_signature SET by_name = 'Sue' WHERE by_name = 'Sol'"],
        {
            "signature {1} (version 2, sales): no seal says that it was given like this",
            "signature {3} (version 3, sales): no seal says that it was given like this",
            "seal 3: the signature that was signed is not there",
            "seal 6: the signature that was signed is not there",
        },
    ),
    "that somebody signed": (
        ["DELETE FROM store_signature WHERE by_name = 'Sol' AND at = (SELECT max(at) "
         "FROM store_signature)"],
        {
            "version 3: sales has not signed it",
            "seal 6: the signature that was signed is not there",
        },
    ),
    "that it counts": (
        ["UPDATE store_signature SET voided_at = 7 WHERE by_name = 'Max' AND at = (SELECT "
         "max(at) FROM store_signature)"],
        {
            "signature {2} (version 3, marketing): the seals do not say that it counts like this",
            "version 3: marketing has not signed it",
        },
    ),
    "a seal in the middle": (
        ["DELETE FROM store_seal WHERE number = 5"],
        {
            "seal 5: it is not there; the next one is 6",
            "signature {2} (version 3, marketing): no seal says that it was given like this",
        },
    ),
    "that it counts no more": (
        ["UPDATE store_version SET withdrawn_at = 5 WHERE number = 2"],
        {"version 2: it is in force, and was marked as withdrawn"},
    ),
    "what a seal says": (
        ["UPDATE store_seal SET version = 1 WHERE number = 3"],
        {"seal 3: it does not say what it said when it was made"},
    ),
    "the order": (
        list(SWAPPED),
        {
            f"seal {n}: it does not {what}"
            for n, what in (
                (2, "say what it said when it was made"), (2, "follow the one before"),
                (3, "say what it said when it was made"), (3, "follow the one before"),
                (4, "follow the one before"),
            )
        },
    ),
}  # fmt: skip


@pytest.mark.usefixtures("_signed")
@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_changed_is_found(what: str) -> None:
    statements, expected = TAMPERED[what]
    assert found() == set()
    numbers = _numbers()
    assert tampered(*statements) == {said.format(*numbers) for said in expected}


def _numbers() -> list[int]:
    """Return the numbers of the signatures, which differ from database to database."""
    return list(Signature.objects.order_by("id").values_list("id", flat=True))


@pytest.fixture
def half() -> Version:
    """A proposal that one side signed for a moment."""
    max_ = User.objects.get(name="Max")
    version = agreements.draft(AGREED, by=max_, at=NOW)
    agreements.propose(version, by=max_, at=NOW)
    agreements.sign(version, by=max_, at=NOW + 9, in_force_from=NOW + 9 * DAY)
    return version


@pytest.mark.usefixtures("_signed")
def test_another_moment_than_one_side_signed_for_is_found(half: Version) -> None:
    assert found() == set()
    moved = f"UPDATE store_version SET begins_at = {NOW + 5 * DAY} WHERE number = {half.number}"
    assert tampered(moved) == {"version 4: it begins at another moment than was signed"}
    sol = User.objects.get(name="Sol")
    assert agreements.sign(half, by=sol, at=NOW + 9, in_force_from=NOW + 5 * DAY)
    assert found() == {"version 4: the two sides signed for different moments"}


@pytest.mark.usefixtures("_signed")
@pytest.mark.parametrize("moment", [None, NOW + 9 * DAY])
def test_an_earlier_moment_than_both_signed_for_is_found(half: Version, moment: int | None) -> None:
    max_, sol = (User.objects.get(name=name) for name in ("Max", "Sol"))
    agreements.sign_anew(half, by=max_, at=NOW + 9)
    half.refresh_from_db()
    for by, side in ((max_, Side.MARKETING), (sol, Side.SALES)):
        signatures.give(half, by=by, side=side, at=NOW + 2 * DAY, begins_at=moment)
    assert found() == set()
    agreements.enact(half, since=NOW + DAY, at=NOW + DAY)
    assert found() == {"version 4: it was put in force earlier than both signed for"}


@pytest.mark.usefixtures("_signed")
def test_a_text_that_was_changed_is_found_and_nothing_is_judged_by_it() -> None:
    broken = tampered("UPDATE store_signedtext SET text = replace(text, 'fit: 25', 'fit: 1')")
    assert sorted(said.partition(": ")[2][:19] for said in broken) == [
        "it was changed", "its content is not ", "its text is not the"
    ]  # fmt: skip
    scoring._agreement.cache_clear()
    said = {"type": "identify", "userId": "u1", "traits": {"email": "p@pumpen.example"}}
    capture.receive([said | {"messageId": "1"}], source=Source.objects.get(), at=NOW + 9)
    with pytest.raises(seals.Broken, match="version 3 is not what was signed"):
        journey.take_in_waiting()
    assert (Lead.objects.count(), Received.objects.count()) == (0, 1)
    tampered("UPDATE store_signedtext SET text = replace(text, 'fit: 1', 'fit: 25')")
    assert (found(), journey.take_in_waiting()) == (set(), 1)
    assert Lead.objects.get().version == Version.objects.get(number=3)


@pytest.mark.usefixtures("_signed")
def test_a_chain_that_was_cut_off_is_found_by_whoever_kept_its_end() -> None:
    last = verifying.verify().last
    assert found(expect=last) == set()
    cut = tampered(
        "DELETE FROM store_seal WHERE version = 3",
        "DELETE FROM store_signature WHERE version_id = (SELECT max(id) FROM store_version)",
        "UPDATE store_version SET in_force_from = NULL WHERE number = 3",
    )
    said = f"the chain does not contain {last}: it was cut off or made anew"
    assert (cut, found(expect=last)) == (set(), {said})


def einig(of: Store, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `einig verify` on a store."""
    command = [sys.executable, "-m", "einig.cli", "verify", *options]
    return subprocess.run(command, env=of.environment, capture_output=True, text=True, check=False)


def test_the_command_says_what_holds_and_refuses_what_does_not(tmp_path: Path) -> None:
    with store(tmp_path / "store") as of:
        of.do("")
        holds = einig(of)
        of.change(f"DROP TRIGGER seal_refuses_update{' ON store_seal' if of.database else ''}")
        broken = einig(of, "--format", "json", "--expect", "5B0C")
    said = "0 seals, 0 signed texts, 0 signatures, 0 versions in force: everything is as it was "
    assert (holds.returncode, holds.stdout) == (0, said + "signed.\n")
    assert (broken.returncode, json.loads(broken.stdout)["broken"]) == (2, [
        "the chain does not contain 5b0c: it was cut off or made anew",
        "the database does not refuse changes: seal_refuses_update is missing",
    ])  # fmt: skip
