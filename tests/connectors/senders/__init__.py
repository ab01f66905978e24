"""Every sender as a test is one: what it sends, how it signs, and what that says."""

from tests.connectors.senders.sending import Sends
from tests.connectors.senders.typeform import TYPEFORM

SENDERS: dict[str, Sends] = {one.kind: one for one in (TYPEFORM,)}
