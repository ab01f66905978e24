"""How the command line speaks: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from einig.engine.document import Issue
from einig.engine.instants import iso, moment

Report = Callable[[str, float], None]

_STYLES = {"error": "bold red", "warning": "yellow"}


def out() -> Console:
    """Return the console for results; colour only on a terminal, and no markup in what is read."""
    return Console(highlight=False, markup=False, soft_wrap=not sys.stdout.isatty())


def err() -> Console:
    """Return the console for messages."""
    return Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def say(message: str) -> None:
    """Print a message to standard error."""
    err().print(message)


def print_json(value: Any) -> None:
    """Print one value as one line of JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n")


def print_issues(issues: Iterable[Issue]) -> None:
    """Print issues to standard error, one a line: place, level, criterion, message, remedy."""
    console = err()
    for issue in issues:
        console.print(f"{issue.place}: ", end="")
        console.print(f"{issue.level}: ", end="", style=_STYLES[issue.level])
        text = f"{issue.criterion}: {issue.message}" if issue.criterion else issue.message
        console.print(f"{text} {issue.remedy}".rstrip())


def issue_json(issue: Issue) -> dict[str, Any]:
    """Return an issue as plain values."""
    place = {"file": issue.place.file, "line": issue.place.line, "column": issue.place.column}
    words = {"criterion": issue.criterion, "message": issue.message, "remedy": issue.remedy}
    return {"level": issue.level, **place, **words}


def table(*columns: str, title: str | None = None) -> Table:
    """Return an empty table; a column whose name ends with `>` is aligned to the right."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in columns:
        right = name.endswith(">")
        made.add_column(name.removesuffix(">"), justify="right" if right else "left")
    return made


@contextmanager
def progress() -> Iterator[Report]:
    """Show how far long work is, on a terminal only; yields a report of (what, share done)."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err(), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Reading", total=1.0)
        yield lambda what, done: bar.update(task, description=what, completed=done)


def local(at: int | None, zone: str) -> str:
    """Return an instant for people, in the history's zone; a dash where it never comes."""
    if iso(at) is None or at is None:
        return "–"
    return moment(at).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def count(number: int) -> str:
    """Return a whole number for people (`13,087`)."""
    return f"{number:,}"


def money(amount: float, currency: str | None) -> str:
    """Return an amount for people (`1,234,500 EUR`)."""
    return f"{amount:,.0f} {currency or ''}".rstrip()


def of_100(share: float | None) -> str:
    """Return a share as "N of 100"; a dash where it is unknown."""
    return "–" if share is None else f"{100 * share:.1f}"
