"""sipgate.io, as its documents describe it."""

from __future__ import annotations

from einig.connectors.contract import Heard
from tests.connectors.senders.sending import FORM, Sends, sample

_CALLER = {"person": "+4989123456", "attributes": {"phone": "+4989123456"}, "is_contact": True}
_ANSWERED = Heard(
    id="1232.ended", activity="call_answered", properties={"to": "+49301234567"}, **_CALLER
)

SIPGATE = Sends(
    kind="sipgate",
    content_type=FORM,
    bodies=[sample("sipgate", name) for name in ("new-call.txt", "answer.txt", "hangup.txt")],
    heard=[[Heard(id="1232.begun", **_CALLER)], [_ANSWERED], [_ANSWERED]],
    unknown=lambda body: body + b"&surprise=%C3%A4",
    broken=lambda body: body.replace(b"callId=", b"callNumber="),
    says_when=False,
)
