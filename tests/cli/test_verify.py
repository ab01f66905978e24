"""`einig verify` finds whatever an owner of the database changed behind everybody's back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import Store, store

_SIGNED = """
from einig.flow import agreements
from einig.store.models import *
from tests.live import *
us = company(since=NOW)
for n, text in enumerate((AGREED, AGREED.replace("fit: 20, any", "fit: 25, any"))):
    version = agreements.draft(text, by=us.max, at=NOW + n)
    agreements.propose(version, by=us.max, at=NOW + n)
    for by in (us.max, us.sol):
        agreements.sign(version, by=by, at=NOW + n + 1)
"""
_UNSIGNED = {"version 1: marketing has not signed it", "version 1: sales has not signed it"}
_TRIGGERS = (
    "signedtext_refuses_update", "signedtext_refuses_delete", "seal_refuses_update",
    "seal_refuses_delete", "version_refuses_update", "version_refuses_delete",
    "signature_refuses_update", "signature_refuses_delete",
)  # fmt: skip


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[Store]:
    """A store with two versions that both signed, after one from the beginning."""
    with store(tmp_path / "store") as of:
        of.do(_SIGNED)
        yield of


def verify(of: Store, *options: str) -> tuple[int, set[str], str]:
    """Return the exit code, what does not hold, and the end of the chain."""
    command = [sys.executable, "-m", "einig.cli", "verify", "--format", "json", *options]
    done = subprocess.run(command, env=of.environment, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    return done.returncode, set(found["broken"]) - _UNSIGNED, found["last"]


def tampered(of: Store, *statements: str) -> set[str]:
    """Change the store as its owner, put the triggers back, and return what is found."""
    for name in _TRIGGERS:
        table = f" ON store_{name.partition('_')[0]}" if of.database else ""
        of.change(f"DROP TRIGGER {name}{table}")
    for statement in statements:
        of.change(statement)
    of.do("")
    return verify(of)[1]


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
            "signature 2 (version 2, sales): no seal says that it was given like this",
            "signature 4 (version 3, sales): no seal says that it was given like this",
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
            "signature 3 (version 3, marketing): the seals do not say that it counts like this",
            "version 3: marketing has not signed it",
        },
    ),
    "a seal in the middle": (
        ["DELETE FROM store_seal WHERE number = 5"],
        {
            "seal 5: it is not there; the next one is 6",
            "signature 3 (version 3, marketing): no seal says that it was given like this",
        },
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


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_changed_is_found(signed: Store, what: str) -> None:
    statements, expected = TAMPERED[what]
    assert verify(signed)[1] == set()
    assert tampered(signed, *statements) == expected


def test_a_text_that_was_changed_is_found_and_nothing_is_judged_by_it(signed: Store) -> None:
    found = tampered(signed, "UPDATE store_signedtext SET text = replace(text, '25', '1')")
    assert sorted(said.partition(": ")[2][:19] for said in found) == [
        "it was changed", "its content is not ", "its text is not the"
    ]  # fmt: skip
    refused = signed.do(
        "from einig.flow import scoring, seals\n"
        "try: scoring.timeline()\n"
        "except seals.Broken as broken: print(broken)"
    )
    assert refused == (
        "version 3 is not what was signed, so nothing is judged by it: "
        "run `einig verify`, and mend it from a backup\n"
    )


def test_a_chain_that_was_cut_off_is_found_by_whoever_kept_its_end(signed: Store) -> None:
    code, _found, last = verify(signed)
    assert verify(signed, "--expect", last) == (code, set(), last)
    tampered(
        signed,
        "DELETE FROM store_seal WHERE version = 3",
        "DELETE FROM store_signature WHERE version_id = (SELECT max(id) FROM store_version)",
        "UPDATE store_version SET in_force_from = NULL WHERE number = 3",
    )
    assert verify(signed)[1] == set()
    said = f"the chain does not contain {last}: it was cut off or made anew"
    assert verify(signed, "--expect", last)[:2] == (2, {said})


def test_missing_triggers_are_found(signed: Store) -> None:
    table = " ON store_seal" if signed.database else ""
    signed.change(f"DROP TRIGGER seal_refuses_update{table}")
    said = "the database does not refuse changes: seal_refuses_update is missing"
    assert verify(signed)[1] == {said}


def test_what_holds_is_said_with_the_end_of_the_chain(tmp_path: Path) -> None:
    with store(tmp_path / "store") as of:
        of.do("")
        command = [sys.executable, "-m", "einig.cli", "verify"]
        done = subprocess.run(
            command, env=of.environment, capture_output=True, text=True, check=False
        )
    said = "0 seals, 0 signed texts, 0 signatures, 0 versions in force: everything is as it was "
    assert (done.returncode, done.stdout) == (0, said + "signed.\n")
