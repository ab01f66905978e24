"""Every sender as a test is one: what it sends, how it signs, and what that says."""

from tests.connectors.senders.calendly import CALENDLY
from tests.connectors.senders.chatwoot import CHATWOOT
from tests.connectors.senders.google_leads import GOOGLE_LEADS
from tests.connectors.senders.hubspot_forms import HUBSPOT_FORMS
from tests.connectors.senders.linkedin_leads import LINKEDIN_LEADS
from tests.connectors.senders.mailbox import MAILBOX
from tests.connectors.senders.meta_leads import META_LEADS
from tests.connectors.senders.sending import Sends
from tests.connectors.senders.sipgate import SIPGATE
from tests.connectors.senders.twilio import TWILIO
from tests.connectors.senders.typeform import TYPEFORM
from tests.connectors.senders.web_to_lead import WEB_TO_LEAD

_ALL: tuple[Sends, ...] = (
    TYPEFORM, HUBSPOT_FORMS, WEB_TO_LEAD, GOOGLE_LEADS, META_LEADS, LINKEDIN_LEADS,
    TWILIO, SIPGATE, CHATWOOT, CALENDLY, MAILBOX,
)  # fmt: skip
SENDERS = {one.kind: one for one in _ALL}
