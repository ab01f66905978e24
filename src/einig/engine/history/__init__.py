"""Histories: what happened to leads, read from files and rows, ready to be replayed."""

from einig.engine.history.build import build
from einig.engine.history.contract import (
    About,
    EventRow,
    FactRow,
    FeedbackRow,
    History,
    LeadRow,
    LinkRow,
    OutcomeRow,
)
from einig.engine.history.read import read_history

__all__ = [
    "About",
    "EventRow",
    "FactRow",
    "FeedbackRow",
    "History",
    "LeadRow",
    "LinkRow",
    "OutcomeRow",
    "build",
    "read_history",
]
