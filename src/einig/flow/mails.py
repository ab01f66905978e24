"""Mails: a hand-off reaches its person by mail too; nurture and the agreement test have their own.

The id of a mail is that of its task: one that had to be sent twice, because a worker died in
between, is the same mail to whoever gets it.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.utils import formats, translation
from django.utils.translation import gettext as _

from einig.engine.instants import moment
from einig.flow import agreement_test, consent, contact, findings, minutes, nurture, words
from einig.flow.organisation import organisation
from einig.flow.why import why
from einig.store.models import (
    Consent,
    ContactDetail,
    Enactment,
    Finding,
    Handoff,
    JourFixe,
    Juror,
    Lead,
    Mention,
    NurtureEntry,
    Signature,
    User,
)

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
            *(f"{detail.value}" for detail in contact.of(lead).order_by("id")),
            *(
                f"tel:{detail.normal}"
                for detail in contact.of(lead).filter(kind=ContactDetail.Kind.PHONE)
            ),
            "",
            f"{settings.URL}/inbox/{lead.lead_id}",
        ]
        subject = _("New lead: %(lead)s") % {"lead": _named(lead)}
        _send(subject, lines, to.email, id_)


def send_finding(finding: Finding, to: User, *, id_: str) -> None:
    """Tell a lead what the version in force does not keep, with the test behind it."""
    with translation.override(to.language):
        number = finding.version.number
        lines = [
            *findings.sentences(finding),
            "",
            findings.test(finding),
            findings.power(finding),
            "",
            _("Settle it, or start a draft from it:"),
            f"{settings.URL}/agreement/{number}#watch",
        ]
        subject = _("Version %(n)s does not keep what was promised") % {"n": number}
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
    address = contact.of(lead).filter(kind=ContactDetail.Kind.EMAIL).order_by("id").first()
    if address is None or entry.left_at is not None or not nurture.may_mail(lead):
        return False
    with translation.override("de"):
        lines = [
            _("Good day %(name)s,") % {"name": lead.name}
            if "@" not in lead.name
            else _("Good day,"),
            "",
            _("you wanted to hear from us. If you have questions, simply answer this mail."),
        ]
        subject = _("News from %(company)s") % {"company": organisation().name or "Einig"}
        _send_to_lead(lead, subject, lines, address.value, id_)
    return True


def send_confirm(of: Consent, *, at: int, id_: str) -> bool:
    """Ask whoever reads an address whether they agreed; return whether that was still to be asked.

    The mail carries no advertising: it says who asks, what for, and what happens without an answer.
    """
    if not of.address or of.opened_at is not None or of.withdrawn_at is not None:
        return False
    with translation.override(of.language or "de"):
        company = organisation().name or "Einig"
        lines = [
            _("Good day,"),
            "",
            _("this address was entered at %(company)s on %(time)s, with this consent:")
            % {"company": company, "time": _time(of.given_at)},
            "",
            f"  {of.text}",
            "",
            _("Was that you? Then confirm it here:"),
            f"{settings.URL}/f/confirm/{consent.token_of(of, at=at)}",
            "",
            _("If it was not you, do nothing: without your confirmation it does not hold."),
        ]
        subject = _("%(company)s: please confirm your consent") % {"company": company}
        _send_to_lead(of.lead, subject, lines, of.address, id_)
    return True


def send_document(
    lead: Lead, document: str, link: str, address: str, spoken: str, *, id_: str
) -> None:
    """Send somebody the link to a document that they asked for, and nothing else."""
    with translation.override(spoken):
        lines = [
            _("Good day,"),
            "",
            _("here is what you asked for: %(document)s") % {"document": document},
            link,
            "",
            _("The link works for 14 days."),
        ]
        _send_to_lead(lead, document, lines, address, id_)


def send_juror(juror: Juror, *, again: bool, id_: str) -> bool:
    """Send somebody their link to an agreement test; return whether there was anything to send."""
    address = agreement_test.address_of(juror)
    if not address or juror.finished_at is not None or juror.test.closed_at is not None:
        return False
    asked_by = juror.test.asked_by
    reader = juror.user or asked_by  # somebody without an account is written to as by who asks
    with translation.override(reader.language if reader else "de"):
        leads = juror.test.leads.count()
        lines = [
            _("Good day %(name)s,") % {"name": juror.name},
            "",
            _("%(name)s asks you to judge %(n)s leads: is each of them ready for sales?")
            % {"name": asked_by.name if asked_by else "Einig", "n": leads},
            _("It takes ten minutes, on a phone too; you can stop and go on later."),
            _("Marketing and sales judge the same leads. Nobody sees what you say before the end."),
            "",
            f"{settings.URL}/t/{agreement_test.token_of(juror)}",
            "",
            _("The link is yours alone and works until %(time)s.")
            % {"time": _time(juror.expires_at)},
        ]
        subject = _("%(n)s leads: are they ready for sales?") % {"n": leads}
        if again:
            subject = _("Reminder: %(subject)s") % {"subject": subject}
        _send(subject, lines, address, id_)
    return True


def send_voided(signature: Signature, *, by: str, why: str, id_: str) -> None:
    """Tell whoever signed that their signature counts no more, and why."""
    to, version = signature.by, signature.version
    if to is None or not to.is_active:
        return
    with translation.override(to.language):
        given = {"n": version.number, "name": by}
        said = {
            "content": _("%(name)s changed version %(n)s after you had signed it."),
            "moment": _("%(name)s asks for another moment from which version %(n)s is in force."),
            "withdrawn": _("%(name)s withdrew version %(n)s, which you had signed."),
        }[why]
        lines = [
            said % given,
            _("Your signature of %(time)s counts no more.") % {"time": _time(signature.at)},
            _("What you signed is kept. Look at what it says now, and sign it if you agree."),
            "",
            f"{settings.URL}/agreement/{version.number}",
        ]
        if why == "withdrawn":
            del lines[2]
        subject = _("Your signature of version %(n)s counts no more") % given
        _send(subject, lines, to.email, id_)


def send_mention(mention: Mention, *, id_: str) -> bool:
    """Tell somebody where they are asked; return whether it still stands there."""
    to, remark = mention.to, mention.remark
    if not to.is_active or not remark.text:
        return False
    with translation.override(to.language):
        thread = remark.thread
        told = {
            "name": remark.by.name if remark.by else _("Somebody"),
            "n": thread.version.number,
            "criterion": words.criterion(thread.criterion),
        }
        about = urlencode({"criterion": thread.criterion})
        lines = [
            _("%(name)s asks you to look at a criterion of version %(n)s: %(criterion)s.") % told,
            "",
            *(f"> {line}" for line in remark.text.splitlines()),
            "",
            f"{settings.URL}/agreement/{thread.version.number}/about?{about}",
        ]
        _send(_("%(name)s asks you: %(criterion)s") % told, lines, to.email, id_)
    return True


def send_minutes(meeting: JourFixe, to: User, *, id_: str) -> bool:
    """Send somebody what was agreed at a Jour fixe; return whether they still work here."""
    if not to.is_active:
        return False
    with translation.override(to.language):
        subject = _("Jour fixe of %(time)s: what was agreed") % {"time": _time(meeting.at)}
        _send(subject, minutes.lines(meeting), to.email, id_)
    return True


def unsubscribing(token: str) -> Lead | None:
    """Return whose link to unsubscribe this is."""
    try:
        return Lead.objects.filter(lead_id=signing.loads(token, salt=_SALT)).first()
    except signing.BadSignature:
        return None


def _send_to_lead(lead: Lead, subject: str, lines: list[str], to: str, id_: str) -> None:
    """Send a mail to a lead: with a way to get no more, for people and for mail programs."""
    stop = f"{settings.URL}/f/unsubscribe/{signing.dumps(lead.lead_id, salt=_SALT)}"
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    end = ["", _("No more mails: %(link)s") % {"link": stop}]
    if organisation().privacy_url:
        end.append(_("Privacy notice: %(link)s") % {"link": organisation().privacy_url})
    _send(subject, [*lines, *end], to, id_, headers)


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
