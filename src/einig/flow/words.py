"""Words for what leads do, in the language of whoever reads."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from einig.engine.agreement.model import WorkingTime
from einig.flow.why import Did, Why

ACTIVITIES = {
    "demo_requested": gettext_lazy("asked for a demo"),
    "trial_started": gettext_lazy("started a trial"),
    "quote_requested": gettext_lazy("asked for a quote"),
    "callback_requested": gettext_lazy("asked for a call"),
    "webinar_attended": gettext_lazy("attended a webinar"),
    "webinar_registered": gettext_lazy("registered for a webinar"),
    "whitepaper_downloaded": gettext_lazy("downloaded a white paper"),
    "document_downloaded": gettext_lazy("downloaded a document"),
    "page_viewed": gettext_lazy("read a page"),
    "screen_viewed": gettext_lazy("opened a screen"),
    "form_submitted": gettext_lazy("sent a form"),
    "call_received": gettext_lazy("called"),
    "chat_started": gettext_lazy("wrote in the chat"),
    "newsletter_subscribed": gettext_lazy("subscribed to the newsletter"),
    "unsubscribed": gettext_lazy("unsubscribed"),
    "fair_visited": gettext_lazy("visited our stand"),
    "card_given": gettext_lazy("left a card at our stand"),
}
ATTRIBUTES = {
    "industry": gettext_lazy("industry"),
    "employees": gettext_lazy("employees"),
    "country": gettext_lazy("country"),
    "source": gettext_lazy("lead source"),
    "campaign": gettext_lazy("campaign"),
    "title": gettext_lazy("job title"),
    "role": gettext_lazy("role"),
    "company": gettext_lazy("company"),
    "city": gettext_lazy("city"),
    "email": gettext_lazy("email"),
    "phone": gettext_lazy("phone"),
    "name": gettext_lazy("name"),
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "mobile": gettext_lazy("mobile number"),
    "product": gettext_lazy("product"),
    "seniority": gettext_lazy("seniority"),
    "function": gettext_lazy("function"),
    "postal code area": gettext_lazy("postal code area"),
}
CRITERIA = {
    "name": gettext_lazy("Name"),
    "lead": gettext_lazy("Who is a lead"),
    "lead.reachable_by": gettext_lazy("Reachable by one of"),
    "lead.never": gettext_lazy("Never a lead"),
    "lead.inquiries": gettext_lazy("Activities that are an inquiry"),
    "fit": gettext_lazy("Who fits"),
    "engagement": gettext_lazy("What a lead does"),
    "intent": gettext_lazy("Buying signals"),
    "sales_ready": gettext_lazy("When a lead goes to sales"),
    "sales": gettext_lazy("What sales promises"),
    "sales.respond_within": gettext_lazy("First response within"),
    "sales.attempts": gettext_lazy("Contact attempts"),
    "sales.return_reasons": gettext_lazy("Reasons for returning a lead"),
    "verify": gettext_lazy("Returned leads that get a second look"),
    "explore": gettext_lazy("Leads below the line that go to sales"),
    "marketing": gettext_lazy("What marketing promises"),
    "marketing.sales_ready_a_month": gettext_lazy("Sales-ready leads a month"),
    "marketing.required": gettext_lazy("Filled in for every lead"),
    "marketing.answer_feedback_within": gettext_lazy("Feedback answered within"),
    "outside_fit": gettext_lazy("Who answers actions from outside"),
}


def criterion(path: str) -> str:
    """Return what a criterion is about, as a title."""
    if path in CRITERIA:
        return str(CRITERIA[path])
    part, _dot, name = path.partition(".")
    said = attribute(name) if part == "fit" else activity(name)
    return f"{CRITERIA.get(part, part)}: {said}" if name else path


def activity(name: str) -> str:
    """Return what somebody did, as the end of a sentence that begins with their name."""
    return str(ACTIVITIES.get(name.casefold(), name.replace("_", " ")))


def attribute(name: str) -> str:
    """Return the name of an attribute."""
    return str(ATTRIBUTES.get(name.casefold(), name.replace("_", " ")))


def counted(name: str, days: int, where: Iterable[tuple[str, str]] = ()) -> str:
    """Return a count of activities in words: what, with which properties, in how many days."""
    told = ", ".join(value for _name, value in where)
    did = f"{activity(name)} {told}" if told else activity(name)
    return ngettext("%(did)s, in %(n)s day", "%(did)s, in %(n)s days", days) % {
        "did": did,
        "n": days,
    }


def sentence(of: Why) -> str:
    """Return why now, in one or two sentences."""
    parts = [_often(did) for did in (*of.signals, *of.engaged)[:3]]
    did = ", ".join(parts)
    said = [f"{did[:1].upper()}{did[1:]}."] if did else []
    if of.fits:
        told = ", ".join(value for _name, value in of.fits[:4] if value)
        said.append(_("%(attributes)s: fits the ideal lead.") % {"attributes": told})
    return " ".join(said)


def _often(did: Did) -> str:
    if did.times == 1:
        return activity(did.activity)
    return ngettext("%(did)s (%(n)s time)", "%(did)s (%(n)s times)", did.times) % {
        "did": activity(did.activity),
        "n": did.times,
    }


def working_time(of: WorkingTime) -> str:
    """Return a span of working time in words."""
    if of.unit == "hours":
        return ngettext("%(n)s working hour", "%(n)s working hours", of.amount) % {"n": of.amount}
    return ngettext("%(n)s working day", "%(n)s working days", of.amount) % {"n": of.amount}
