"""sipgate.io: calls as they come in, are answered and end.

sipgate signs nothing: what proves the sender is the address, which only sipgate was told. The
answer to a new call asks to hear of its answer and its end, too. No time is said, so what counts is
when it arrived.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from einig.connectors.calling import Call, heard, international
from einig.connectors.contract import Connector, Delivery, Heard, Reply, Settings, Unreadable
from einig.connectors.reading import form_of

_ANSWERED = frozenset({"normalClearing", "forwarded"})


class Sipgate(Connector):
    """Calls through sipgate.io."""

    kind = "sipgate"
    name = "sipgate.io"
    settings = ()

    def verify(self, delivery: Delivery, settings: Settings) -> None:
        """See the contract."""

    def id_of(self, delivery: Delivery) -> str:
        """See the contract."""
        said = dict(form_of(delivery))
        parts = (said.get("callId"), said.get("event"))
        return ".".join(filter(None, parts)) if all(parts) else ""

    def read(self, delivery: Delivery, settings: Settings) -> Iterator[Heard]:
        """See the contract."""
        del settings
        said = dict(form_of(delivery))
        missing = [name for name in ("event", "callId", "from", "to") if not said.get(name)]
        if missing:
            raise Unreadable(f"{', '.join(missing)} missing")
        is_inbound = said.get("direction", "in") == "in"
        theirs, ours = (said["from"], said["to"]) if is_inbound else (said["to"], said["from"])
        ended = None
        if said["event"] == "answer":
            ended = True
        elif said["event"] == "hangup":
            ended = said.get("cause", "") in _ANSWERED
        yield heard(
            Call(
                id=said["callId"],
                theirs=international(theirs),
                ours=international(ours),
                is_inbound=is_inbound,
                ended=ended,
            )
        )

    def thanks(self, delivery: Delivery, settings: Settings) -> Reply:
        """See the contract."""
        url = quoteattr(delivery.url)
        asks = f"<Response onAnswer={url} onHangup={url}/>"
        return Reply(body=f'<?xml version="1.0" encoding="UTF-8"?>{asks}', kind="application/xml")
