"""The minutes of a Jour fixe, made from what is stored, in the language that is spoken."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from einig.engine.instants import moment
from einig.flow import jour_fixe
from einig.flow.disputed import KINDS
from einig.flow.organisation import organisation
from einig.store.models import JourFixe, Side

WHY = {
    "returned": gettext_lazy("returned by sales, found ready by the second look"),
    "judged": gettext_lazy("judged differently by both sides in the agreement test"),
    "complained": gettext_lazy("complained of by sales"),
    "missed": gettext_lazy("won, but never handed over"),
}


def lines(of: JourFixe) -> list[str]:
    """Return the minutes, a line each. They name no lead: whoever may see them follows the link."""
    return [
        *_leads(of),
        "",
        *_change(of),
        *_promises(of),
        *_notes(of),
        *_approved(of),
        "",
        _url(of),
    ]


def _leads(of: JourFixe) -> list[str]:
    n = len(of.leads)
    if not n:
        return [_("No lead was in dispute.")]
    often = Counter(entry["kind"] for entry in of.leads)
    said = ngettext(
        "%(n)s disputed lead was on the table:", "%(n)s disputed leads were on the table:", n
    )
    return [said % {"n": n}, *(f"- {often[kind]}: {WHY[kind]}" for kind in KINDS if often[kind])]


def _change(of: JourFixe) -> list[str]:
    if of.change is None:
        return [_("No change was proposed.")]
    told = {"n": of.change.number}
    return [
        _("The proposed change is version %(n)s:") % told,
        f"{settings.URL}/agreement/{of.change.number}",
    ]


def _promises(of: JourFixe) -> list[str]:
    titles = {
        Side.MARKETING: _("Marketing promises until next time:"),
        Side.SALES: _("Sales promises until next time:"),
    }
    said: list[str] = []
    for side, title in titles.items():
        promised = [line for line, _kept in jour_fixe.promised(of)[side]]
        said += ["", title, *(f"- {line}" for line in promised or [_("nothing")])]
    return said


def _notes(of: JourFixe) -> list[str]:
    return ["", _("Notes:"), *of.notes.splitlines()] if of.notes else []


def _approved(of: JourFixe) -> list[str]:
    sides = {Side.MARKETING: _("marketing"), Side.SALES: _("sales")}
    given = jour_fixe.approved(of)
    told = [
        _("%(name)s for %(side)s, %(time)s")
        % {"name": given[side]["name"], "side": title, "time": _time(int(str(given[side]["at"])))}
        for side, title in sides.items()
        if side in given
    ]
    return ["", _("Approved at the table: %(who)s") % {"who": "; ".join(told)}] if told else []


def _url(of: JourFixe) -> str:
    return f"{settings.URL}/jour-fixe/{of.id}"


def _time(at: int) -> str:
    local: datetime = moment(at).astimezone(ZoneInfo(organisation().zone))
    return formats.date_format(local, "SHORT_DATETIME_FORMAT")
