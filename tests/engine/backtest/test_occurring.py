"""What a history suggests to whoever writes a draft."""

from __future__ import annotations

from einig.engine.agreement.document import loads
from einig.engine.backtest.occurring import activities, rows, values
from einig.engine.backtest.past import Past
from einig.engine.history.build import build
from einig.engine.history.contract import EventRow, FactRow, LeadRow, OutcomeRow

PAST = Past(
    build(
        leads=[LeadRow(lead_id=f"L{n}", created_at=0) for n in range(6)],
        facts=[
            FactRow(lead_id=f"L{n}", attribute="Industry", value=name, known_from=1)
            for n, name in enumerate(["Software", "software", "Trade", "Trade", "Health"])
        ]
        + [FactRow(lead_id="L4", attribute="industry", value="Software", known_from=2)]
        + [
            FactRow(lead_id=f"L{n}", attribute="employees", value=size, known_from=1)
            for n, size in enumerate(["5", "60", "80"])
        ],
        events=[
            EventRow(event_id=f"e{n}", lead_id=lead, type="demo", at=3)
            for n, lead in enumerate(["L0", "L0", "L1"])
        ],
        outcomes=[
            OutcomeRow(lead_id="L0", won=True, at=9),
            OutcomeRow(lead_id="L1", won=False, at=9),
            OutcomeRow(lead_id="L2", won=False, at=9),
        ],
    )
)


def test_values_come_with_how_many_leads_and_how_many_of_the_decided_were_won() -> None:
    told = [(s.name.casefold(), s.leads, s.won.part, s.won.whole) for s in values(PAST, "industry")]
    assert told == [("software", 3, 1, 2), ("trade", 2, 0, 1)]


def test_each_row_of_a_table_is_told_to_whom_it_applies() -> None:
    text = "name: X\nfit: {employees: {1-49: 0, 50+: 5, unknown: 1}}\nsales_ready: {fit: 5}\n"
    (table,) = loads(text).agreement.fit
    told = {label: (s.leads, s.won.part, s.won.whole) for label, s in rows(PAST, table).items()}
    assert told == {"1-49": (1, 1, 1), "50+": (2, 0, 2), "unknown": (3, 0, 0)}


def test_an_activity_counts_each_lead_once() -> None:
    told = [(s.name, s.leads, s.won.part, s.won.whole) for s in activities(PAST)]
    assert told == [("demo", 2, 1, 2)]
