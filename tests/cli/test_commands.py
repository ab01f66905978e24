"""The command line as people and programs meet it: what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from examples import simulate
from tests.engine.history.files import LEADS, put

EINIG = str(Path(sys.executable).with_name("einig"))
SMALL = """\
name: Small agreement
fit: {industry: {Software: 20}}
engagement: {visit: {points: 10, for: 30 days}}
sales_ready: {fit: 20, engagement: 10}
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    simulate.write(folder)
    return folder


def einig(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with a cache of its own."""
    told = os.environ | {"EINIG_CACHE": str(folder / "cache"), "COLUMNS": "100"} | environment
    return subprocess.run(
        [EINIG, *arguments], cwd=folder, env=told, capture_output=True, text=True, check=False
    )


def test_without_a_command_it_teaches(tmp_path: Path) -> None:
    done = einig(tmp_path, "--help")
    assert done.returncode == 0
    assert "Begin with `einig new`" in done.stdout


def test_a_misspelt_command_or_option_is_refused(tmp_path: Path) -> None:
    assert einig(tmp_path, "chek").returncode == 2
    assert einig(tmp_path, "check", "a.yaml", "--histroy", "x").returncode == 2


def test_new_writes_a_template_that_check_accepts_and_never_overwrites(tmp_path: Path) -> None:
    assert einig(tmp_path, "new", "a.yaml", "--template", "strict").returncode == 0
    done = einig(tmp_path, "check", "a.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    again = einig(tmp_path, "new", "a.yaml")
    assert again.returncode == 2
    assert again.stderr == "a.yaml:1:1: error: This file exists. Choose another name.\n"


def test_check_names_every_issue_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL.replace("sales_ready", "sales_redy"), encoding="utf-8")
    done = einig(tmp_path, "check", "a.yaml")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "a.yaml:1:1: error: sales_ready is missing. Add sales_ready: when a lead goes to sales.",
        "a.yaml:4:1: error: sales_redy: The key sales_redy is not known here."
        " Did you mean sales_ready?",
        "Refused.",
    ]
    told = json.loads(einig(tmp_path, "check", "a.yaml", "--format", "json").stdout)
    assert [issue["line"] for issue in told["issues"]] == [1, 4]


@pytest.mark.parametrize("command", ["check", "score", "backtest"])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, command: str) -> None:
    history = () if command == "check" else ("--history", "h.yaml")
    done = einig(tmp_path, command, "a.yaml", *history)
    assert done.returncode == 2
    assert "a.yaml:1:1: error: There is no such file. Check the path." in done.stderr


def test_an_activity_that_never_occurs_is_a_warning(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": SMALL.replace("visit", "visits")})
    done = einig(tmp_path, "check", "a.yaml", "--history", "history.yaml")
    assert done.returncode == 0
    assert done.stderr == (
        "a.yaml:3:14: warning: engagement.visits: The activity visits never occurs in Small:"
        " not testable there. Did you mean visit?\n"
    )


def test_an_agreement_that_uses_an_outcome_is_refused(tmp_path: Path) -> None:
    agreement = SMALL.replace("industry: {Software: 20}", "status: {won: 20}")
    put(tmp_path, {"a.yaml": agreement})
    done = einig(tmp_path, "backtest", "a.yaml", "--history", "history.yaml")
    assert done.returncode == 2
    assert done.stderr == (
        "a.yaml:2:7: error: fit.status: The attribute status is the outcome, or comes with it."
        " Use what happened before: nobody knows the outcome when they decide.\n"
    )


def test_an_empty_history_is_said_and_gives_empty_figures(tmp_path: Path) -> None:
    empty = {
        "leads.csv": "id,created,industry\n",
        "events.csv": "lead,type,at,path\n",
        "deals.csv": "lead,status,closed,amount\n",
    }
    put(tmp_path, {"a.yaml": SMALL} | empty)
    done = einig(tmp_path, "backtest", "a.yaml", "--history", "history.yaml", "--format", "json")
    assert done.returncode == 0
    assert "Small holds no leads. Check the files and filters of the mapping." in done.stderr
    told = json.loads(done.stdout)
    assert (told["leads"], told["sales_ready"], told["precision"]) == (0, 0, None)


def test_rows_that_were_set_aside_end_with_3(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": SMALL, "leads.csv": LEADS + "broken\n"})
    done = einig(tmp_path, "score", "a.yaml", "--history", "history.yaml", "--format", "json")
    assert done.returncode == 3
    assert "1 rows could not be used; they are kept in " in done.stderr
    assert [json.loads(line)["lead"] for line in done.stdout.splitlines()] == ["A", "B"]


def test_score_prints_a_line_a_lead(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": SMALL})
    done = einig(
        tmp_path, "score", "a.yaml", "--history", "history.yaml", "--at", "2026-03-04",
        "--format", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {
            "lead": "A",
            "fit": 20,
            "engagement": 10,
            "intent": False,
            "sales_ready": True,
            "first_ready_at": "2026-03-03T08:00:00Z",
        },
        {
            "lead": "B",
            "fit": 0,
            "engagement": 0,
            "intent": False,
            "sales_ready": False,
            "first_ready_at": None,
        },
    ]


def test_explain_adds_up(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": SMALL})
    arguments = ("explain", "a.yaml", "--history", "history.yaml", "--lead", "A")
    told = json.loads(einig(tmp_path, *arguments, "--format", "json").stdout)
    lines = told["lines"]
    assert sum(of["points"] for of in (*lines["fit"], *lines["engagement"])) == told["score"] == 30
    shown = einig(tmp_path, *arguments).stdout
    assert "Score 30 = fit 20 + engagement 10" in shown


def test_explain_of_an_unknown_lead_is_refused(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": SMALL})
    done = einig(tmp_path, "explain", "a.yaml", "--history", "history.yaml", "--lead", "Z")
    assert done.returncode == 2
    assert done.stderr == "history.yaml:1:1: error: No lead has the id Z. Check the id.\n"


def test_a_time_that_is_none_is_refused(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": SMALL})
    done = einig(tmp_path, "score", "a.yaml", "--history", "history.yaml", "--at", "soon")
    assert done.returncode == 2
    assert "“soon” is no time. Write for example 2026-11-24" in done.stderr


def shared(one: Any, other: Any) -> Any:
    """Return of a JSON value what the other one holds, too."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: shared(of, other[key]) for key, of in one.items() if key in other}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [shared(a, b) for a, b in zip(one, other, strict=True)]
    return one


def test_duckdb_prints_the_numbers_of_the_kernel(company: Path) -> None:
    arguments = ("backtest", "draft.yaml", "--against", "in-force.yaml", "--history",
                 "history.yaml", "--format", "json", "--capacity", "8")  # fmt: skip
    told = [
        json.loads(einig(company, *arguments, "--engine", engine).stdout.replace(engine, "ENGINE"))
        for engine in ("kernel", "duckdb")
    ]
    kernel, duckdb = told  # the kernel says more: curve, segments, intervals of revenue
    assert shared(kernel, duckdb) == duckdb
    assert duckdb["leads"] == 900
    assert {"precision", "recall", "changes", "months"} <= set(duckdb)


def test_a_comparison_names_the_leads_that_change_sides(company: Path) -> None:
    done = einig(
        company, "backtest", "draft.yaml", "--against", "in-force.yaml", "--history", "history.yaml"
    )
    assert done.returncode == 0
    assert "Fit and a wish to buy drops 437 leads, 70 of them won." in done.stdout
    assert "L-1019" in done.stdout
    assert "\x1b[" not in done.stdout  # colour is for terminals


def test_diff_speaks_in_sentences(company: Path) -> None:
    done = einig(company, "diff", "in-force.yaml", "draft.yaml")
    assert "Abgemeldet is new: -15 points for 90 days, at most -15 points" in done.stdout
    same = einig(company, "diff", "draft.yaml", "draft.yaml")
    assert same.stdout == "Both say the same.\n"


@pytest.mark.parametrize("later", [0.0, 0.5, 1.0])
def test_ctrl_c_ends_with_130_and_leaves_nothing_behind(tmp_path: Path, later: float) -> None:
    rows = "".join(f"{n},2026-03-02T09:00,Software\n" for n in range(400_000))
    put(tmp_path, {"a.yaml": SMALL, "leads.csv": "id,created,industry\n" + rows})
    told = os.environ | {"EINIG_CACHE": str(tmp_path / "cache")}
    command = [EINIG, "score", "a.yaml", "--history", "history.yaml"]
    run = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=told,
        stderr=subprocess.PIPE,
        text=True,
        # tests that run in the background inherit that Ctrl-C is ignored
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # one thread
    )
    waited = 0
    while not (tmp_path / "cache").exists() and waited < 600:  # it begins to read right afterwards
        time.sleep(0.1)
        waited += 1
    time.sleep(later)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert (run.returncode, said.lstrip()) == (130, "Interrupted. Nothing was half-written.\n")
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_a_full_disk_is_refused(tmp_path: Path) -> None:
    put(tmp_path, {"a.yaml": SMALL})
    limit = f"ulimit -f 1; trap '' XFSZ; exec {EINIG} score a.yaml --history history.yaml"
    told = os.environ | {"EINIG_CACHE": str(tmp_path / "cache"), "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        ["bash", "-c", limit], cwd=tmp_path, env=told, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "There is no room left to keep the history in " in done.stderr
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_what_was_read_is_shown_as_it_is(tmp_path: Path) -> None:
    leads = LEADS.replace("A,", "[bold]A[/],").replace("Software", "[red]Software")
    put(tmp_path, {"a.yaml": SMALL, "leads.csv": leads})
    arguments = ("a.yaml", "--history", "history.yaml")
    assert "[bold]A[/]" in einig(tmp_path, "score", *arguments).stdout
    shown = einig(tmp_path, "explain", *arguments, "--lead", "[bold]A[/]").stdout
    assert "[bold]A[/] at 2026-03-21" in shown
    assert "[red]Software" in shown
