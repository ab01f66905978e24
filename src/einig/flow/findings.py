"""Findings: what a version does not keep, in words; settled with a note, or made a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from einig.engine.backtest.intervals import Proportion
from einig.engine.document.source import Entries, read_source
from einig.engine.instants import moment
from einig.engine.values import fold
from einig.flow import agreements, audit, words
from einig.flow.organisation import organisation
from einig.flow.permissions import require
from einig.store.models import Finding, User, Version


class Settled(Exception):
    """Somebody was quicker: this finding is settled."""


def settle(finding: Finding, *, by: User, at: int, note: str) -> None:
    """Say that a finding is dealt with, and how. Raises Settled."""
    require(by, "propose_agreement")
    with transaction.atomic():
        current = Finding.objects.select_for_update().get(id=finding.id)
        if current.settled_at is not None:
            raise Settled
        detail = current.detail | {"note": note}
        Finding.objects.filter(id=finding.id).update(settled_at=at, settled_by=by, detail=detail)
        about = f"version:{current.version.number}"
        audit.record("finding_settled", about, at=at, by=by, finding=finding.id)
    finding.refresh_from_db()


def make_draft(finding: Finding, *, by: User, at: int) -> Version:
    """Begin a draft from a finding, once: the version as it is, with a comment where it moved."""
    require(by, "draft_agreement")
    with transaction.atomic():
        current = Finding.objects.select_for_update().get(id=finding.id)
        if current.draft is not None and current.draft.withdrawn_at is None:
            return current.draft
        made = agreements.draft(_commented(current), by=by, at=at)
        begun = {"begun_from": "finding", "base": current.version}
        Version.objects.filter(id=made.id).update(**begun)
        Finding.objects.filter(id=finding.id).update(draft=made)
    made.refresh_from_db()
    return made


def _commented(finding: Finding) -> str:
    """Return the text of the version with what was found above the criterion that it is about."""
    lines = finding.version.text.splitlines(keepends=True)
    line = _line(finding.version.text, finding.criterion)
    indent = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
    said = [f"{indent}# {sentence}\n" for sentence in sentences(finding)]
    return "".join([*lines[:line], *said, *lines[line:]])


def _line(text: str, criterion: str) -> int:
    """Return the line, counted from nought, at which a criterion begins; else that of the rule."""
    root = read_source(text, "")
    part, _dot, name = criterion.partition(".")
    for at in _lines(root, part or "sales_ready"), _lines(root, "sales_ready"):
        if at is not None:
            line, node = at
            own = _lines(node, name) if name else None
            # a criterion within braces stands on the line of its part
            return own[0] if own is not None else line
    return 0


def _lines(node: object, name: str) -> tuple[int, object] | None:
    if not isinstance(node, Entries):
        return None
    for key, value in node.entries:
        if fold(key.text or "") == fold(name):
            return key.place.line - 1, value
    return None


# --- in words ---------------------------------------------------------------------------------


def sentences(finding: Finding) -> list[str]:
    """Return what was found."""
    told = finding.detail
    if finding.kind == Finding.Kind.VOLUME:
        figures = {
            "now": _number(told["now"]),
            "then": _number(told["then"]),
            "date": _day(told["begins"]),
        }
        return [
            _("Since %(date)s %(now)s leads a week became sales-ready; %(then)s were promised.")
            % figures
        ]
    if finding.kind == Finding.Kind.MAKEUP:
        figures = _shares(told) | {
            "what": named(finding.criterion, told["value"]),
            "date": _day(told["begins"]),
        }
        return [
            _(
                "Of 100 leads that came since %(date)s, %(now)s are “%(what)s”; before, %(then)s"
                " were."
            )
            % figures
        ]
    figures = _shares(told) | {"date": _day(told["begins"])}
    fell = _("Of 100 handed over, %(now)s bought since %(date)s; %(then)s were promised.")
    return [fell % figures, _moved(told["moved"])]


def _moved(of: Mapping[str, Any] | None) -> str:
    if of is None:
        return _("No single criterion stands out: all buy less often.")
    now = Proportion(*of["now"])
    figures = _shares(of) | {
        "what": named(of["criterion"], of["value"]),
        "low": _hundred(now.low),
        "high": _hundred(now.high),
    }
    return (
        _(
            "Those with “%(what)s” fell most: of 100 of them %(now)s bought (between %(low)s and"
            " %(high)s), before %(then)s."
        )
        % figures
    )


def test(finding: Finding) -> str:
    """Return how often the test that found it is wrong."""
    figures = {"error": _hundred(finding.detail["error"])}
    said = _("In a quiet year this test is wrong in at most %(error)s of 100 cases.")
    return said % figures


def power(finding: Finding) -> str:
    """Return how often the test that found it notices what it is for."""
    return power_of(finding.kind, finding.detail["power"])


def power_of(kind: str, given: Any) -> str:
    """Return how often a test notices what it is for, at the volume that was promised."""
    first, second = map(_hundred, given)
    if kind == Finding.Kind.MAKEUP:
        said = _(
            "A value that becomes more frequent by 15 of 100 would be noticed within a quarter in"
            " %(low)s to %(high)s of 100 cases, depending on the value."
        )
        return said % {"low": first, "high": second}
    if kind == Finding.Kind.VOLUME:
        said = _(
            "Half as many a week would be noticed within half a year in %(half)s of 100 cases,"
            " twice as many in %(twice)s."
        )
        return said % {"half": first, "twice": second}
    said = _(
        "A halving would be noticed within half a year in %(half)s of 100 cases, within a year in"
        " %(year)s."
    )
    return said % {"half": first, "year": second}


def named(criterion: str, value: str) -> str:
    """Return what a criterion is about: “industry: Software”, “asked for a demo”."""
    part, _dot, name = criterion.partition(".")
    if part in {"engagement", "intent"}:
        return words.activity(name)
    rows = {"otherwise": _("anything else"), "unknown": _("not known")}
    return f"{words.attribute(name or part)}: {rows.get(value, value)}"


def _shares(of: Mapping[str, Any]) -> dict[str, str]:
    return {name: _hundred(Proportion(*of[name]).share) for name in ("then", "now")}


def _hundred(share: float | None) -> str:
    if share is None:
        return "–"
    hundred = round(100 * share, 1)
    return _number(hundred, digits=0 if hundred.is_integer() or hundred >= 9.5 else 1)


def _number(of: float, digits: int = 1) -> str:
    return formats.number_format(round(of, digits), decimal_pos=digits)


def _day(at: int) -> str:
    local: datetime = moment(at).astimezone(ZoneInfo(organisation().zone))
    return formats.date_format(local, "DATE_FORMAT")
