"""What readability costs: other ways to rank the same leads by the same columns.

Each learns from the older examples and returns log odds for the newer ones. The libraries that the
other ways need take seconds to load, so they are loaded by the way that needs them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from einig.engine.learning.cuts import cut, summed
from einig.engine.learning.enough import refuse_too_few
from einig.engine.learning.examples import Examples, Floats
from einig.engine.learning.quality import DRAWS, Quality, measure

_SMOOTHING = 0.1
_ROUNDS = 300
_MOST_VALUES = 10_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """A way to rank, and its quality on the newer examples."""

    name: str
    quality: Quality


def compare(
    older: Examples, newer: Examples, *, capacity: float = 0.1, draws: int = DRAWS
) -> tuple[Comparison, ...]:
    """Return how naive Bayes, logistic regression and LightGBM do on the newer examples."""
    refuse_too_few(older)
    ways: dict[str, Callable[[Examples, Examples], Floats]] = {
        "naive Bayes": naive_bayes,
        "logistic regression": logistic_regression,
        "LightGBM": gradient_boosting,
    }
    found = []
    for name, way in ways.items():
        odds = way(older, newer)
        chance = 1 / (1 + np.exp(-np.clip(odds, -500, 500)))
        quality = measure(odds, newer, chance=chance, capacity=capacity, draws=draws)
        found.append(Comparison(name, quality))
    return tuple(found)


def naive_bayes(older: Examples, newer: Examples) -> Floats:
    """Return log odds as open-source CRMs do it: value by value, as if none knew of the others.

    0.1 is added to each frequency. A blank is a value of its own, numbers are cut into tenths, and
    a value never seen says nothing. (Without blanks, or with numbers as values, it does worse.)
    """
    won, weight = older.won, older.weight
    odds = np.full(len(newer), np.log((weight * won).sum() / (weight * ~won).sum()))
    for before, after in zip(older.columns, newer.columns, strict=True):
        of = cut(before, ranges=10, at_least=1, most=_MOST_VALUES)
        bins = of.bins(before)
        winners = summed(bins, weight * won, of.size)
        losers = summed(bins, weight * ~won, of.size)
        room = _SMOOTHING * of.size
        shares = (winners + _SMOOTHING) / (winners.sum() + room)
        against = (losers + _SMOOTHING) / (losers.sum() + room)
        says = np.where(winners + losers > 0, np.log(shares / against), 0.0)
        odds += says[of.bins(after)]
    return odds


def logistic_regression(older: Examples, newer: Examples) -> Floats:
    """Return log odds of a logistic regression (L2, C = 1) on standardised numbers and values."""
    from sklearn.compose import make_column_transformer  # noqa: PLC0415  # takes seconds
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  # takes seconds
    from sklearn.preprocessing import OneHotEncoder  # noqa: PLC0415  # takes seconds

    before, after, values = _matrices(older, newer)
    known = np.delete(np.arange(before.shape[1]), values)
    middle, width = np.nanmean(before[:, known], axis=0), np.nanstd(before[:, known], axis=0)
    blank = np.isnan(before[:, known]), np.isnan(after[:, known])
    for matrix in (before, after):
        scaled = (matrix[:, known] - middle) / np.where(width > 0, width, 1.0)
        matrix[:, known] = np.nan_to_num(scaled)
    before, after = np.hstack((before, blank[0])), np.hstack((after, blank[1]))
    one_hot = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), values), remainder="passthrough"
    )
    model = LogisticRegression(max_iter=1000)
    model.fit(one_hot.fit_transform(before), older.won, sample_weight=older.weight)
    return np.asarray(model.decision_function(one_hot.transform(after)), np.float64)


def gradient_boosting(older: Examples, newer: Examples) -> Floats:
    """Return log odds of LightGBM, set to learn slowly and to distrust small leaves."""
    import lightgbm  # noqa: PLC0415  # takes seconds

    before, after, values = _matrices(older, newer)
    settings = {
        "objective": "binary",
        "learning_rate": 0.03,
        "num_leaves": 15,
        "min_data_in_leaf": 50,
        "lambda_l2": 5.0,
        "cat_smooth": 30.0,
        "num_threads": 2,
        "deterministic": True,
        "force_row_wise": True,
        "seed": 1,
        "verbose": -1,
    }
    data = lightgbm.Dataset(
        before, older.won, weight=older.weight, categorical_feature=values, params=settings
    )
    model = lightgbm.train(settings, data, _ROUNDS)
    return np.asarray(model.predict(after, raw_score=True), np.float64)


def _matrices(
    older: Examples, newer: Examples
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[int]]:
    """Return both parts as numbers, and which columns are values; a blank value is one of them."""
    before, after, values = [], [], []
    for place, (old, new) in enumerate(zip(older.columns, newer.columns, strict=True)):
        if old.is_number:
            least = float(old.numbers[np.isfinite(old.numbers)].min(initial=0.0))
            before.append(_finite(old.numbers, least - 1))
            after.append(_finite(new.numbers, least - 1))
            continue
        of = cut(old, at_least=1, most=_MOST_VALUES)
        before.append(of.bins(old).astype(np.float64))
        after.append(of.bins(new).astype(np.float64))
        values.append(place)
    return np.stack(before, axis=1), np.stack(after, axis=1), values


def _finite(numbers: Floats, below: float) -> Floats:
    """Return numbers with one of them in place of what has no lower end, like `<10`."""
    return np.where(np.isneginf(numbers), below, numbers)
