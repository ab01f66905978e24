"""When a lead changes next is the same for one lead and for a whole history at once."""

from __future__ import annotations

from hypothesis import given

from einig.engine.instants import FOREVER
from einig.engine.scoring import lead_of, next_change, plan
from einig.engine.scoring.bind import bind
from einig.engine.scoring.coming import next_changes
from tests.parity.generated import Case, cases, history_of, times
from tests.stories import examples


@examples(60)
@given(cases(), times(0, 30))
def test_a_history_changes_next_when_each_of_its_leads_does(case: Case, at: int) -> None:
    history = history_of(case.rows)
    for _, agreement in case.timeline:
        of = plan(agreement)
        together = next_changes(of.arrays, bind(of, history), at).tolist()
        alone = [
            next_change(of, lead_of(history, id_), at) or FOREVER
            for id_ in history.leads["lead_id"].to_pylist()
        ]
        # facts that the agreement does not look at change nothing
        named = {attribute.name for attribute in of.attributes}
        for number, id_ in enumerate(history.leads["lead_id"].to_pylist()):
            lead = lead_of(history, id_)
            if any(fact.attribute not in named and fact.at == alone[number] for fact in lead.facts):
                assert together[number] >= alone[number]
            else:
                assert together[number] == alone[number]
