"""From sheets to the tables that a history is built of."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from einig.engine.document import Refused
from einig.engine.history.activity_rows import joined_events, read_events, read_facts
from einig.engine.history.gather import Gathered
from einig.engine.history.lead_rows import read_attributes, read_leads
from einig.engine.history.outcome_rows import one_currency, read_outcomes
from einig.engine.history.people_rows import read_feedback, read_links
from einig.engine.history.usable import FEEDBACK, OUTCOMES, Who


@dataclass(frozen=True, slots=True)
class Tables:
    """The rows of a history as Arrow tables, as `build` takes them."""

    leads: pa.Table
    facts: pa.Table
    events: pa.Table
    outcomes: pa.Table
    links: pa.Table
    feedback: pa.Table
    currency: str | None


def tables(given: Gathered) -> Tables:
    """Return the rows that sheets hold; what cannot be used is set aside.

    Raises Refused with every column that can be read in two ways, or not at all.
    """
    leads = read_leads(given)
    links = read_links(given, leads)
    who = Who(leads.known | frozenset(links["identity"].to_pylist()), leads.left_out)
    made = Tables(
        leads=leads.table,
        facts=pa.concat_tables([read_attributes(given, leads), *read_facts(given, who)]),
        events=joined_events(list(read_events(given, who))),
        outcomes=pa.concat_tables([OUTCOMES.empty_table(), *read_outcomes(given, leads, who)]),
        links=links,
        feedback=pa.concat_tables([FEEDBACK.empty_table(), *read_feedback(given, who)]),
        currency=one_currency(given),
    )
    if given.unclear:
        raise Refused(given.unclear)
    return made
