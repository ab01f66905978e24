"""What an agreement decides about leads, with either executor, and why."""

from einig.engine.scoring.decisions import Decisions
from einig.engine.scoring.from_rows import lead_from
from einig.engine.scoring.judge import Enactment, judge
from einig.engine.scoring.lead import LeadHistory, NoSuchLead, lead_of
from einig.engine.scoring.ledger import Ledger, ledger
from einig.engine.scoring.live import (
    State,
    compile_kernel,
    counts,
    judge_lead,
    next_change,
    shows_intent,
    state_at,
    turns,
)
from einig.engine.scoring.plan import Plan, plan
from einig.engine.scoring.testable import check_against, untestable
from einig.engine.scoring.wording import missing_words

__all__ = [
    "Decisions",
    "Enactment",
    "LeadHistory",
    "Ledger",
    "NoSuchLead",
    "Plan",
    "State",
    "check_against",
    "compile_kernel",
    "counts",
    "judge",
    "judge_lead",
    "lead_from",
    "lead_of",
    "ledger",
    "missing_words",
    "next_change",
    "plan",
    "shows_intent",
    "state_at",
    "turns",
    "untestable",
]
