"""Reading a history: a mapping and its files become what executors read."""

from __future__ import annotations

from pathlib import Path

from einig.engine.document import Issue, Refused
from einig.engine.history import kept
from einig.engine.history.build import build
from einig.engine.history.contract import History
from einig.engine.history.gather import Report, gather, uses
from einig.engine.history.mapping import FileOutcomes, Mapped
from einig.engine.history.mapping_grammar import load_mapping
from einig.engine.history.tables import tables


def read_history(
    mapping: str | Path,
    *,
    data: str | Path | None = None,
    cache: str | Path | None = None,
    progress: Report | None = None,
) -> History:
    """Return the history that a mapping file describes.

    `data` is the folder to which its paths are relative (by default the mapping's own), `cache`
    where read histories are kept (by default `$EINIG_CACHE` or `~/.cache/einig`). `progress` is
    called with what is being done and the share that is done. Rows that cannot be used are counted
    in `about.set_aside` and kept in `about.set_aside_file`. Raises Refused if the mapping or a
    file cannot be used at all.
    """
    report = progress or _silent
    mapped = load_mapping(mapping)
    _check(mapped)
    folder = Path(data) if data is not None else Path(mapping).parent
    files = {folder / use.source.file for use in uses(mapped.mapping)}
    where = None
    if all(path.is_file() for path in files):
        chosen = Path(cache) if cache is not None else None
        where = kept.folder_for(Path(mapping), mapped.text, files, chosen)
        if (found := kept.find(where)) is not None:
            return found
    gathered = gather(mapped, folder, report)
    assert where is not None  # without every file, gathering them is refused
    report("Building the history", 0.9)
    told = mapped.mapping
    made = tables(gathered)
    history = build(
        leads=made.leads,
        facts=made.facts,
        events=made.events,
        outcomes=made.outcomes,
        links=made.links,
        feedback=made.feedback,
        name=told.name,
        zone=told.zone or "UTC",
        currency=made.currency,
        outcome_names=told.outcome_names,
        lost_after=told.lost_after,
        worked=told.worked,
    )
    report("Keeping it for the next time", 0.95)
    return kept.keep(history, gathered.aside, where)


def _check(mapped: Mapped) -> None:
    """Refuse attributes that are the outcome."""
    leads = mapped.mapping.leads
    outcome: set[str] = set()
    for of in mapped.mapping.outcomes:
        if isinstance(of, FileOutcomes) and of.source.file == leads.source.file:
            told = {
                of.status,
                of.at,
                *of.beside,
                of.revenue if isinstance(of.revenue, str) else None,
            }
            outcome |= {name for name in told if name is not None}
    issues = []
    for attribute in leads.attributes:
        if attribute.column in outcome:
            path = f"leads.attributes.{attribute.name}"
            message = f"{attribute.column} is the outcome, so it is no attribute."
            remedy = "Remove it here."
            issues.append(Issue("error", mapped.place(path), path, message, remedy))
    if issues:
        raise Refused(issues)


def _silent(what: str, done: float) -> None:
    pass
