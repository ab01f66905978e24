"""Reading a history: a mapping and its files become what executors read."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from einig.engine.document import Issue, Refused, refuse
from einig.engine.history import kept
from einig.engine.history.build import build
from einig.engine.history.cache_folder import folder_for
from einig.engine.history.contract import MERGED, History
from einig.engine.history.gather import Report, gather
from einig.engine.history.mapping import Attribute, FileOutcomes, Mapped, Mapping
from einig.engine.history.mapping_grammar import load_mapping
from einig.engine.history.tables import Tables, tables
from einig.engine.history.uses import uses
from einig.engine.values import fold


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
        where = folder_for(
            Path(mapping),
            folder,
            mapped.text,
            files,
            cache=Path(cache) if cache is not None else None,
            form=kept.FORMAT,
        )
        if (found := kept.find(where)) is not None:
            return found
    gathered = gather(mapped, folder, lambda what, done: report(what, 0.6 * done))
    assert where is not None  # without every file, gathering them is refused
    report("Sorting out the rows", 0.6)
    made = tables(gathered)
    report("Building the history", 0.7)
    history = _built(mapped.mapping, made)
    report("Keeping it for the next time", 0.95)
    return kept.keep(history, gathered.aside, where)


def _built(told: Mapping, made: Tables) -> History:
    try:
        return build(
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
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        message = f"There is no room to build the history: {str(error).splitlines()[0]}"
        remedy = "Make room, or set TMPDIR to a folder that has some."
        raise refuse(message, remedy, file=tempfile.gettempdir()) from None


def _check(mapped: Mapped) -> None:
    """Refuse attributes that are the outcome, or have the name that a history needs itself."""
    leads = mapped.mapping.leads
    outcome = _outcome_columns(mapped.mapping)
    issues: list[Issue] = []

    def refuse_attribute(attribute: Attribute, message: str, remedy: str) -> None:
        path = f"leads.attributes.{attribute.name}"
        issues.append(Issue("error", mapped.place(path), path, message, remedy))

    for attribute in leads.attributes:
        if attribute.column in outcome:
            message = f"{attribute.column} is the outcome, so it is no attribute."
            refuse_attribute(attribute, message, "Remove it here.")
        if fold(attribute.name) == MERGED:
            message = f"No attribute can be called {MERGED}: a history calls its mergers so."
            refuse_attribute(attribute, message, "Give it another name, like merged_into.")
    if issues:
        raise Refused(issues)


def _outcome_columns(told: Mapping) -> set[str]:
    """Return the columns of the file of leads that are the outcome, or come with it."""
    columns: set[str | None] = set()
    for of in told.outcomes:
        if isinstance(of, FileOutcomes) and of.source.file == told.leads.source.file:
            columns |= {of.status, of.at, *of.beside}
            columns.add(of.revenue if isinstance(of.revenue, str) else None)
    return {column for column in columns if column is not None}


def _silent(what: str, done: float) -> None:
    pass
