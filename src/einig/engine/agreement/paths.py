"""The paths of an agreement's criteria, as differences, issues and threads write them."""

from __future__ import annotations

from einig.engine.agreement.model import Agreement

LEAD = ("lead.reachable_by", "lead.never", "lead.inquiries")
SALES = ("sales.respond_within", "sales.attempts", "sales.return_reasons", "verify", "explore")
MARKETING = (
    "marketing.sales_ready_a_month",
    "marketing.required",
    "marketing.answer_feedback_within",
    "outside_fit",
)


def paths(of: Agreement) -> list[str]:
    """Return the path of each criterion, in the order of the document."""
    return [
        "name",
        *LEAD,
        *(f"fit.{table.attribute}" for table in of.fit),
        *(f"engagement.{criterion.name}" for criterion in of.behaviour),
        *(f"intent.{criterion.name}" for criterion in of.intent),
        "sales_ready",
        *SALES,
        *MARKETING,
    ]


def under(path: str, of: Agreement) -> list[str]:
    """Return the criteria that a path is about: itself, or those of a part of the document."""
    parts = {"lead": LEAD, "sales": SALES, "marketing": MARKETING, "name": ("name", *LEAD)}
    if path in parts:
        return list(parts[path])
    return [one for one in paths(of) if one == path or one.startswith(f"{path}.")]
