"""Evidence: what a column says about the outcome, about time and about blanks, in plain numbers.

Everything is told from counts of groups: the levels of a column, or twentieths of its numbers where
it has many. Scores are cross-validated by lead, so that a column of many rare values shows what it
knows of other leads and not what it remembers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.learning.examples import Bools, Codes, Column, Examples, Floats, Ints

SURE = 3.0  # standard errors that a bound keeps: many columns are looked at
_FOLDS, _PRIOR = 5, 10.0
_PARTS = 20  # groups of a column with many numbers
_BLOCKS = 60  # spans of time with equally many examples
_UNLIKELY = -6.0  # log10 of the chance at which a group of one outcome is no chance any more
_LEAST = 12  # leads below which a group is never called pure


@dataclass(frozen=True, slots=True)
class Sample:
    """What the examination of every column has in common."""

    won: Bools
    fold: Ints
    first: Ints  # the first example of each lead, in order of time
    block: Ints  # the span of time of each of these
    shuffled: Ints  # the same spans in random order, to see what chance alone explains
    scale: float  # leads an example: several examples of one lead are no independent evidence
    base: float  # the share that is won


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a column: of each example its group, 0 where it is blank."""

    of: Codes
    count: Floats
    won: Floats

    @property
    def rate(self) -> Floats:
        """Return the share of each group that is won."""
        return self.won / np.maximum(self.count, 1.0)


@dataclass(frozen=True, slots=True)
class Fill:
    """How often a column is filled in for winners and losers, and what follows from it."""

    filled: float  # leads with a value
    winners: float  # share of winners with a value
    losers: float
    won_filled: float  # share won of those with a value
    won_blank: float
    surely: float  # the least difference between winners and losers that is sure


@dataclass(frozen=True, slots=True)
class Power:
    """How well a column alone tells winners from losers: AUC, and what it surely is at least."""

    auc: float
    surely: float


