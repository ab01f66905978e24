"""What is discussed beside the clauses of a contract, and beside the parts of a draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from einig.engine.agreement.model import Agreement
from einig.engine.agreement.paths import paths
from einig.flow import words
from einig.store.models import Thread
from einig.web.contract import Part

_CLAUSES = {
    "who": ("lead.reachable_by", "lead.never", "lead.inquiries"),
    "ready": ("sales_ready",),
    "outside": ("outside_fit",),
    "respond": ("sales.respond_within",),
    "attempts": ("sales.attempts",),
    "reasons": ("sales.return_reasons", "verify"),
    "explore": ("explore",),
    "month": ("marketing.sales_ready_a_month",),
    "required": ("marketing.required",),
    "answer": ("marketing.answer_feedback_within",),
    "nothing": ("marketing.sales_ready_a_month",),
}


@dataclass(frozen=True, slots=True)
class Talk:
    """The threads of a clause. `criteria` can be written about; `is_open` if one was asked for."""

    criteria: tuple[tuple[str, str], ...]  # path and title
    open: tuple[Thread, ...]
    resolved: tuple[Thread, ...]
    is_open: bool = False

    @property
    def remarks(self) -> int:
        """Return how much was said that is not settled."""
        return sum(_remarks(thread) for thread in self.open)


def talk(criteria: Iterable[str], threads: Sequence[Thread], about: str = "") -> Talk:
    """Return the threads on some criteria."""
    named = tuple((path, words.criterion(path)) for path in criteria)
    known = {path for path, _title in named}
    mine = [thread for thread in threads if thread.criterion in known]
    return Talk(
        named,
        tuple(thread for thread in mine if thread.resolved_at is None),
        tuple(thread for thread in mine if thread.resolved_at is not None),
        is_open=about in known,
    )


def by_clause(
    of: Agreement, parts: Iterable[Part], threads: Sequence[Thread], about: str = ""
) -> dict[str, Talk]:
    """Return the threads by the key of their clause; `` is what no clause on the page is about."""
    known = paths(of)
    shown = {clause.key for part in parts for clause in part.clauses if not clause.is_gone}
    clauses = {key: list(criteria) for key, criteria in _CLAUSES.items()}
    for table in of.fit:
        clauses[f"fit {words.attribute(table.attribute)}"] = [f"fit.{table.attribute}"]
    for part in ("engagement", "intent"):
        clauses[part] = [path for path in known if path.startswith(f"{part}.")]
    clauses = {key: criteria for key, criteria in clauses.items() if key in shown}
    held = {path for criteria in clauses.values() for path in criteria}
    others = dict.fromkeys(thread.criterion for thread in threads)
    clauses[""] = [path for path in others if path not in held]
    return {key: talk(criteria, threads, about) for key, criteria in clauses.items()}


def counts(threads: Iterable[Thread]) -> Counter[str]:
    """Return by criterion, and by the part in which it is, how much was said and is not settled."""
    said: Counter[str] = Counter()
    for thread in threads:
        if thread.resolved_at is None:
            path, n = thread.criterion, _remarks(thread)
            said[path] += n
            part = {"verify": "sales", "explore": "sales", "outside_fit": "marketing"}.get(
                path, path.partition(".")[0]
            )
            if part != path:
                said["name" if part == "lead" else part] += n
    return said


def _remarks(thread: Thread) -> int:
    return sum(bool(remark.text) for remark in thread.remarks.all())
