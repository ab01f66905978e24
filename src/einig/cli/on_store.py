"""What a backtest replays: a history from files, or what Einig itself knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from einig.cli import live
from einig.engine.backtest.past import Past
from einig.engine.document import refuse
from einig.engine.history.contract import History
from einig.engine.instants import instant, iso


@dataclass(frozen=True, slots=True)
class Given:
    """A history, what sales can work a week, and by which attributes leads are grouped."""

    history: History
    capacity: int | None
    known: Past | None
    by: tuple[str, ...] = ()
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def past(self) -> Past:
        """Return the history as a trial takes it."""
        return self.known or Past(self.history)


def on_store(as_of: str | None, capacity: int | None) -> Given:
    """Return what the store knew as of a time (now, without one). Raises Refused."""
    at = _instant(as_of)
    live.set_up(upgrade=False)
    from einig.flow import trials

    found = trials.read(as_of=at)
    return Given(
        found.past.history,
        capacity or trials.capacity(),
        found.past,
        trials.segments(found.past),
        {"as_of": iso(at)},
    )


def _instant(text: str | None) -> int:
    try:
        read = datetime.now(UTC) if text is None else datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        remedy = "Write for example 2026-11-24T08:00+01:00."
        raise refuse(f"“{text}” is no time with a zone.", remedy, file="--as-of")
    return instant(read)
