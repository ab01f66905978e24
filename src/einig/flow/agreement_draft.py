"""A first draft from an agreement test: points and a threshold from what both sides judged.

What the test and the history do not support stays as it was: in the version in force, or in a
template where there is none. Where they support nothing, the criteria in dispute become comments,
and the draft says that it is no more than that.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from einig.engine.agreement import loads
from einig.engine.history import History
from einig.engine.learning.judged import FirstDraft, Judged, first_draft, hands_over, parts_of
from einig.flow import agreement_result, agreements, audit, words
from einig.flow.agreement_leads import may_show
from einig.flow.ideal_lead import handed_at
from einig.flow.permissions import require
from einig.store import history
from einig.store.models import AgreementTest, Judgement, User, Version


class NotYet(Exception):
    """The test is not closed."""


def make(test: AgreementTest, *, by: User, at: int) -> Version:
    """Return the draft that a test makes, once. Raises NotYet."""
    require(by, "draft_agreement")
    if test.closed_at is None:
        raise NotYet
    before = agreements.current(at)
    read = history.read(name="Einig", to_learn=True)
    base = before.text if before is not None else _template()
    found = first_draft(
        read,
        _judged(test),
        handed_at=handed_at(read),
        base=base,
        may_use=may_show,
        named=_named(test),
        keep=before is not None,
        head="\n".join(_learned_head(test)),
    )
    text = found.text if found is not None else _with_disputes(base, test)
    told = _told(found, text, read, before)
    with transaction.atomic():
        current = AgreementTest.objects.select_for_update().get(id=test.id)
        if current.draft is not None and current.draft.withdrawn_at is None:
            return current.draft
        made = agreements.draft(text, by=by, at=at)
        Version.objects.filter(id=made.id).update(begun_from="agreement_test", base=before)
        current.draft, current.result = made, (current.result or {}) | {"drafted": told}
        current.save(update_fields=["draft", "result"])
        audit.record("draft_from_test", f"test:{test.id}", at=at, by=by, version=made.number)
    made.refresh_from_db()
    return made


def _judged(test: AgreementTest) -> dict[str, Judged]:
    """Return by lead what each side says; a side that is tied says nothing."""
    return {
        sample.lead.lead_id: Judged(
            as_of=sample.as_of,
            verdicts=tuple(said for said in of.values() if said is not None),
            stands_for=1 / sample.probability,
        )
        for sample, of in agreement_result.verdicts(test)
    }


def _named(test: AgreementTest) -> set[str]:
    """Return the criteria that somebody said decided."""
    given = Judgement.objects.filter(juror__test=test).values_list("criteria", flat=True)
    return {key for keys in given for key in keys}


def _template() -> str:
    folder = files("einig.engine.agreement").joinpath("templates")
    return folder.joinpath("strict.yaml").read_text("utf-8")


# --- what it says of itself -------------------------------------------------------------------


def _learned_head(test: AgreementTest) -> list[str]:
    of = test.result or {}
    return [
        _("A first draft from the agreement test of %(n)s leads; you agreed on %(agreed)s of them.")
        % {"n": of.get("leads", 0), "agreed": of.get("agreed", 0)},
        _("That is little: points stand only where judgements and outcomes support them."),
        _("Test it on your past data, and change what you know better."),
        *_disputed(test),
    ]


def _with_disputes(base: str, test: AgreementTest) -> str:
    """Return the text that the draft starts from, with the criteria in dispute as comments."""
    said = [
        _("Nothing could be drawn from the judgements: this is where you start from, unchanged."),
        *_disputed(test),
    ]
    return "".join(f"# {line}\n" for line in said) + base


def _disputed(test: AgreementTest) -> list[str]:
    found = agreement_result.contested(test)
    if not found:
        return []
    lines = [_("In dispute between marketing and sales:")]
    for of in found:
        name = words.attribute(of.name) if of.kind == "fit" else words.activity(of.name)
        told = {
            "criterion": " ".join(name.split()),
            "my": of.yes["marketing"],
            "mn": of.no["marketing"],
            "sy": of.yes["sales"],
            "sn": of.no["sales"],
        }
        lines.append(
            _(
                "- %(criterion)s: marketing %(my)s times for and %(mn)s against, "
                "sales %(sy)s for and %(sn)s against"
            )
            % told
        )
    return lines


def _told(
    found: FirstDraft | None, text: str, read: History, before: Version | None
) -> dict[str, Any]:
    """Return what the page says of a draft."""
    if found is None:
        ready = hands_over(loads(text).agreement, read)
        kind = "in_force" if before is not None else "template"
        return {"kind": kind, "ready": ready, "leads": len(read.leads)}
    return {
        "kind": "learned",
        "ready": found.ready,
        "leads": found.leads,
        "right": found.right,
        "verdicts": found.verdicts,
        "decided": found.decided,
        "parts": parts_of(found.card),
    }


def sentence(drafted: dict[str, Any]) -> str:
    """Return what a draft rests on, and what it would do with the leads that there are."""
    over = ngettext(
        "It would have handed over %(ready)s of %(leads)s lead.",
        "It would have handed over %(ready)s of %(leads)s leads.",
        drafted["leads"],
    ) % {"ready": drafted["ready"], "leads": drafted["leads"]}
    if drafted["kind"] != "learned":
        start = (
            _("it is the version in force")
            if drafted["kind"] == "in_force"
            else _("it is a template")
        )
        said = _("Nothing could be drawn from the judgements: %(start)s, with what is in dispute.")
        return f"{said % {'start': start}} {over}"
    rests = _("It judges as people did in %(right)s of %(verdicts)s verdicts.") % {
        "right": drafted["right"],
        "verdicts": drafted["verdicts"],
    }
    decided = (
        ngettext(
            "%(n)s lead with a known outcome was learned from, too.",
            "%(n)s leads with a known outcome were learned from, too.",
            drafted["decided"],
        )
        % {"n": drafted["decided"]}
        if drafted["decided"]
        else _("No lead with a known outcome was there to learn from.")
    )
    return f"{rests} {decided} {over}"
