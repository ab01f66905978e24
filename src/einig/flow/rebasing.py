"""Rebasing: what a study proposes, written into an agreement that came into force since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from einig.engine.agreement import loads
from einig.engine.learning.draft import BESIDE, LEARNED, rebased
from einig.engine.learning.signals import asks_intent


def rebased_on(base: str, number: int, *, study: Mapping[str, Any]) -> str:
    """Return the draft of a study on the text of another version.

    Points and threshold are those of the study, and so is the fit that buying signals need: what it
    would be on the new version only another look could tell. The comment at the beginning says so.
    """
    found = study["draft"]
    fits = {int(before): now for before, now in found.get("fits", {}).items()}
    score = found["chosen"]["score"]
    text = rebased(found["agreement"], base, at_least=score, fits=fits)
    before = f"version {study['version']}" if study.get("version") else "no agreement"
    beside = (
        f"{BESIDE}{before}; all but fit, engagement and sales_ready is that of version {number}, "
        f"in force since.{_of_signals(text, base, fits)}"
    )
    first = [line for line in found["agreement"].splitlines() if line.startswith(f"# {LEARNED}")]
    head = "\n".join([*(line.removeprefix("# ") for line in first), beside])
    return rebased(found["agreement"], base, at_least=score, fits=fits, head=head)


def _of_signals(text: str, base: str, fits: Mapping[int, int]) -> str:
    """Return what became of the buying signals that the version in force asks for."""
    if not asks_intent(loads(base).agreement.sales_ready):
        return ""
    if not asks_intent(loads(text).agreement.sales_ready):
        return " Its buying signals ask for more than was translated: here the score decides."
    return " The fit that buying signals need is still the one translated then." if fits else ""