def sample(examples: Examples) -> Sample:
    """Return what all columns are examined against."""
    size = len(examples)
    _, first = np.unique(examples.lead, return_index=True)
    first = np.sort(first)
    blocks = max(1, min(_BLOCKS, len(first) // 30))
    block = np.arange(len(first)) * blocks // max(len(first), 1)
    shuffled = np.random.default_rng(0).permutation(block)
    scale = len(first) / max(size, 1)
    base = float(examples.won.mean()) if size else 0.0
    return Sample(examples.won, examples.lead % _FOLDS, first, block, shuffled, scale, base)


def groups(column: Column, of: Sample) -> Groups:
    """Return the groups of a column."""
    codes = column.codes.astype(np.int64) + 1
    if column.is_number:
        sized = ~np.isnan(column.numbers)
        distinct = np.unique(column.numbers[sized])
        edges = distinct if len(distinct) <= _PARTS else _edges(column.numbers[sized])
        within = 1 + np.searchsorted(edges, column.numbers, "right")
        codes = np.where(sized, within, np.where(column.known, len(edges) + 2, 0))
    count = np.bincount(codes, minlength=1).astype(np.float64)
    won = np.bincount(codes, of.won, minlength=1).astype(np.float64)
    return Groups(codes.astype(np.int32), count, won)


def _edges(numbers: Floats) -> Floats:
    """Return where twentieths of numbers begin; a number that is so frequent is one by itself."""
    found, often = np.unique(
        np.quantile(numbers, np.linspace(0, 1, _PARTS + 1)[1:-1], method="lower"),
        return_counts=True,
    )
    return np.unique([*found, *np.nextafter(found[often > 1], np.inf)])


# --- outcomes ---------------------------------------------------------------------------------


def power(of: Sample, by: Groups, rows: Bools | None = None) -> Power:
    """Return how well groups tell winners from losers, in all examples or in some."""
    codes, fold, won = by.of.astype(np.int64), of.fold, of.won
    if rows is not None:
        codes, fold, won = codes[rows], fold[rows], won[rows]
    cells = codes * _FOLDS + fold
    shape = (len(by.count), _FOLDS)
    size = shape[0] * shape[1]
    count = np.bincount(cells, minlength=size).reshape(shape).astype(np.float64)
    wins = np.bincount(cells, won, minlength=size).reshape(shape).astype(np.float64)
    base = float(won.mean()) if len(won) else 0.0
    others = count.sum(1, keepdims=True) - count
    score = (wins.sum(1, keepdims=True) - wins + _PRIOR * base) / (others + _PRIOR)
    auc = _area(score.ravel(), wins.ravel(), (count - wins).ravel())
    return Power(auc, auc - SURE * _error(auc, wins.sum(), (count - wins).sum(), of.scale))


def _area(score: Floats, won: Floats, lost: Floats) -> float:
    """Return the area under the curve of cells with a score, so many wins and so many losses."""
    if won.sum() == 0 or lost.sum() == 0:
        return 0.5
    _, place = np.unique(score, return_inverse=True)
    wins, losses = np.bincount(place, won), np.bincount(place, lost)
    below = np.cumsum(losses) - losses / 2
    return float((wins * below).sum() / (won.sum() * lost.sum()))


def _error(auc: float, won: float, lost: float, scale: float) -> float:
    """Return the standard error of an AUC (Hanley and McNeil 1982)."""
    wins, losses = max(won * scale, 1.0), max(lost * scale, 1.0)
    area = max(auc, 1 - auc)
    one, two = area / (2 - area), 2 * area * area / (1 + area)
    spread = area * (1 - area) + (wins - 1) * (one - area**2) + (losses - 1) * (two - area**2)
    return float(np.sqrt(max(spread, 0.0) / (wins * losses)))


def pure(of: Sample, by: Groups, *, at_least: float, won: bool) -> Bools:
    """Return the groups that are all but one outcome, more than chance allows; blanks are none.

    At most `1 - at_least` of the usual share has the other outcome.
    """
    usual = of.base if won else 1 - of.base
    share = by.rate if won else 1 - by.rate
    beyond = by.count * of.scale * _divergence(share, usual) / np.log(10)
    rare = (1 - share) <= (1 - at_least) * (1 - usual)
    found: Bools = rare & (by.count * of.scale >= _LEAST) & (beyond >= -_UNLIKELY)
    found[0] = False
    return found


def is_pure(of: Sample, filled: Fill, *, surely: bool) -> bool | None:
    """Return whether a value stands only where it is won (True) or lost (False); else None.

    If not `surely`, fewer leads and a chance of one in a thousand are enough.
    """
    least, unlikely = (_LEAST, _UNLIKELY) if surely else (_LEAST // 3, _UNLIKELY / 2)
    for won, share in ((True, filled.won_filled), (False, 1 - filled.won_filled)):
        usual = of.base if won else 1 - of.base
        beyond = filled.filled * float(_divergence(np.array([share]), usual)[0]) / np.log(10)
        rare = 1 - share <= 0.05 * (1 - usual)
        if rare and filled.filled >= least and beyond >= -unlikely:
            return won
    return None


def _divergence(share: Floats, usual: float) -> Floats:
    """Return the divergence of a share from the usual one, where it is above it; 0 below."""
    usual = min(max(usual, 1e-9), 1 - 1e-9)
    inner = np.clip(share, 1e-12, 1 - 1e-12)
    told = inner * np.log(inner / usual) + (1 - inner) * np.log((1 - inner) / (1 - usual))
    return np.where(share > usual, told, 0.0)


def fill(of: Sample, by: Groups) -> Fill:
    """Return how often a column is filled in for winners and losers."""
    count, won = by.count * of.scale, by.won * of.scale
    winners, losers = max(won.sum(), 1e-9), max((count - won).sum(), 1e-9)
    filled, filled_won = count[1:].sum(), won[1:].sum()
    of_winners, of_losers = filled_won / winners, (filled - filled_won) / losers
    error = np.sqrt(_variance(of_winners, winners) + _variance(of_losers, losers))
    return Fill(
        float(filled),
        float(of_winners),
        float(of_losers),
        float(filled_won / max(filled, 1e-9)),
        float(won[0] / max(count[0], 1e-9)),
        float(max(abs(of_winners - of_losers) - SURE * error, 0.0)),
    )


def _variance(share: float, size: float) -> float:
    """Return the variance of a share, never 0: none of ten is not surely none of a thousand."""
    smoothed = (share * size + 1) / (size + 2)
    return float(smoothed * (1 - smoothed) / max(size, 1.0))


# --- time -------------------------------------------------------------------------------------


def told_by_time(of: Sample, by: Groups) -> float:
    """Return how much of a column the span of time explains, beyond chance (0 to 1)."""
    codes = by.of[of.first]
    known = codes > 0
    true = _within(codes[known], of.block[known])
    chance = _within(codes[known], of.shuffled[known])
    return 1 - true / chance if chance > 0.02 else 0.0


def _within(codes: Codes, block: Ints) -> float:
    """Return the entropy of groups within spans of time."""
    if not len(codes):
        return 0.0
    cells = codes.astype(np.int64) * _BLOCKS + block
    count = np.bincount(cells) if int(cells.max()) < 4_000_000 else np.unique_counts(cells).counts
    spans = np.bincount(block)
    inner = (spans * np.log(np.maximum(spans, 1))).sum()
    return float((inner - (count * np.log(np.maximum(count, 1))).sum()) / len(codes))


def tells_time(of: Sample, column: Column, by: Groups) -> float:
    """Return how much of the order in time a column explains (0 to 1).

    By its groups, or by the order of its values: numbers that grow, dates written as texts.
    """
    order = np.flatnonzero(column.known[of.first]).astype(np.float64)
    rows = of.first[column.known[of.first]]
    if len(rows) < 30:
        return 0.0
    spread = float(((order - order.mean()) ** 2).sum())
    count = np.bincount(by.of[rows]).astype(np.float64)
    mean = np.bincount(by.of[rows], order) / np.maximum(count, 1.0)
    inner = float(((order - mean[by.of[rows]]) ** 2).sum())
    free = len(rows) - int((count > 0).sum())
    explained = 1 - (inner / free) / (spread / (len(rows) - 1)) if free > 0 else 0.0
    return max(explained, _in_step(_ranks(column.take(rows)), order))


def _ranks(column: Column) -> Floats:
    """Return the rank of each value, numbers by size and texts by alphabet; equal ones share it."""
    if column.is_number:
        numbers = np.nan_to_num(column.numbers, nan=-np.inf)
        _, place, count = np.unique(numbers, return_inverse=True, return_counts=True)
    else:
        alphabet = pc.sort_indices(pa.array(column.levels, pa.string())).to_numpy()
        rank = np.zeros(len(alphabet) + 1, np.int64)
        rank[alphabet] = np.arange(len(alphabet))
        place = rank[column.codes]
        count = np.bincount(place)
    return (np.cumsum(count) - count / 2)[place]


def _in_step(rank: Floats, order: Floats) -> float:
    """Return the squared rank correlation."""
    if rank.min() == rank.max():
        return 0.0
    return float(np.corrcoef(rank, order)[0, 1]) ** 2
