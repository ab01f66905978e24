"""Trials: what a draft would have done on everything that the store knows, quickly, edit for edit.

The store's history is read once and kept in this process, as of the instant at which it was read.
It is read again when the store has grown and some minutes have passed. A long history is read
beside the request, and whoever asks is told that counting goes on; until then the one before
answers.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Max, Sum

from einig.engine.agreement.model import Agreement
from einig.engine.backtest.moved import Moves, moves
from einig.engine.backtest.past import Past
from einig.engine.backtest.trial import Replayed, Trial, replayed, trial
from einig.engine.instants import DAY, SECOND
from einig.flow.ideal_lead import WHO_IT_IS
from einig.store import history
from einig.store.models import Event, Fact, Handoff, Lead, Link, Outcome, User

_FRESH = 300 * SECOND  # for so long a history answers although the store has grown
_LONG = 200_000  # activities from which on nobody waits for a history to be read
_SEGMENTS = 6
_KEPT = 12  # trials
MOVED = 90 * DAY  # of how long a time it is said what each criterion moved

log = logging.getLogger(__name__)


class StillCounting(Exception):
    """The history is being read; ask again in a moment."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The store's history as of an instant, with the replays and trials that were asked of it."""

    as_of: int
    stamp: tuple[Any, ...]
    past: Past
    replays: OrderedDict[Any, Replayed] = field(default_factory=OrderedDict)
    trials: OrderedDict[Any, Trial] = field(default_factory=OrderedDict)
    moves: OrderedDict[Any, Moves] = field(default_factory=OrderedDict)


@dataclass(slots=True)
class _State:
    ready: Ready | None = None
    reading: threading.Thread | None = None
    moving: threading.Thread | None = None


_state = _State()
_lock = threading.RLock()


def ready(*, at: int) -> Ready:
    """Return the store's history. Raises StillCounting while a long one is read first."""
    with _lock:
        stamp, kept = _stamp(), _state.ready
        if kept is not None and kept.stamp[0] != stamp[0]:  # another database
            kept = None
        if kept is not None and (kept.stamp == stamp or at - kept.as_of < _FRESH):
            return kept
        if _size() < _LONG:
            _state.ready = read(as_of=at)
            return _state.ready
        if _state.reading is None or not _state.reading.is_alive():
            _state.reading = threading.Thread(target=_read_beside, args=(at,), daemon=True)
            _state.reading.start()
        if kept is None:
            raise StillCounting
        return kept


def read(*, as_of: int) -> Ready:
    """Read the store's history as of an instant."""
    stamp = _stamp()
    return Ready(as_of, stamp, Past(history.read(name="Einig", as_of=as_of)))


def forget() -> None:
    """Forget what is kept, so that the next one who asks has it read anew."""
    with _lock:
        _state.ready = None


def try_out(
    of: Ready,
    draft: Agreement,
    *,
    against: Agreement | None = None,
    threshold: int = 0,
    capacity: int | None = None,
) -> Trial:
    """Try a draft on the store's history. Raises NoTrial."""
    key = draft, against, threshold, capacity
    with _lock:
        if (found := of.trials.get(key)) is None:
            other = None if against is None else _replayed(of, against, capacity)
            found = trial(
                of.past,
                draft,
                against=other,
                capacity=capacity,
                threshold=threshold,
                by=segments(of.past),
            )
            _keep(of.trials, key, found)
    return found


def moved(of: Ready, agreement: Agreement) -> Moves:
    """Return what each criterion moved of late. Raises StillCounting while that takes long."""
    with _lock:
        if (found := of.moves.get(agreement)) is not None:
            return found
        if of.past.history.about.events < _LONG:
            return _move(of, agreement)
        if _state.moving is None or not _state.moving.is_alive():
            _state.moving = threading.Thread(target=_move_beside, args=(of, agreement), daemon=True)
            _state.moving.start()
    raise StillCounting


def capacity() -> int | None:
    """Return how many hand-offs those who sell can have in hand; None if nobody sells."""
    found = User.objects.sellers().aggregate(sum=Sum("capacity"))["sum"]
    return found or None


def segments(of: Past) -> tuple[str, ...]:
    """Return by which attributes leads are grouped: where they came from first."""
    found = of.segments(without=WHO_IT_IS)
    first = tuple(name for name in found if name == "source")
    return (*first, *(name for name in found if name != "source"))[:_SEGMENTS]


def _replayed(of: Ready, agreement: Agreement, capacity: int | None) -> Replayed:
    key = agreement, capacity
    if (found := of.replays.get(key)) is None:
        found = replayed(of.past, agreement, capacity=capacity)
        _keep(of.replays, key, found)
    return found


def _move(of: Ready, agreement: Agreement) -> Moves:
    found = moves(of.past, agreement, since=of.as_of - MOVED)
    with _lock:
        _keep(of.moves, agreement, found)
    return found


def _move_beside(of: Ready, agreement: Agreement) -> None:
    try:
        _move(of, agreement)
    except Exception:  # whoever asks next has it tried again
        log.exception("it could not be worked out what each criterion moved")


def _keep(kept: OrderedDict[Any, Any], key: object, found: object) -> None:
    kept[key] = found
    while len(kept) > _KEPT:
        kept.popitem(last=False)


def _read_beside(at: int) -> None:
    try:
        found = read(as_of=at)
        with _lock:
            _state.ready = found
    except Exception:  # whoever asks next has it tried again
        log.exception("the history could not be read")
    finally:
        connection.close()


def _size() -> int:
    """Return about how many activities there are, without counting them."""
    return Event.objects.aggregate(n=Max("id"))["n"] or 0


def _stamp() -> tuple[Any, ...]:
    """Return what differs once the store has grown."""
    newest = [of.objects.aggregate(n=Max("id"))["n"] for of in (Event, Fact, Lead, Link, Outcome)]
    closed = Handoff.objects.aggregate(n=Max("closed_at"))["n"]
    return connection.settings_dict["NAME"], *newest, closed
