"""All connectors, by their kind."""

from __future__ import annotations

from einig.connectors.calendly import Calendly
from einig.connectors.chatwoot import Chatwoot
from einig.connectors.contract import Connector
from einig.connectors.google_leads import GoogleLeads
from einig.connectors.hubspot_forms import HubSpotForms
from einig.connectors.linkedin_leads import LinkedInLeads
from einig.connectors.mailbox import Mailbox
from einig.connectors.meta_leads import MetaLeads
from einig.connectors.sipgate import Sipgate
from einig.connectors.twilio import Twilio
from einig.connectors.typeform import Typeform
from einig.connectors.web_to_lead import WebToLead

_ALL: tuple[Connector, ...] = (
    Typeform(), HubSpotForms(), WebToLead(), GoogleLeads(), MetaLeads(), LinkedInLeads(),
    Twilio(), Sipgate(), Chatwoot(), Calendly(), Mailbox(),
)  # fmt: skip
CONNECTORS = {one.kind: one for one in _ALL}
