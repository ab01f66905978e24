"""The rows of links between identities, and of what sales said of leads."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from einig.engine.history.gather import Gathered
from einig.engine.history.identities import unattached
from einig.engine.history.lead_rows import Leads
from einig.engine.history.mapping import FeedbackTable, LinksTable, Source
from einig.engine.history.sheets import Sheet
from einig.engine.history.usable import (
    FEEDBACK,
    LINKS,
    Who,
    instants,
    table_of,
    tidied,
    usable,
)
from einig.engine.values import fold


def read_links(given: Gathered, leads: Leads) -> pa.Table:
    """Return the links that lead to a lead in the end; others are set aside."""
    found = [
        each
        for number, told in enumerate(given.mapped.mapping.links, 1)
        for each in _link_rows(given, f"links.{number}", told)
    ]
    ends = [(link[0], link[1]) for _, _, link in found]
    nowhere = set(unattached(ends, leads.known | leads.left_out))
    for place in sorted(nowhere):
        source, row, (identity, lead, *_) = found[place]
        why = f"the lead {lead} is not among the leads, nor linked to one"
        if identity == lead:
            why = f"{identity} is linked to itself"
        given.put(given.sheets[source], {row: why})
    return table_of([link for at, (*_, link) in enumerate(found) if at not in nowhere], LINKS)


def _link_rows(
    given: Gathered, path: str, told: LinksTable
) -> Iterator[tuple[Source, int, tuple[str, str, str, int, int | None]]]:
    sheet = given.sheets[told.source]
    linked = instants(given, f"{path}.linked", told.source, told.linked, day="ends").to_pylist()
    undone = instants(given, f"{path}.unlinked", told.source, told.unlinked, day="ends").to_pylist()
    identities, leads = (tidied(sheet.columns[c]).to_pylist() for c in (told.identity, told.lead))
    kinds = ["same"] * len(sheet)
    if told.kind is not None:
        kinds = [fold(kind or "same") for kind in sheet.columns[told.kind].to_pylist()]
    for row, link in enumerate(zip(identities, leads, kinds, linked, undone, strict=True)):
        if None in link[:2] or link[3] is None:
            given.put(sheet, {row: "identity, lead and time of the link are needed"})
        elif link[2] not in ("same", "member"):
            given.put(sheet, {row: f"“{link[2]}” is neither same nor member"})
        elif not given.is_aside(sheet, row):
            yield told.source, row, link


def read_feedback(given: Gathered, who: Who) -> Iterator[pa.Table]:
    for number, told in enumerate(given.mapped.mapping.feedback, 1):
        sheet = given.sheets[told.source]
        at = instants(given, f"feedback.{number}.at", told.source, told.at, day="ends")
        verdicts = _verdict_words(sheet, told)
        unclear = [row for row, verdict in enumerate(verdicts) if verdict is None]
        given.put(sheet, dict.fromkeys(unclear, f"{told.verdict}: neither accepted nor returned"))
        reasons = sheet.columns[told.reason] if told.reason else pa.nulls(len(sheet), pa.string())
        rows = usable(given, sheet, who, told.lead, {told.at: "no time"})
        columns = [tidied(sheet.columns[told.lead]), at, pa.array(verdicts, pa.string()), reasons]
        yield pa.table(columns, schema=FEEDBACK).take(rows)


def _verdict_words(sheet: Sheet, told: FeedbackTable) -> list[str | None]:
    words = {fold(text): "accepted" for text in told.accepted}
    words |= {fold(text): "returned" for text in told.returned}
    return [words.get(fold(text or "")) for text in sheet.columns[told.verdict].to_pylist()]
