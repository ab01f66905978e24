"""What several commands ask for: an agreement, a history, an instant, a format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

from einig.cli.output import count, print_issues, progress, say
from einig.engine.agreement.document import Document, load
from einig.engine.agreement.rules import check
from einig.engine.document import Issue, Refused, refuse
from einig.engine.instants import instant, local_instant

if TYPE_CHECKING:
    from einig.engine.history import History

Command = TypeVar("Command", bound=Callable[..., Any])

_PATH = click.Path(path_type=Path)


def agreement_argument(name: str = "agreement") -> Callable[[Command], Command]:
    """Add the argument for an agreement's file."""
    return click.argument(name, metavar=name.upper(), type=_PATH)


def history_options(*, required: bool = True) -> Callable[[Command], Command]:
    """Add --history and --data."""

    def add(command: Command) -> Command:
        command = click.option(
            "--data",
            type=_PATH,
            metavar="DIR",
            help="The folder to which the mapping's paths are relative [default: the mapping's].",
        )(command)
        return click.option(
            "--history",
            required=required,
            type=_PATH,
            metavar="MAPPING",
            help="The mapping file that says what the history's columns are.",
        )(command)

    return add


def format_option(command: Command) -> Command:
    """Add --format."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="For people, or for programs.",
    )(command)


def engine_option(command: Command) -> Command:
    """Add --engine."""
    return click.option(
        "--engine",
        type=click.Choice(["kernel", "duckdb", "spark"]),
        default="kernel",
        show_default=True,
        help="What executes the agreement; all give the same numbers.",
    )(command)


def load_agreement(path: Path) -> Document:
    """Read and check an agreement; print its warnings. Raises Refused on errors."""
    document = load(path)
    accept(check(document))
    return document


def accept(issues: list[Issue]) -> None:
    """Print warnings; raise Refused with everything if there is an error."""
    if any(issue.level == "error" for issue in issues):
        raise Refused(issues)
    print_issues(issues)


def load_history(mapping: Path, data: Path | None) -> History:
    """Read a history with progress; say what was set aside."""
    from einig.engine.history.read import read_history

    with progress() as report:
        history = read_history(mapping, data=data, progress=report)
    if history.about.set_aside:
        rows, file = count(history.about.set_aside), history.about.set_aside_file
        where = f"; they are kept in {file}" if file else ""
        say(f"{rows} rows could not be used{where}.")
    return history


def moment_in(history: History, text: str | None) -> int:
    """Return the instant that a text names: by default the end of the history.

    A time without a zone is in the history's zone; a date alone means the end of that day.
    """
    if text is None:
        return history.about.ends_at
    zone = ZoneInfo(history.about.zone)
    try:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            read = datetime.fromisoformat(text)
        else:
            read = datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(
                microseconds=1
            )
        return instant(read) if read.tzinfo else local_instant(read, zone)
    except (ValueError, OverflowError):
        remedy = "Write for example 2026-11-24 or 2026-11-24T08:00+01:00."
        raise refuse(f"“{text}” is no time.", remedy, file="--at") from None
