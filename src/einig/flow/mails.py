"""Mails: a hand-off reaches its person by mail too, and nurture has one of its own.

The id of a mail is that of its task: one that had to be sent twice, because a worker died in
between, is the same mail to whoever gets it.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.utils import formats, translation
from django.utils.translation import gettext as _

from einig.engine.instants import moment
from einig.flow import nurture, words
from einig.flow.organisation import organisation
from einig.flow.why import why
from einig.store.models import ContactDetail, Enactment, Handoff, Lead, NurtureEntry, User

_SALT = "unsubscribe"


def send_handoff(handoff: Handoff, to: User, *, id_: str) -> None:
    """Tell somebody which lead is theirs now, why, and how to call it."""
    lead = handoff.lead
    with translation.override(to.language):
        due = _time(handoff.due_at) if handoff.due_at else ""
        found = why(lead, at=handoff.opened_at)
        lines = [
            _("%(lead)s is yours until you have spoken.") % {"lead": _named(lead)},
            _("Please answer by %(time)s.") % {"time": due} if due else "",
            "",
            words.sentence(found) if found else "",
            "",
            *(f"{detail.value}" for detail in lead.contact_details.order_by("id")),
            *(
                f"tel:{detail.normal}"
                for detail in lead.contact_details.filter(kind=ContactDetail.Kind.PHONE)
            ),
            "",
            f"{settings.URL}/inbox/{lead.lead_id}",
        ]
        subject = _("New lead: %(lead)s") % {"lead": _named(lead)}
        _send(subject, lines, to.email, id_)


def send_enacted(of: Enactment, to: User, *, id_: str) -> None:
    """Tell a lead of a team what came of a version's coming into force."""
    number, found = of.version.number, of.found or {}
    link = f"{settings.URL}/agreement/{number}"
    with translation.override(to.language):
        told = [
            (_("Sales-ready now: %(n)s"), "becomes"),
            (_("Not sales-ready any more: %(n)s"), "ceases"),
            (_("Of these with sales, where they stay: %(n)s"), "kept"),
            (_("Handed over: %(n)s"), "handoffs"),
        ]
        lines = [
            _("Version %(n)s is in force since %(time)s and has judged every lead anew.")
            % {"n": number, "time": _time(of.since)},
            "",
            *(said % {"n": f"{found.get(name, 0)}  {link}/leads/{name}"} for said, name in told),
            "",
            link,
        ]
        _send(_("Version %(n)s is in force") % {"n": number}, lines, to.email, id_)


def send_nurture(entry: NurtureEntry, *, id_: str) -> bool:
    """Write to a lead in nurture, if it agreed to mails; return whether it did."""
    lead = entry.lead
    address = lead.contact_details.filter(kind=ContactDetail.Kind.EMAIL).first()
    if address is None or entry.left_at is not None or not nurture.may_mail(lead):
        return False
    with translation.override("de"):
        stop = f"{settings.URL}/f/unsubscribe/{signing.dumps(lead.lead_id, salt=_SALT)}"
        lines = [
            _("Good day %(name)s,") % {"name": lead.name}
            if "@" not in lead.name
            else _("Good day,"),
            "",
            _("you wanted to hear from us. If you have questions, simply answer this mail."),
        ]
        headers = {"List-Unsubscribe": f"<{stop}>"}
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        subject = _("News from %(company)s") % {"company": organisation().name or "Einig"}
        lines += ["", _("No more mails: %(link)s") % {"link": stop}]
        _send(subject, lines, address.value, id_, headers)
    return True


def unsubscribing(token: str) -> Lead | None:
    """Return whose link to unsubscribe this is."""
    try:
        return Lead.objects.filter(lead_id=signing.loads(token, salt=_SALT)).first()
    except signing.BadSignature:
        return None


def _send(
    subject: str, lines: list[str], to: str, id_: str, headers: dict[str, str] | None = None
) -> None:
    host = settings.URL.partition("://")[2].partition("/")[0].partition(":")[0]
    particulars = organisation().particulars
    text = "\n".join([*lines, "", "-- ", particulars] if particulars else lines)
    told = {"Message-ID": f"<{id_.replace(':', '.')}@{host}>"} | (headers or {})
    EmailMessage(" ".join(subject.split()), text, to=[to], headers=told).send()


def _named(lead: Lead) -> str:
    return f"{lead.name}, {lead.company.name}" if lead.company else lead.name


def _time(at: int) -> str:
    local: datetime = moment(at).astimezone(ZoneInfo(organisation().zone))
    return formats.date_format(local, "SHORT_DATETIME_FORMAT")
