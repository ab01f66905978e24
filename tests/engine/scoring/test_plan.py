"""The plan: arrays of numbers, so that an edited agreement runs at once."""

from __future__ import annotations

from einig.engine.scoring import judge, lead_of, plan, state_at
from einig.engine.scoring.kernel import sweep
from einig.engine.scoring.plan import NO_LIMIT
from tests.world import INBOUND, agreement, history

EDITED = """\
name: Edited
lead: {reachable_by: [email, phone], never: [{role: student}], inquiries: [form_sent]}
fit:
  industry: {Software: 20, Trade: 5, otherwise: -3, unknown: 1}
  employees: {1-49: 0, 50-249: 10}
engagement:
  webinar_attended: {steps: [{points: 10, until: 3 days}, {points: 4, until: 9 days}]}
  left: {points: -5, for: ever, at_most: -10, after_inquiry: true}
  quiet: {nothing_for: 30 days, points: -5}
sales_ready: {any: [{score: 20}, {all: [{fit: 10}, {attributes: {country: [DE, AT]}}]}]}
"""

FIT_ONLY = "name: Fit only\nfit: {a: {b: 1}}\nsales_ready: {fit: 1}\n"


def test_an_edited_agreement_compiles_nothing_again():
    known = history()
    judge(known, agreement())
    compiled = len(sweep.signatures)
    for edited in (INBOUND.replace("30 days", "7 days"), EDITED, FIT_ONLY):
        judge(known, agreement(edited))
        state_at(plan(agreement(edited)), lead_of(known, "Ada"), known.about.ends_at)
    assert len(sweep.signatures) == compiled


def test_an_agreement_that_asks_for_nothing_but_fit_has_a_plan_of_the_same_kinds_of_arrays():
    small, full = plan(agreement(FIT_ONLY)), plan(agreement(EDITED))
    kinds = [[getattr(of, "dtype", type(of)) for of in each.arrays] for each in (small, full)]
    assert kinds[0] == kinds[1]


def test_limits_have_the_sign_of_the_points_and_steps_follow_one_another():
    arrays = plan(agreement(EDITED)).arrays
    assert arrays.lowest.tolist() == [-NO_LIMIT, -10]
    assert arrays.highest.tolist() == [NO_LIMIT, NO_LIMIT]
    assert arrays.step_first.tolist() == [0, 2, 3]
    assert arrays.step_ends[0] == arrays.step_begins[1]
    assert arrays.step_points.tolist() == [10, 4, -5]
    assert arrays.unknown_points.tolist()[:2] == [1, 0]
