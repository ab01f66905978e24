"""What an agreement test says: on how many leads both sides agree, and what they differ about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from einig.engine.backtest.intervals import Proportion
from einig.engine.concordance import concordance, is_split, verdict
from einig.store.models import AgreementTest, Judgement, Outcome, Sample, Side

SIDES = (Side.MARKETING, Side.SALES)


@dataclass(frozen=True, slots=True)
class Said:
    """What one side says of a lead: the verdict (None: tied), votes, and what decided."""

    side: str
    verdict: bool | None
    yes: int
    votes: int
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """A lead on which the sides do not say the same, with what became of it."""

    sample: Sample
    said: tuple[Said, Said]
    won: bool | None


@dataclass(frozen=True, slots=True)
class Contested:
    """A criterion that speaks for a lead on one side and against it on the other: how often."""

    key: str
    yes: Mapping[str, int]  # by side
    no: Mapping[str, int]
    values: tuple[str, ...]  # of an attribute, as written

    @property
    def kind(self) -> str:
        """Return whether it is about what leads are (`fit`) or what they did (`engagement`)."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """Return the attribute or the activity."""
        return self.key.partition(".")[2]

    @property
    def often(self) -> int:
        """Return how often it was named at all."""
        return sum(self.yes.values()) + sum(self.no.values())


def figures(test: AgreementTest) -> dict[str, Any]:
    """Return the figures that are kept when a test is closed: nothing that names a lead."""
    votes = _votes(test)
    pairs = [(of[Side.MARKETING], of[Side.SALES]) for of in votes.values()]
    found = concordance(pairs)
    share = Proportion(found.agreed, found.leads)
    interval = found.interval
    jurors = test.jurors.filter(judgements__isnull=False).distinct()
    return {
        "drawn": test.leads.count(),
        "leads": found.leads,
        "agreed": found.agreed,
        "low": share.low,
        "high": share.high,
        "kappa": found.kappa,
        "kappa_low": interval.low if interval else None,
        "kappa_high": interval.high if interval else None,
        "both_yes": found.both_yes,
        "both_no": found.both_no,
        "only_marketing": found.only_first,
        "only_sales": found.only_second,
        "undecided": found.undecided,
        "split": {side: sum(is_split(of[side]) for of in votes.values()) for side in Side.values},
        "people": {side: jurors.filter(side=side).count() for side in Side.values},
    }


def disputes(test: AgreementTest) -> list[Dispute]:
    """Return the leads on which both sides do not say the same, in the order of the test."""
    said = _said(test)
    outcomes = _outcomes(test)
    found = []
    for sample in test.leads.select_related("lead__company").order_by("position"):
        first, second = (_of(side, said[sample.id][side]) for side in SIDES)
        if (
            first.votes
            and second.votes
            and (first.verdict is None or first.verdict != second.verdict)
        ):
            found.append(Dispute(sample, (first, second), outcomes.get(sample.lead_id)))
    return found


def contested(test: AgreementTest) -> list[Contested]:
    """Return the criteria in dispute, the one that was named most often first."""
    yes: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Side.values, 0))
    no: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Side.values, 0))
    values: dict[str, set[str]] = defaultdict(set)
    for one in _judgements(test):
        facts = dict(one.lead.shown["facts"])
        for key in one.criteria:
            (yes if one.ready else no)[key][one.juror.side] += 1
            kind, _, name = key.partition(".")
            if kind == "fit":
                values[key].add(facts.get(name, ""))
    found = [
        Contested(key, yes[key], no[key], tuple(sorted(values[key])))
        for key in {*yes, *no}
        if any(yes[key][one] and no[key][other] for one, other in (SIDES, SIDES[::-1]))
    ]
    return sorted(found, key=lambda of: (-of.often, of.key))


def verdicts(test: AgreementTest) -> list[tuple[Sample, dict[str, bool | None]]]:
    """Return every lead of a test with what each side says of it."""
    votes = _votes(test)
    samples = test.leads.select_related("lead").order_by("position")
    return [(of, {side: verdict(votes[of.id][side]) for side in Side.values}) for of in samples]


def _of(side: str, given: Sequence[Judgement]) -> Said:
    votes = [one.ready for one in given]
    said = verdict(votes)
    # where a side is tied, both camps' reasons are told
    named = dict.fromkeys(
        key for one in given if said is None or one.ready == said for key in one.criteria
    )
    return Said(side, said, sum(votes), len(votes), tuple(named))


def _votes(test: AgreementTest) -> dict[int, dict[str, list[bool]]]:
    return {
        lead: {side: [one.ready for one in of[side]] for side in Side.values}
        for lead, of in _said(test).items()
    }


def _said(test: AgreementTest) -> dict[int, dict[str, list[Judgement]]]:
    """Return by lead and side what was judged."""
    said: dict[int, dict[str, list[Judgement]]] = {
        id_: {side: [] for side in Side.values}
        for id_ in test.leads.order_by("position").values_list("id", flat=True)
    }
    for one in _judgements(test):
        said[one.lead_id][one.juror.side].append(one)
    return said


def _judgements(test: AgreementTest) -> list[Judgement]:
    found = Judgement.objects.filter(juror__test=test).select_related("juror", "lead")
    return list(found.order_by("lead__position", "juror_id"))


def _outcomes(test: AgreementTest) -> dict[int, bool]:
    """Return of each lead that was decided whether it was ever won."""
    won: dict[int, bool] = {}
    rows = Outcome.objects.filter(lead__in=test.leads.values("lead"))
    for lead, is_won in rows.values_list("lead_id", "won"):
        won[lead] = won.get(lead, False) or is_won
    return won
