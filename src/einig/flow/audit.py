"""The audit trail: who did what, when, in the transaction in which it was done."""

from __future__ import annotations

from einig.store.models import AuditEntry, Lead, User


def record(action: str, about: str | Lead, *, at: int, by: User | None, **detail: object) -> None:
    """Write down what was done. `about` is a lead or a name like `version:4`.

    Rows can never be changed, so none holds anything personal: numbers, codes and counts only.
    """
    name = f"lead:{about.lead_id}" if isinstance(about, Lead) else about
    AuditEntry.objects.create(action=action, about=name[:80], at=at, by=by, detail=detail)
