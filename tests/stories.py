"""Stories that are told to live and to replay alike, and how both are compared afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from einig.engine.backtest.handoffs import handoffs
from einig.engine.instants import DAY, FOREVER, HOUR, iso
from einig.engine.scoring import judge
from einig.flow import capture, consent, due, feedback, journey, merging, scoring
from einig.store import history
from einig.store.models import Decision, Handoff, Lead, Merger
from tests.live import Company, identify, track


@dataclass(frozen=True)
class Step:
    """After a while, something arrives, sales returns what it has, or time passes."""

    wait: int
    message: dict[str, Any] | None = None
    late: int = 0
    returns: bool = False
    looks: bool = False
    profiling: str = ""  # everybody objects to it, or agrees to it again
    merging: str = ""  # somebody merges two leads, or parts them again


_USERS = st.sampled_from(["u1", "u1", "u2"])
_VISITORS = st.sampled_from(["a", "b", None])
_IDENTIFY = st.builds(
    lambda user, visitor, email, industry, employees: identify(
        user,
        visitor,
        **({"email": email} if email else {}),
        **({"industry": industry} if industry else {}),
        **({"employees": employees} if employees else {}),
    ),
    _USERS,
    _VISITORS,
    st.sampled_from(["p@pumpen.example", "q@pumpen.example", None]),
    st.sampled_from(["Software", "Trade", "", None]),
    st.sampled_from(["50–249", "<50", "120", None, None]),
)
_TRACK = st.builds(
    lambda event, user, visitor: track(event, user, visitor or (None if user else "a")),
    st.sampled_from(["demo_requested", "webinar_attended", "webinar_attended", "scrolled"]),
    st.sampled_from(["u1", "u2", None]),
    _VISITORS,
)
_IDS = st.none() | st.none() | st.sampled_from(["m1", "m2"])
STEPS = st.builds(
    Step,
    wait=st.sampled_from([0, 1, HOUR, DAY, 5 * DAY, 14 * DAY]),
    message=st.builds(
        lambda message, id_: message | ({"messageId": id_} if id_ else {}), _IDENTIFY | _TRACK, _IDS
    ),
    late=st.sampled_from([0, 0, 0, HOUR, 6 * DAY, -DAY]),
    returns=st.sampled_from([False, False, False, True]),
    looks=st.booleans(),
    profiling=st.sampled_from(["", "", "", "", "objects", "agrees"]),
    merging=st.sampled_from(["", "", "", "merges", "parts"]),
)


def examples(most: int) -> settings:
    return settings(
        max_examples=most,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )


def happens(us: Company, step: Step, n: int, at: int) -> int:
    message = {"messageId": f"{n}", "timestamp": iso(at - step.late)} | (step.message or {})
    capture.receive([message], source=us.website, at=at)
    while journey.take_in_waiting():
        pass
    for lead in Lead.objects.all() if step.profiling else ():
        if step.profiling == "objects":
            consent.withdraw(lead, "profiling", at=at)
        else:
            consent.give(lead, "profiling", at=at)
    merges(us, step, at)
    if step.looks:
        while due.judge_due(at=at):
            pass
    if step.returns:
        for one in Handoff.objects.filter(kind="sales", closed_at=None).select_related("lead"):
            assert one.to is not None
            feedback.give_back(one, by=one.to, at=at, reason="no budget")
    return at


def merges(us: Company, step: Step, at: int) -> None:
    """Let the two newest leads be one person, or part whom that was done to first."""
    if step.merging == "merges" and Lead.objects.whole().count() > 1:
        one, other = Lead.objects.whole().order_by("-id")[:2]
        merging.merge(one, other, by=us.mia, at=at)
    held = Merger.objects.filter(undone_at=None).order_by("id").first()
    if step.merging == "parts" and held is not None:
        merging.part(held, by=us.max, at=at)


Told = dict[str, tuple[list[Any], tuple[Any, ...], list[tuple[int, int]]]]


def live_and_replayed(end: int) -> tuple[Told, Told]:
    """Return what live decided of each lead, and what a replay of the store does: hand-offs, the
    last state, and when it was sales-ready.
    """
    timeline = scoring.enactments(scoring.timeline())
    stored = history.read()
    decided = judge(stored, timeline, until=end)
    opened = handoffs(stored, timeline, decided, end)
    live, replayed = Told(), Told()
    for n, id_ in enumerate(stored.leads["lead_id"].to_pylist()):
        lead = Lead.objects.get(lead_id=id_)
        mine, own = opened.lead == n, decided.ready.lead == n
        gone = lead.handoffs.filter(kind="sales").order_by("opened_at")
        live[id_] = (
            list(gone.values_list("opened_at", "explored")),
            (lead.fit, lead.engagement, lead.intent, lead.sales_ready),
            _spans(lead),
        )
        state = (decided.fit, decided.engagement, decided.intent, decided.sales_ready)
        replayed[id_] = (
            list(zip(opened.at[mine].tolist(), opened.explored[mine].tolist(), strict=True)),
            tuple(of[n].item() for of in state),
            list(_pairs(decided.ready.begins[own], decided.ready.ends[own])),
        )
    return live, replayed


def _pairs(begins: Any, ends: Any) -> Iterator[tuple[int, int]]:
    yield from zip(begins.tolist(), ends.tolist(), strict=True)


def _spans(lead: Lead) -> list[tuple[int, int]]:
    """Return when a lead was sales-ready, as its decisions tell."""
    spans: list[tuple[int, int]] = []
    for at, ready in (
        Decision.objects.filter(lead=lead).order_by("at").values_list("at", "sales_ready")
    ):
        is_open = bool(spans) and spans[-1][1] == FOREVER
        if ready and not is_open:
            spans.append((at, FOREVER))
        elif is_open and not ready:
            spans[-1] = (spans[-1][0], at)
    return spans


def all_due(at: int) -> None:
    """Judge what is due one by one, as the worker does."""
    while due.judge_due(at=at):
        pass


def everything() -> dict[str, list[Any]]:
    """Return every decision, every lead as it stands, and every hand-off."""
    decided = Decision.objects.order_by("lead", "at").values_list(
        "lead", "version", "at", "fit", "engagement", "intent", "sales_ready"
    )
    stand = Lead.objects.order_by("id").values_list(
        "id", "version", "fit", "engagement", "intent", "sales_ready", "judged_at", "last_known",
        "next_change_at", "stage", "owner",
    )  # fmt: skip
    handed = Handoff.objects.order_by("lead", "opened_at", "kind").values_list(
        "lead", "opened_at", "kind", "version", "to", "explored", "closed_at", "closing", "due_at"
    )
    return {"decisions": list(decided), "leads": list(stand), "handoffs": list(handed)}
