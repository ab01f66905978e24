"""Whether somebody may be contacted, and why, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from einig.flow import words
from einig.flow.contacting import Permission
from einig.store.models import Attempt, Basis, Consent
from einig.web.labels import CHANNELS
from einig.web.templatetags.einig import exactly

BASES: dict[str, Any] = {
    Basis.CONSENT: gettext_lazy("Consent"),
    Basis.INTEREST: gettext_lazy("Legitimate interest"),
    Basis.REQUEST: gettext_lazy("Their own request"),
    Basis.CUSTOMER: gettext_lazy("Customer exception"),
    Basis.PRESUMED: gettext_lazy("Presumed consent of a business"),
}
PURPOSES: dict[str, Any] = {
    Consent.Purpose.MAIL: gettext_lazy("Mails"),
    Consent.Purpose.PHONE: gettext_lazy("Calls"),
    Consent.Purpose.PROFILING: gettext_lazy("Scoring"),
    Consent.Purpose.TRACKING: gettext_lazy("Measuring visits and clicks"),
}


def permitted(of: Permission) -> dict[str, Any]:
    """Return a permission as a page shows it."""
    label = dict(CHANNELS)[Attempt.Channel(of.channel)]
    return {"channel": of.channel, "label": label, "allowed": of.allowed, "why": why(of)}


def why(of: Permission) -> str:
    """Return in a sentence why somebody may be contacted by a channel, or why not."""
    did = of.why in {"request", "presumed"} and of.what
    given = {
        "time": exactly(of.since) if of.since else "",
        "what": words.activity(of.what) if did else of.what,
    }
    said = {
        "request": _("They asked us (%(what)s, %(time)s); an answer is allowed."),
        "consent": _("They agreed on %(time)s."),
        "customer": _("A customer, recorded on %(time)s; they can object at any time."),
        "presumed": _("A business whose interest can be presumed (%(what)s, %(time)s)."),
        "interest": _("A legitimate interest, recorded on %(time)s."),
        "visit": _("Nothing speaks against it."),
        "objected": _("They object since %(time)s."),
        "no_consent": _("They did not agree to mails. An answer to a request would be allowed."),
        "consumer": _("A consumer, who has to agree to calls first."),
        "no_reason": _("No reason is recorded to presume that this business wants a call."),
    }
    if of.why == "request" and not of.what:
        return _("They wait for an answer since %(time)s.") % given
    return said[of.why] % given
