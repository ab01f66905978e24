"""What a version changes, as the clauses of a contract that differ and nothing else."""

from __future__ import annotations

from dataclasses import replace

from einig.engine.agreement.model import Agreement
from einig.web.contract import Clause, Row, contract


def changed(of: Agreement, before: Agreement | None) -> list[Clause]:
    """Return the clauses that differ, each with the lines that do; all of them without a before."""
    clauses = [clause for part in contract(of, before) for clause in part.clauses]
    if before is None:
        return clauses
    return [
        clause
        if clause.is_new or clause.is_gone
        else replace(clause, rows=tuple(row for row in clause.rows if _differs(row)))
        for clause in clauses
        if clause.is_new or clause.is_gone or clause.was or any(map(_differs, clause.rows))
    ]


def _differs(row: Row) -> bool:
    return row.is_new or row.is_gone or row.was is not None
