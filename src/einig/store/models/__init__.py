"""Every model, by noun."""

from einig.store.models.activity import Event, Fact, Received
from einig.store.models.after import Consent, NurtureEntry, Outcome
from einig.store.models.agreements import Signature, Version
from einig.store.models.handoffs import Attempt, Decision, Feedback, Handoff, SecondLook
from einig.store.models.leads import (
    Company,
    ContactDetail,
    Identity,
    Lead,
    Link,
    Relation,
    Stage,
)
from einig.store.models.learning import Study
from einig.store.models.people import Absence, Invitation, Organisation, Role, Side, Team, User
from einig.store.models.sources import ApiKey, Campaign, Source
from einig.store.models.work import AuditEntry, Notice, Task

__all__ = [
    "Absence",
    "ApiKey",
    "Attempt",
    "AuditEntry",
    "Campaign",
    "Company",
    "Consent",
    "ContactDetail",
    "Decision",
    "Event",
    "Fact",
    "Feedback",
    "Handoff",
    "Identity",
    "Invitation",
    "Lead",
    "Link",
    "Notice",
    "NurtureEntry",
    "Organisation",
    "Outcome",
    "Received",
    "Relation",
    "Role",
    "SecondLook",
    "Side",
    "Signature",
    "Source",
    "Stage",
    "Study",
    "Task",
    "Team",
    "User",
    "Version",
]
