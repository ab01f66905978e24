"""Examples made up for tests of learning, with a truth that is known."""

from __future__ import annotations

import numpy as np

from einig.engine.learning.examples import Behaviour, Column, Examples, text_column

WEEK = 7 * 86_400_000_000


def examples(*columns: Column, won: object, weight: object = None, lead: object = None) -> Examples:
    """Return examples of these columns, a week apart."""
    outcome = np.asarray(won, np.bool_)
    count = len(outcome)
    return Examples(
        columns=columns,
        lead=np.arange(count) if lead is None else np.asarray(lead, np.int64),
        at=np.arange(count) * WEEK,
        won=outcome,
        weight=np.ones(count) if weight is None else np.asarray(weight, np.float64),
        revenue=np.where(outcome, 1000.0, 0.0),
    )


def counted(name: str, counts: object, *, days: int = 30) -> Column:
    """Return how often each lead did something."""
    numbers = np.asarray(counts, np.float64)
    kind = Behaviour(name, days, (("product", "crm"),) if name == "demo" else ())
    return Column(f"{name} in {days} days", np.zeros(len(numbers), np.int32), (), numbers, kind)


def company(size: int = 4000, *, seed: int = 1) -> Examples:
    """Return leads of which software makers of 50 and more who saw a demo buy more often.

    Sources say nothing; of a rare source (`award`, one lead in a hundred) most buy.
    """
    draw = np.random.default_rng(seed)
    industry = draw.choice(["Software", "Trade", "Craft", ""], size, p=(0.3, 0.3, 0.3, 0.1))
    employees = np.rint(np.exp(draw.normal(3.5, 1.5, size)))
    source = draw.choice(["ads", "fair", "web", "award"], size, p=(0.4, 0.29, 0.3, 0.01))
    demos = draw.poisson(0.5, size)
    odds = -2.5 + 1.4 * (industry == "Software") + 1.2 * (employees >= 50)
    odds = odds + 0.7 * np.minimum(demos, 3) + 3.0 * (source == "award")
    won = draw.random(size) < 1 / (1 + np.exp(-odds))
    return examples(
        text_column("industry", list(industry)),
        text_column("employees", [str(int(n)) if n % 11 else "" for n in employees]),
        text_column("source", list(source)),
        counted("demo", demos),
        counted("visit", draw.poisson(2, size)),
        won=won,
    )


def shuffled(of: Examples, seed: int) -> Examples:
    """Return the examples with their outcomes dealt out anew: nothing is left to learn."""
    order = np.random.default_rng(seed).permutation(len(of))
    return Examples(
        of.columns, of.lead, of.at, of.won[order], of.weight, of.revenue[order], dated=of.dated
    )


def auc(score: object, won: object) -> float:
    """Return the chance that a winner scores above a loser, by comparing every two of them."""
    points, outcome = np.asarray(score, np.float64), np.asarray(won, np.bool_)
    winners, losers = points[outcome][:, None], points[~outcome][None, :]
    return float((winners > losers).mean() + 0.5 * (winners == losers).mean())
