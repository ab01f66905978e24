"""One lead with 200 activities, scored while it is waiting."""

from __future__ import annotations

from benchmarks.simulated import PATHS, TYPES, agreement
from benchmarks.timing import figure, seconds
from einig.engine.instants import DAY
from einig.engine.scoring.lead import Activity, Fact, LeadHistory
from einig.engine.scoring.live import state_at
from einig.engine.scoring.plan import plan
from einig.engine.values import value

ACTIVITIES = 200
_LOOPS = 500


def run() -> None:
    """Measure the time from plain objects to a state."""
    lead = _lead()
    of = plan(agreement())
    state_at(of, lead, 60 * DAY)  # compiles

    def many() -> None:
        for _ in range(_LOOPS):
            state_at(of, lead, 60 * DAY)

    took = seconds(many) / _LOOPS * 1000
    figure(f"one lead live with {ACTIVITIES} activities", took, "ms", goal=1.0)


def _lead() -> LeadHistory:
    facts = tuple(
        Fact(name, 0, value(text), text)
        for name, text in (("industry", "Software"), ("employees", "120"))
    )
    paths = [found for path in PATHS if (found := value(path))]
    activities = tuple(
        Activity(
            event_id=str(number),
            type=TYPES[number % len(TYPES)],
            at=number * DAY // 4,
            start=number * DAY // 4,
            properties={"path": paths[number % len(paths)]},
        )
        for number in range(ACTIVITIES)
    )
    return LeadHistory("lead", 0, facts, activities)


if __name__ == "__main__":
    run()
