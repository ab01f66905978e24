"""sipgate.io, as its documents describe it."""

from __future__ import annotations

from dataclasses import replace

from einig.connectors.contract import Heard
from tests.connectors.senders.sending import FORM, Sends, sample

_CALLS = Heard(
    id="1232.begun",
    person="+4989123456",
    attributes={"phone": "+4989123456"},
    is_contact=True,
)
_ANSWERED = replace(
    _CALLS, id="1232.ended", activity="call_answered", properties={"to": "+49301234567"}
)

SIPGATE = Sends(
    kind="sipgate",
    content_type=FORM,
    bodies=[sample("sipgate", name) for name in ("new-call.txt", "answer.txt", "hangup.txt")],
    heard=[[_CALLS], [_ANSWERED], [_ANSWERED]],
    unknown=lambda body: body + b"&surprise=%C3%A4",
    broken=lambda body: body.replace(b"callId=", b"callNumber="),
    says_when=False,
)
