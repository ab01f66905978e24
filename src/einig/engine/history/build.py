"""A history from rows: what a notebook, a store or a test holds becomes what executors read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from einig.engine.history.contract import (
    About,
    EventRow,
    FactRow,
    FeedbackRow,
    History,
    LeadRow,
    LinkRow,
    OutcomeRow,
)
from einig.engine.history.resolve import Told, resolve
from einig.engine.history.rows import incoming
from einig.engine.history.sql import engine


def build(
    *,
    leads: Sequence[LeadRow] | pa.Table,
    facts: Sequence[FactRow] | pa.Table = (),
    events: Sequence[EventRow] | pa.Table = (),
    outcomes: Sequence[OutcomeRow] | pa.Table = (),
    links: Sequence[LinkRow] | pa.Table = (),
    feedback: Sequence[FeedbackRow] | pa.Table = (),
    name: str = "history",
    zone: str = "UTC",
    currency: str | None = None,
    outcome_names: Iterable[str] = (),
    lost_after: int | None = None,
    worked: Iterable[str] = (),
) -> History:
    """Return the history that rows tell.

    Each argument is a list of its row class, or an Arrow table with columns of the same names;
    events of a table have their properties in text columns `property:NAME`. Times are whole
    microseconds UTC. Activities named in `outcome_names` are left out; a lead without an outcome
    is lost `lost_after` microseconds after its creation; a lost lead without any activity of
    `worked` is unknown. Rows of leads that are not among `leads` are left out and counted in
    `about.set_aside`. Raises Refused if an attribute is called `merged`.
    """
    import pyarrow.dataset as ds  # noqa: PLC0415  # brings pandas, late if at all

    tables = incoming(
        leads=leads, facts=facts, events=events, outcomes=outcomes, links=links, feedback=feedback
    )
    about = About(name, zone=zone, currency=currency, outcome_names=frozenset(outcome_names))
    told = Told(about, tables.properties, lost_after, frozenset(worked))
    made: dict[str, pa.Table] = {}
    with engine() as connection:
        for each in ("leads", "facts", "events", "outcomes", "links", "feedback"):
            connection.register(f"in_{each}", getattr(tables, each))

        def keep(name: str, query: str, schema: pa.Schema) -> None:
            made[name] = connection.sql(query).to_arrow_table().cast(schema)
            connection.register(name, made[name])

        about = resolve(connection, told, keep)
    return History(
        about=about,
        leads=made["out_leads"],
        facts=made["out_facts"],
        events=ds.dataset(made["out_events"]),
        outcomes=made["out_outcomes"],
        feedback=made["out_feedback"],
    )
