"""From what a draft can be started: what is in force, what was learned, a test, a template."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from django.utils.translation import gettext as _

from einig.flow import agreements, ideal_lead
from einig.store.models import AgreementTest, Version

TEMPLATES = (
    "strict",
    "score_or_action",
    "b2b_software",
    "mechanical_engineering",
    "agency",
    "education",
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """One thing to start from. `code` names it in addresses, `draft` is one that is there."""

    code: str
    title: str
    text: str
    draft: Version | None = None


def all_of_them(at: int) -> list[Beginning]:
    """Return everything that a draft can be started from, the most telling first."""
    found = []
    if version := agreements.current(at):
        told = _("Change what is in force today.")
        found.append(Beginning("in_force", _("Version %(n)s") % {"n": version.number}, told))
    study = ideal_lead.latest()
    if study is not None and study.result and study.result["draft"]:
        told = _("Points that were learned from the leads that closed.")
        found.append(Beginning("ideal_lead", _("The ideal lead"), told))
    test = AgreementTest.objects.filter(draft__isnull=False).order_by("-id").first()
    if test is not None:
        told = _("What both teams found when they judged the same leads.")
        title = _("The agreement test")
        found.append(Beginning("agreement_test", title, told, draft=test.draft))
    return [*found, *(Beginning(f"template:{name}", *_told()[name]) for name in TEMPLATES)]


def text_of(code: str, *, at: int) -> str:
    """Return the text of a beginning; a template where there is no such thing."""
    kind, _colon, name = code.partition(":")
    current = agreements.current(at)
    if kind == "template" and name in TEMPLATES:
        return template(name)
    if kind == "version" and name.isdecimal() and len(name) < 9:
        found = Version.objects.filter(number=int(name)).first()
        if found is not None:
            return agreements.text(found)
    if kind == "ideal_lead":
        study = ideal_lead.latest()
        if study is not None and study.result and study.result["draft"]:
            return ideal_lead.text_of(study, at=at)
    return agreements.text(current) if current is not None else template("score_or_action")


def template(name: str) -> str:
    """Return the text of a template."""
    folder = files("einig.engine.agreement").joinpath("templates")
    return folder.joinpath(f"{name}.yaml").read_text("utf-8")


def _told() -> dict[str, tuple[str, str]]:
    return {
        "strict": (
            _("Strict"),
            _("The ideal lead, and an action that only someone who wants to buy takes."),
        ),
        "score_or_action": (
            _("Score or action"),
            _("Enough points in sum, or an action that shows the wish to buy."),
        ),
        "b2b_software": (
            _("B2B software"),
            _("Demo and trial as buying signals; size and industry decide who fits."),
        ),
        "mechanical_engineering": (
            _("Mechanical engineering"),
            _("Inquiries and trade fairs; long decisions, so activities count for long."),
        ),
        "agency": (
            _("Agency"),
            _("Budget and start of the project decide; referrals count double."),
        ),
        "education": (
            _("Education"),
            _("People instead of companies; enquiries before the start of a course."),
        ),
    }
