"""Every model, by noun."""

from einig.store.models.activity import Event, Fact, Received
from einig.store.models.after import NurtureEntry, Outcome
from einig.store.models.agreeing import (
    AgreementTest,
    JourFixe,
    Judgement,
    Juror,
    Mention,
    Remark,
    Sample,
    Thread,
)
from einig.store.models.agreements import (
    Enactment,
    Finding,
    Revision,
    Seal,
    Signature,
    SignedText,
    Version,
)
from einig.store.models.documents import Document
from einig.store.models.handoffs import Attempt, Decision, Feedback, Handoff, SecondLook
from einig.store.models.identity import Alike, Merger, Search
from einig.store.models.imports import Import, ImportRow, ImportState
from einig.store.models.keys import PersonalKey
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
from einig.store.models.privacy import (
    Basis,
    Consent,
    Objection,
    Purpose,
    Retention,
    Suppression,
)
from einig.store.models.sources import ApiKey, Campaign, Delivery, FormVersion, Pace, Source
from einig.store.models.work import AuditEntry, Notice, Task

__all__ = [
    "Absence",
    "AgreementTest",
    "Alike",
    "ApiKey",
    "Attempt",
    "AuditEntry",
    "Basis",
    "Campaign",
    "Company",
    "Consent",
    "ContactDetail",
    "Decision",
    "Delivery",
    "Document",
    "Enactment",
    "Event",
    "Fact",
    "Feedback",
    "Finding",
    "FormVersion",
    "Handoff",
    "Identity",
    "Import",
    "ImportRow",
    "ImportState",
    "Invitation",
    "JourFixe",
    "Judgement",
    "Juror",
    "Lead",
    "Link",
    "Mention",
    "Merger",
    "Notice",
    "NurtureEntry",
    "Objection",
    "Organisation",
    "Outcome",
    "Pace",
    "PersonalKey",
    "Purpose",
    "Received",
    "Relation",
    "Remark",
    "Retention",
    "Revision",
    "Role",
    "Sample",
    "Seal",
    "Search",
    "SecondLook",
    "Side",
    "Signature",
    "SignedText",
    "Source",
    "Stage",
    "Study",
    "Suppression",
    "Task",
    "Team",
    "Thread",
    "User",
    "Version",
]
