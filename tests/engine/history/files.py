"""Small files for the tests of reading, and what reading them gives."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from einig.engine.document import Refused
from einig.engine.history import History, read_history
from einig.engine.instants import iso

MAPPING = """\
name: Small
zone: Europe/Berlin
leads: {file: leads.csv, id: id, created: created, attributes: [industry]}
events: {file: events.csv, lead: lead, type: type, at: at, properties: [path]}
outcomes:
  files: {file: deals.csv, lead: lead, at: closed, revenue: amount, status: status,
          won: won, lost: lost}
"""
LEADS = "id,created,industry\nA,2026-03-02T09:00,Software\nB,2026-03-02T10:00,Trade\n"
EVENTS = "lead,type,at,path\nA,visit,2026-03-03T09:00,/pricing\n"
DEALS = "lead,status,closed,amount\nA,won,2026-03-20T12:00,1000\nB,lost,2026-03-21T12:00,\n"


def put(folder: Path, files: Mapping[str, str | bytes] | None = None) -> Path:
    """Write the small history, with some files replaced, and return the mapping's path."""
    small: dict[str, str | bytes] = {
        "history.yaml": MAPPING,
        "leads.csv": LEADS,
        "events.csv": EVENTS,
        "deals.csv": DEALS,
    }
    for name, content in (small | dict(files or {})).items():
        raw = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(raw)
    return folder / "history.yaml"


def read(folder: Path, files: Mapping[str, str | bytes] | None = None) -> History:
    """Read the small history with some files replaced."""
    return read_history(put(folder, files), cache=folder / "cache")


def refusal(folder: Path, files: Mapping[str, str | bytes]) -> list[str]:
    """Return why the small history is refused, with the folder left out of every message."""
    try:
        read(folder, files)
    except Refused as refused:
        return [str(issue).replace(f"{folder}/", "") for issue in refused.issues]
    raise AssertionError("It was not refused.")


def aside(history: History) -> list[tuple[str, int, str]]:
    """Return file, line and reason of everything that was set aside."""
    about = history.about
    if about.set_aside_file is None:
        return []
    with Path(about.set_aside_file).open(encoding="utf-8", newline="") as file:
        rows = [(row["file"], int(row["line"]), row["reason"]) for row in csv.DictReader(file)]
    assert len(rows) == about.set_aside
    return rows


def created(history: History) -> dict[str, str | None]:
    """Return by lead when it was created."""
    rows = history.leads.to_pylist()
    return {row["lead_id"]: iso(row["created_at"]) for row in rows}


def facts(history: History) -> list[tuple[str, str, str | None, str | None]]:
    """Return every fact as (lead, attribute, value, since when)."""
    ids = history.leads["lead_id"].to_pylist()
    return [
        (ids[row["lead"]], row["attribute"], row["value"], iso(row["at"]))
        for row in history.facts.to_pylist()
    ]


def happened(history: History) -> list[tuple[str, str, str | None]]:
    """Return every activity as (lead, type, when)."""
    ids = history.leads["lead_id"].to_pylist()
    rows = history.events.to_table().to_pylist()
    return [(ids[row["lead"]], row["type"], iso(row["at"])) for row in rows]


def ended(history: History) -> dict[str, tuple[bool, float, str | None]]:
    """Return by lead its outcome: won, revenue, and when."""
    ids = history.leads["lead_id"].to_pylist()
    return {
        ids[row["lead"]]: (row["won"], row["revenue"], iso(row["first_at"]))
        for row in history.outcomes.to_pylist()
    }
