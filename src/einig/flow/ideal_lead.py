"""The ideal lead: asked for, learned from the store's own history, and made a draft."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Min, Sum
from django.utils import translation

from einig.engine.history import History
from einig.engine.instants import FOREVER
from einig.engine.learning.examples import Behaviour, Floats, Ints
from einig.engine.learning.proposal import Proposal, propose
from einig.engine.learning.targets import Target
from einig.engine.learning.thresholds import UNSTATED, Goal
from einig.engine.learning.told import told
from einig.engine.learning.told_words import LANGUAGES
from einig.engine.values import fold
from einig.flow import agreements, audit, tasks, words
from einig.flow.permissions import require
from einig.flow.rebasing import rebased_on
from einig.store import history
from einig.store.models import Campaign, Decision, Handoff, Organisation, Study, User, Version
from einig.store.snapshot import snapshot

# who somebody is says nothing of others, and may not be learned
WHO_IT_IS = ("name", "email", "phone", "social", "company", "wants_mails")


log = logging.getLogger(__name__)


class AlreadyLooking(Exception):
    """One look at a time: the one that is running has to end first."""


class NothingToDraft(Exception):
    """The study is not finished, or found nothing that could be agreed on."""


def ask(
    *,
    by: User,
    at: int,
    target: str = "won",
    within: int | None = None,
    goal: str = "share",
    amount: float = 0.1,
    keep: Sequence[str] = (),
    drop: Sequence[str] = (),
) -> Study:
    """Ask what leads that closed have in common; a worker looks for it. Raises AlreadyLooking."""
    require(by, "study_leads")
    question = {
        "target": target,
        "within": within,
        "goal": goal,
        "amount": amount,
        "keep": list(keep),
        "drop": list(drop),
    }
    with transaction.atomic():
        list(Organisation.objects.select_for_update()[:1])  # two who ask at once take turns
        if running() is not None:
            raise AlreadyLooking
        study = Study.objects.create(asked_at=at, asked_by=by, question=question)
        tasks.schedule("learn", str(study.id), due_at=at, study=study.id)
        audit.record("study_asked_for", f"study:{study.id}", at=at, by=by, **question)
    return study


def work(study_id: int, *, clock: Callable[[], int]) -> None:
    """Look for an answer, and keep it, or what went wrong; what was found before stays as it is."""
    study = Study.objects.get(id=study_id)
    if study.finished_at is not None or study.error:
        return
    try:
        _look(study, clock=clock)
    except (OperationalError, InterfaceError):
        raise  # the next try may do better
    except Exception as error:  # it would go wrong again: whoever asked is told
        log.exception("study %s failed", study.id)
        Study.objects.filter(id=study.id).update(error=repr(error)[:2000])


def _look(study: Study, *, clock: Callable[[], int]) -> None:
    asked = study.question

    def report(step: str, done: float) -> None:
        Study.objects.filter(id=study.id).update(step=step, progress=done)

    with snapshot():  # what is learned from belongs together, whoever works meanwhile
        read = history.read(name="Einig", to_learn=True, stage=asked["target"])
        version = agreements.current(clock())
        weight, handed, spend = _weights(read), handed_at(read), _spend()
    proposal = propose(
        read,
        target=_target(asked),
        goal=_goal(asked),
        base=version.text if version else None,
        keep=asked["keep"],
        drop=[*asked["drop"], *WHO_IT_IS],
        weight=weight,
        handed_at=handed,
        report=report,
    )
    result = told(proposal, read, source="source", spend=spend, names=_names(proposal))
    result["version"] = version.number if version else None
    known = read.leads["created_at"].to_numpy()
    Study.objects.filter(id=study.id, finished_at=None).update(
        finished_at=clock(),
        progress=1.0,
        data_from=int(known.min()) if len(known) else None,
        data_until=read.about.ends_at if read.about.ends_at < FOREVER else None,
        content_hash=result["draft"]["content_hash"] if result["draft"] else "",
        result=result,
    )


def give_up(study_id: int) -> None:
    """Write down that whoever looked died each time."""
    Study.objects.filter(id=study_id, finished_at=None).update(error="ended before it was done")


def latest() -> Study | None:
    """Return what was found last."""
    return Study.objects.filter(finished_at__isnull=False).order_by("-finished_at").first()


def running() -> Study | None:
    """Return what is being looked for."""
    return Study.objects.filter(finished_at=None, error="").order_by("-id").first()


def failed() -> Study | None:
    """Return the last look if it failed."""
    last = Study.objects.order_by("-id").first()
    return last if last is not None and last.error else None


def make_draft(study: Study, *, by: User, at: int) -> Version:
    """Make what a study proposes a draft, once, on the version in force. Raises NothingToDraft."""
    require(by, "draft_agreement")
    with transaction.atomic():
        current = Study.objects.select_for_update().get(id=study.id)
        if current.draft is not None and current.draft.withdrawn_at is None:
            return current.draft
        made = agreements.draft(text_of(current, at=at), by=by, at=at)
        Study.objects.filter(id=study.id).update(draft=made)
    return made


def text_of(study: Study, *, at: int) -> str:
    """Return what a study proposes, in the version in force. Raises NothingToDraft."""
    if not study.result or not study.result["draft"]:
        raise NothingToDraft
    newer = overtaken_by(study, at=at)
    if newer is None:
        return str(study.result["draft"]["agreement"])
    return rebased_on(newer.text, newer.number, study=study.result)


def overtaken_by(study: Study, *, at: int) -> Version | None:
    """Return the version in force if it is another one than when the study was made."""
    version = agreements.current(at)
    if version is None or version.number == (study.result or {}).get("version"):
        return None
    return version


def _target(asked: dict[str, Any]) -> Target:
    if asked["target"] == "won":
        return Target(within=asked["within"])
    if asked["target"] == "accepted":
        return Target(kind="accepted", within=asked["within"])
    return Target(kind="activity", activities=(asked["target"],), within=asked["within"])


def _goal(asked: dict[str, Any]) -> Goal:
    """Return the goal; whoever leaves it as the form has it at first stated none."""
    stated = Goal(asked["goal"], asked["amount"])
    return UNSTATED if replace(stated, is_stated=False) == UNSTATED else stated


def handed_at(read: History) -> Ints:
    """Return by lead when sales first had it; FOREVER where it never had."""
    sales = Handoff.objects.filter(kind=Handoff.Kind.SALES).exclude(to=None)
    first = dict(sales.values_list("lead__lead_id").annotate(at=Min("opened_at")))
    ids = read.leads["lead_id"].to_pylist()
    return np.array([first.get(id_, FOREVER) for id_ in ids], np.int64)


def _weights(read: History) -> Floats:
    """Return by lead one, or one through the probability with which it was explored.

    Who became sales-ready later would have come to sales anyway, and stands for nobody else.
    """
    ready = Decision.objects.filter(sales_ready=True).values("lead")
    drawn = Handoff.objects.filter(explored__gt=0).exclude(lead__in=ready)
    shares = dict(drawn.values_list("lead__lead_id", "explored"))
    ids = read.leads["lead_id"].to_pylist()
    return np.array([1 / shares.get(id_, 1.0) for id_ in ids])


def _names(proposal: Proposal) -> dict[str, dict[str, str]]:
    """Return by language how people call what was looked at, and what was made of it."""
    of = {column.name: column.behaviour for column in proposal.gathered.examples.columns}
    if proposal.ideal is not None:
        of |= {trait.column: trait.behaviour for trait in proposal.ideal.traits}
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = {name: _name(name, behaviour) for name, behaviour in of.items()}
    return found


def _name(column: str, of: Behaviour | None) -> str:
    if of is None:
        return words.attribute(column)
    return words.counted(of.type, of.days, of.where)


def _spend() -> dict[str, float]:
    """Return what the campaigns of each source cost, by its name as compared."""
    rows = Campaign.objects.values_list("source__name").annotate(sum=Sum("spend"))
    return {fold(name): float(spent) for name, spent in rows if spent}
