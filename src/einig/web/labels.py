"""Labels of everything that has a name in the store."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from einig.connectors.registry import CONNECTORS
from einig.flow import legitimacy
from einig.store.models import Attempt, Feedback, Handoff, Relation, Role, Side, Stage
from einig.store.models.sources import Kind

ROLES = [
    (Role.SALES, _("Sales")),
    (Role.SALES_LEAD, _("Sales lead")),
    (Role.MARKETING, _("Marketing")),
    (Role.MARKETING_LEAD, _("Marketing lead")),
    (Role.ADMIN, _("Administration")),
]
SIDES: dict[str, Any] = {Side.MARKETING: _("Marketing"), Side.SALES: _("Sales")}
STAGES: dict[str, Any] = {
    Stage.LEAD: _("Lead"),
    Stage.MARKETING_QUALIFIED: _("With sales"),
    Stage.SALES_ACCEPTED: _("Accepted by sales"),
    Stage.SALES_QUALIFIED: _("Sales qualified"),
    Stage.OPPORTUNITY: _("Opportunity"),
    Stage.CUSTOMER: _("Customer"),
    Stage.NURTURE: _("In nurture"),
    Stage.DISQUALIFIED: _("Disqualified"),
}
RELATIONS: dict[str, Any] = {
    Relation.NONE: "",
    Relation.CUSTOMER: _("customer"),
    Relation.OPEN_DEAL: _("open deal"),
    Relation.APPLICANT: _("applicant"),
    Relation.COMPETITOR: _("competitor"),
}
CHANNELS = [
    (Attempt.Channel.PHONE, _("Phone")),
    (Attempt.Channel.MAIL, _("Mail")),
    (Attempt.Channel.SOCIAL, _("Social network")),
    (Attempt.Channel.VISIT, _("Visit")),
]
RESULTS = [
    (Attempt.Result.REACHED, _("Reached")),
    (Attempt.Result.NO_ANSWER, _("No answer")),
    (Attempt.Result.CALL_BACK, _("Call back later")),
    (Attempt.Result.NO, _("Said no")),
    (Attempt.Result.WRONG_NUMBER, _("Wrong number")),
    (Attempt.Result.HAS_LEFT, _("Has left the company")),
]
VERDICTS = [
    (Feedback.Verdict.PRAISE, _("Good lead")),
    (Feedback.Verdict.COMPLAINT, _("Bad lead")),
]
ALL_VERDICTS: dict[str, Any] = {
    **dict(VERDICTS),
    Feedback.Verdict.RETURNED: _("Returned"),
    Feedback.Verdict.ACCEPTED: _("Accepted"),
}
CLOSINGS: dict[str, Any] = {
    Handoff.Closing.OPEN: _("open"),
    Handoff.Closing.RETURNED: _("returned"),
    Handoff.Closing.NOT_REACHED: _("not reached"),
    Handoff.Closing.WON: _("won"),
    Handoff.Closing.LOST: _("lost"),
    Handoff.Closing.ANSWERED: _("answered"),
    Handoff.Closing.MERGED: _("merged"),
    Handoff.Closing.HELD: _("not handed over"),
}
EVIDENCE: dict[str, Any] = {
    "name": _("Name"),
    "title": _("Position"),
    "company": _("Company"),
    "domain": _("Domain of the company"),
    "email": _("Email"),
    "phone": _("Phone"),
    "social": _("Social network"),
    "way": _("Address or number of their own"),
    "central": _("Number of the company"),
    "~name": _("Name, nearly"),
    "~company": _("Company, nearly"),
}
SEARCHING: dict[str, Any] = {
    "waiting": _("waiting for its turn"),
    "reading": _("reading all leads"),
    "comparing": _("comparing them"),
    "writing": _("writing down what was found"),
}
RULES = {
    "least_loaded": _("smallest share of capacity in hand"),
    "looks_after": _("looks after this lead already"),
    "cover": _("covers for whoever looks after it"),
    "nobody_available": _("nobody is available"),
    "by_hand": _("given by hand"),
    "applicant": _("an applicant is not handed to sales"),
    "competitor": _("a competitor is not handed to sales"),
    "merged": _("it is one person with another lead"),
}
KINDS = [
    (Kind.TRACKING, _("Website or product (Segment API)")),
    (Kind.FORM, _("Form")),
    (Kind.FAIR, _("Trade fair")),
    (Kind.IMPORT, _("File import")),
    (Kind.PHONE, _("Phone")),
    (Kind.WEBHOOK, _("Webhook (chat, social network)")),
    (Kind.API, _("REST API")),
    (Kind.HAND, _("By hand")),
]
FIELD_KINDS = [
    ("text", _("Text")),
    ("long", _("Long text")),
    ("email", _("Email")),
    ("phone", _("Phone number")),
    ("number", _("Number")),
    ("choice", _("Choice")),
    ("checkbox", _("Tick box")),
]
FORM_TEXTS: dict[str, Any] = {
    "title": _("Title"),
    "introduction": _("Introduction"),
    "button": _("Button"),
    "thanks": _("Thanks, once it is sent"),
}
FAIR_FIELDS = [  # name, label, type
    ("name", _("Name"), "text"),
    ("company", _("Company"), "text"),
    ("title", _("Job title"), "text"),
    ("email", _("Email"), "email"),
    ("phone", _("Phone"), "tel"),
]
FAIR_WANTS = [
    ("fair_visited", _("Information: a talk at the stand")),
    ("demo_requested", _("A demo")),
    ("quote_requested", _("A quote")),
    ("callback_requested", _("A call")),
    ("card_given", _("Nothing yet: only left a card")),
]
DOUBTS: dict[str, Any] = {
    legitimacy.CRAWLER: _("A known crawler"),
    legitimacy.HONEYPOT: _("Filled in a field that no person sees"),
    legitimacy.TOO_FAST: _("A form filled in within two seconds"),
    legitimacy.ADDRESS: _("An address that can be none"),
    legitimacy.THROWAWAY: _("A throw-away address and nothing else"),
    legitimacy.NUMBER: _("A number that can be none, and nothing else"),
    legitimacy.SCANNER: _("All links of a mail within seconds: a scanner"),
}
SENDERS = [(of.kind, of.name) for of in CONNECTORS.values()]
STEPS: dict[str, Any] = {
    "Gathering examples": _("gathering examples"),
    "Looking for knowledge from afterwards": _("looking for knowledge from afterwards"),
    "Learning a card": _("learning the points"),
    "Telling what winners have in common": _("telling what closed leads have in common"),
    "Measuring on newer leads": _("measuring on newer leads"),
    "Choosing a threshold": _("choosing a threshold"),
}
TRENDS: dict[str, Any] = {
    "rising": _("rising"),
    "falling": _("falling"),
    "steady": _("steady"),
    "too thin to say": _("too thin to say"),
}
UNKNOWN: dict[str, Any] = {
    "never handed over": _("never handed over"),
    "nothing to decide": _("merged into others, or never worked"),
    "decided before the first moment": _("decided at once"),
    "decided before its first snapshot": _("decided within the first week"),
    "no time of the outcome": _("decided, but not known when"),
    "too young": _("too young"),
    "never worked": _("never worked"),
    "open": _("still open"),
}
TARGETS = [
    ("won", _("won")),
    ("opportunity", _("became an opportunity")),
    ("sales_qualified", _("sales qualified")),
    ("accepted", _("accepted by sales")),
]
GOALS = [
    ("share", _("about this many of 100 leads go to sales")),
    ("weekly", _("about this many leads a week go to sales")),
    ("precision", _("of 100 handed over, at least this many get there")),
    ("revenue", _("each lead handed over brings at least this much")),
]
