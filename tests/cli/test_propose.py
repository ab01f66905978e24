"""`einig propose` on a small history: a draft, JSON, and clear answers to what cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from einig.cli.main import cli
from einig.engine.agreement import loads
from einig.engine.document import Refused

MAPPING = """\
name: Small
zone: Europe/Berlin
leads:
  file: leads.csv
  id: id
  created: created
  attributes: {industry: industry, size: size, verdict: verdict}
outcomes: {files: {file: leads.csv, lead: id, status: status, won: [won], lost: [lost]}}
"""


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    """A history of 240 leads: software buys, and a verdict was written down afterwards."""
    rows = ["id,created,industry,size,verdict,status"]
    for n in range(240):
        software = n % 2 == 0
        won = n % 10 in {0, 2, 6} if software else n % 10 == 3 and n % 20 == 3
        day = f"2026-{1 + n // 28:02}-{1 + n % 28:02}"
        kind, size = "Software" if software else "Handel", 10 + 17 * (n % 40)
        rows.append(f"L{n},{day},{kind},{size},{'good' if won else ''},{'won' if won else 'lost'}")
    (tmp_path / "leads.csv").write_text("\n".join(rows), encoding="utf-8")
    path = tmp_path / "history.yaml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def run(*options: str) -> str:
    """Return what the command prints."""
    done = CliRunner().invoke(cli, ["propose", *options], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.stdout


def test_a_history_becomes_a_draft_without_what_was_known_afterwards(
    mapping: Path, tmp_path: Path
) -> None:
    out = tmp_path / "draft.yaml"
    told = json.loads(
        run("--history", str(mapping), "--format", "json", "--goal", "40%", "--out", str(out))
    )
    assert told["learnable"] is True
    assert [of["column"] for of in told["set_aside"]] == ["verdict"]
    assert told["auc_test"] > 0.7
    assert told["train_until"].startswith("2026-0")
    agreement = loads(out.read_text(encoding="utf-8")).agreement
    assert agreement.fit[0].attribute == "industry"
    assert told["draft"]["agreement"] == out.read_text(encoding="utf-8")


def test_people_read_the_same(mapping: Path) -> None:
    printed = run("--history", str(mapping), "--goal", "precision:50%")
    for said in (
        "on newer leads",
        "industry",
        "Set aside",
        "verdict",
        "handed over",
        "On newer leads",
    ):
        assert said in printed


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--goal", "much"], "“much” is no goal."),
        (["--goal", "0%"], "“0%” cannot be reached."),
        (["--keep", "colour"], "The history has no column colour."),
    ],
)
def test_what_cannot_be_is_refused(mapping: Path, options: list[str], said: str) -> None:
    with pytest.raises(Refused) as refused:
        run("--history", str(mapping), *options)
    assert refused.value.issues[0].message == said


def test_in_full_it_says_how_sure_it_is(mapping: Path) -> None:
    short, full = run("--history", str(mapping)), run("--history", str(mapping), "--long")
    for said in ("Average precision: ", " were expected, and ", "expected of 100", "best tenth"):
        assert (said in short, said in full) == (False, True)
    for said in ("shuffled, ", "Fisher's exact test", "Benjamini and Hochberg 1995"):
        assert said in short


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--goal", "precision:100%"], "There is no draft to write. Of 100 handed over, at best "),
        (["--drop", "industry", "--drop", "size"], "There is no draft to write. Nothing to learn "),
    ],
)
def test_a_draft_that_was_asked_for_and_cannot_be_made_is_refused_with_the_reason(
    mapping: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    out = tmp_path / "draft.yaml"
    with pytest.raises(Refused) as refused:
        run("--history", str(mapping), "--out", str(out), *options)
    assert refused.value.issues[0].message.startswith(said)
    assert not out.exists()


def test_a_few_leads_are_not_enough(mapping: Path) -> None:
    leads = mapping.with_name("leads.csv")
    lines = leads.read_text(encoding="utf-8").splitlines()[:11]
    leads.write_text("\n".join(lines), encoding="utf-8")
    told = json.loads(run("--history", str(mapping), "--format", "json"))
    assert (told["learnable"], told["draft"]) == (False, None)
    assert told["verdict"].startswith("Not enough: ")
