"""Who may do what. The whole matrix stands here, and a test walks through all of it."""

from __future__ import annotations

from einig.store.models import Role, User

M, ML, S, SL, A = Role.MARKETING, Role.MARKETING_LEAD, Role.SALES, Role.SALES_LEAD, Role.ADMIN
EVERYBODY = frozenset({M, ML, S, SL, A})
SELLERS = frozenset({S, SL})
MARKETERS = frozenset({M, ML})
LEADS = frozenset({ML, SL})

MATRIX: dict[str, frozenset[Role]] = {
    "see_leads": EVERYBODY,
    "see_agreement": EVERYBODY,
    "see_report": EVERYBODY,
    "see_sources": EVERYBODY,
    "capture_lead": EVERYBODY,
    "edit_lead": EVERYBODY,
    "merge_leads": EVERYBODY,
    "find_duplicates": frozenset({M, ML, SL, A}),
    "work_handoff": SELLERS | MARKETERS,  # one's own; leads may work those of their side
    "reassign_handoff": frozenset({SL, A}),
    "give_feedback": SELLERS,
    "answer_feedback": MARKETERS,
    "take_second_look": EVERYBODY - {A},
    "record_outcome": SELLERS,
    "work_nurture": MARKETERS | SELLERS,
    "see_follow_up": frozenset({SL, ML, A}),
    "discuss_agreement": EVERYBODY,
    "hold_jour_fixe": LEADS,
    "draft_agreement": frozenset({M, ML, SL, A}),
    "study_leads": frozenset({M, ML, SL, A}),
    "propose_agreement": frozenset({ML, SL, A}),
    "sign_agreement": LEADS,
    "start_agreement_test": LEADS,
    "edit_sources": frozenset({M, ML, A}),
    "import_leads": frozenset({M, ML, A}),
    "mend_received": frozenset({M, ML, A}),
    "edit_people": frozenset({A}),
    "edit_own_team": frozenset({SL, ML, A}),
    "edit_settings": frozenset({A}),
    "protect_data": frozenset({A}),
    "see_audit": frozenset({A}),
}


class NotAllowed(Exception):
    """This person may not do that."""


def may(user: User, action: str) -> bool:
    """Return whether somebody's role allows an action."""
    return user.is_active and Role(user.role) in MATRIX[action]


def require(user: User, action: str) -> None:
    """Raise NotAllowed unless somebody's role allows an action."""
    if not may(user, action):
        raise NotAllowed(action)
