"""What both sides said of a disputed lead; who said it only where figures per person are on."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from einig.flow import minutes
from einig.flow.agreement_result import Dispute, Said
from einig.flow.disputed import Disputed
from einig.flow.organisation import organisation
from einig.store.models import Feedback, Lead, Outcome, Sample, SecondLook, User
from einig.web import labels
from einig.web.agreement_words import named
from einig.web.templatetags.einig import money


@dataclass(frozen=True, slots=True)
class Voice:
    """What one side said: in one word, and more of it."""

    side: str
    title: str
    said: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A lead on the table, why it is there, and what was said of it."""

    lead: Lead | None
    why: str
    voices: tuple[Voice, ...]


def heard(of: Disputed) -> Heard:
    """Return what both sides said of a lead."""
    return Heard(of.lead, str(minutes.WHY[of.kind]), tuple(_voices(of)))


def _voices(of: Disputed) -> list[Voice]:
    match of.told:
        case SecondLook() as look:
            return _returned(look)
        case Dispute(sample, said, _won):
            return [_judged(one, sample) for one in said]
        case Feedback() as told:
            return [_sales(told), _answer(told)]
        case Outcome() as won if of.lead is not None:
            return _missed(won, of.lead)
    return []


def _returned(look: SecondLook) -> list[Voice]:
    side = (look.by.side if look.by else None) or ""
    found = Voice(side, _by(_("Second look"), look.by), _("It was ready."), look.note)
    told = look.feedback
    return [_sales(told), found, *([_answer(told)] if told.answer else [])]


def _sales(told: Feedback) -> Voice:
    said = str(labels.ALL_VERDICTS[told.verdict])
    if told.reason:
        said = f"{said}: {told.reason}"
    return Voice("sales", _by(_("Sales"), told.by), said, told.text)


def _answer(told: Feedback) -> Voice:
    title = _by(_("Marketing"), told.answered_by)
    return Voice("marketing", title, told.answer or _("Not answered yet"))


def _judged(of: Said, sample: Sample) -> Voice:
    verdicts = {None: _("undecided"), True: _("sales-ready"), False: _("not yet")}
    decided = "; ".join(named(of.criteria, sample))
    return Voice(of.side, str(labels.SIDES[of.side]), verdicts[of.verdict], decided)


def _missed(won: Outcome, lead: Lead) -> list[Voice]:
    said = _("Won: %(revenue)s") % {"revenue": money(won.revenue)} if won.revenue else _("Won")
    points = _("Fit %(fit)s, engagement %(engagement)s") % {
        "fit": lead.fit,
        "engagement": lead.engagement,
    }
    source = [_("Lead source: %(name)s") % {"name": lead.source}] if lead.source else []
    return [
        Voice("sales", _by(_("Sales"), won.by), said),
        Voice("agreed", _("Agreement"), _("Never handed over"), ". ".join([points, *source])),
    ]


def _by(title: str, user: User | None) -> str:
    return f"{title} ({user.name})" if user and organisation().figures_per_person else title
