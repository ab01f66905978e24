"""Invented histories with leaks of every kind among honest columns, some of them strong.

What a column may be is drawn freely within the words of its name below; nothing here looks at where
the examination draws its lines. Names say nothing: columns are called c01, c02, ….
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
import pyarrow as pa

from einig.engine.history import History, build
from einig.engine.instants import DAY

Texts = list[str | None]
_START = 1_700_000_000 * 1_000_000
_SYLLABLES = [
    "ba",
    "der",
    "gro",
    "hau",
    "ki",
    "lem",
    "mo",
    "nie",
    "pal",
    "ros",
    "sta",
    "tur",
    "wig",
]


@dataclass
class World:
    """Leads in the order in which they came, with what became of them."""

    rng: np.random.Generator
    size: int
    won: np.ndarray[tuple[int], np.dtype[np.bool_]]
    closed_at: np.ndarray[tuple[int], np.dtype[np.int64]]

    def uniform(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def some(self, winners: float, losers: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return leads drawn with one chance for winners and another for losers."""
        return self.rng.random(self.size) < np.where(self.won, winners, losers)

    def strong(self, auc: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return numbers that tell winners from losers with an AUC."""
        shift = np.sqrt(2) * NormalDist().inv_cdf(auc) * (1 if self.rng.random() < 0.5 else -1)
        numbers: np.ndarray[tuple[int], np.dtype[np.float64]]
        numbers = self.rng.normal(0, 1, self.size) + shift * self.won
        return numbers


@dataclass
class Planted:
    """A history, its leaks by column (the kind), and its honest columns (the kind)."""

    history: History
    leaks: dict[str, str] = field(default_factory=dict)
    honest: dict[str, str] = field(default_factory=dict)


# --- honest columns ---------------------------------------------------------------------------


def strong_number(of: World) -> Texts:
    scale = 10 ** of.uniform(-3, 8)
    numbers = of.strong(of.uniform(0.6, 0.8))
    if of.rng.random() < 0.5:
        return [f"{scale * np.exp(each):.6g}" for each in numbers]
    return [f"{scale * (each + 5):.4f}" for each in numbers]


def strong_category(of: World) -> Texts:
    edges = np.sort(of.rng.normal(0, 1, int(of.rng.integers(2, 9))))
    codes = np.searchsorted(edges, of.strong(of.uniform(0.6, 0.8)))
    return [f"kind {code}" for code in codes]


def whole_number(of: World) -> Texts:
    counts = of.rng.poisson(np.exp(0.5 * of.strong(of.uniform(0.55, 0.8))) * of.uniform(0.5, 30))
    return [str(count) for count in counts]


def honest_blanks(of: World) -> Texts:
    filled = of.uniform(0.3, 0.95)
    return _where(of.some(filled, filled), strong_category(of))


def slightly_telling_blanks(of: World) -> Texts:
    losers = of.uniform(0.4, 0.85)
    return _where(of.some(losers + of.uniform(0.02, 0.08), losers), strong_number(of))


def drifting_mix(of: World) -> Texts:
    share = np.linspace(of.uniform(0.05, 0.3), of.uniform(0.5, 0.8), of.size)
    new = of.rng.random(of.size) < share
    kinds = of.rng.integers(0, 4, of.size)
    return [f"new {c}" if n else f"old {c}" for n, c in zip(new, kinds, strict=True)]


def drifting_number(of: World) -> Texts:
    drift = np.linspace(0, of.uniform(0.3, 1.0), of.size)
    return [f"{each:.3f}" for each in of.strong(of.uniform(0.5, 0.7)) + drift]


def rare_strong_value(of: World) -> Texts:
    rare = of.some(of.uniform(0.03, 0.08), of.uniform(0.001, 0.003))
    common = of.rng.integers(0, 4, of.size)
    return ["by a friend" if r else f"way {c}" for r, c in zip(rare, common, strict=True)]


def city(of: World) -> Texts:
    drawn = zip(of.rng.zipf(1.4, of.size).tolist(), _words(of), strict=True)
    return [word if number > 60 else f"city {number}" for number, word in drawn]


def company(of: World) -> Texts:
    forms = of.rng.choice(["GmbH", "AG", "& Sons", "Ltd", "KG"], of.size)
    names: Texts = [f"{word} {form}" for word, form in zip(_words(of), forms, strict=True)]
    for row in of.rng.integers(0, of.size, of.size // 50):
        names[int(row)] = names[0]
    return names


def turnover(of: World) -> Texts:
    return [f"{each:.2f}" for each in of.rng.lognormal(14, 1.5, of.size)]


def postal_code(of: World) -> Texts:
    return [f"{each:05d}" for each in of.rng.integers(1067, 99998, of.size)]


def nearly_constant(of: World) -> Texts:
    return ["yes" if each else "no" for each in of.rng.random(of.size) < of.uniform(0.001, 0.02)]


HONEST: tuple[Callable[[World], Texts], ...] = (
    strong_number,
    strong_number,
    strong_category,
    strong_category,
    whole_number,
    honest_blanks,
    slightly_telling_blanks,
    drifting_mix,
    drifting_number,
    rare_strong_value,
    city,
    company,
    turnover,
    postal_code,
    nearly_constant,
)


# --- leaks ------------------------------------------------------------------------------------


def winners_only(of: World) -> Texts:
    return _where(of.some(of.uniform(0.15, 1.0), 0.0), strong_category(of))


def losers_only(of: World) -> Texts:
    return _where(of.some(0.0, of.uniform(0.3, 1.0)), strong_category(of))


def filled_on_contact(of: World) -> Texts:
    noted: Texts = [f"note {each}" for each in of.rng.integers(0, 6, of.size)]
    return _where(of.some(of.uniform(0.75, 0.97), of.uniform(0.15, 0.6)), noted)


def value_behind_a_telling_blank(of: World) -> Texts:
    return _where(of.some(of.uniform(0.75, 0.97), of.uniform(0.15, 0.6)), strong_category(of))


def verdict_of_sales(of: World) -> Texts:
    grade = np.searchsorted([-1.5, -0.5, 0.5, 1.5], of.strong(of.uniform(0.84, 0.95)))
    filled = of.some(of.uniform(0.6, 0.95), of.uniform(0.2, 0.45))
    return _where(filled, [f"grade {each}" for each in grade])


def outcome_in_disguise(of: World) -> Texts:
    right = of.rng.random(of.size) < of.uniform(0.9, 0.99)
    return [
        f"stage {5 + each if is_won else each}"
        for is_won, each in zip(of.won == right, of.rng.integers(0, 5, of.size), strict=True)
    ]


def length_of_the_last_call(of: World) -> Texts:
    return [f"{120 * np.exp(each):.0f}" for each in of.strong(of.uniform(0.83, 0.95))]


def amount_with_zero_for_losers(of: World) -> Texts:
    signed = of.some(of.uniform(0.3, 1.0), 0.0)
    amounts = of.rng.lognormal(8, 1, of.size)
    return [f"{a:.2f}" if s else "0" for s, a in zip(signed, amounts, strict=True)]


def month(of: World) -> Texts:
    names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    spans = int(of.rng.integers(8, 24))
    return [names[row * spans // of.size % 12] for row in range(of.size)]


def figure_of_the_economy(of: World) -> Texts:
    spans = int(of.rng.integers(8, 40))
    level = np.cumsum(of.rng.normal(0, 1, spans)) + 100
    return [f"{level[row * spans // of.size]:.3f}" for row in range(of.size)]


def wave_of_the_campaign(of: World) -> Texts:
    wave = np.arange(of.size) * int(of.rng.integers(10, 40)) // of.size
    return [f"{each}/wave" for each in wave[::-1]]


def running_number(of: World) -> Texts:
    return [str(each) for each in 10_000 + np.cumsum(of.rng.integers(1, 5, of.size))]


def hexadecimal_key(of: World) -> Texts:
    return [of.rng.bytes(16).hex() for _ in range(of.size)]


def mail_address(of: World) -> Texts:
    both = zip(_words(of), _words(of), strict=True)
    return [f"{name}.{row}@{firm}.example" for row, (name, firm) in enumerate(both)]


def number_with_letters(of: World) -> Texts:
    return [f"L-{each:06d}" for each in of.rng.permutation(of.size)]


LEAKS: tuple[Callable[[World], Texts], ...] = (
    winners_only,
    losers_only,
    filled_on_contact,
    value_behind_a_telling_blank,
    verdict_of_sales,
    outcome_in_disguise,
    length_of_the_last_call,
    amount_with_zero_for_losers,
    month,
    figure_of_the_economy,
    wave_of_the_campaign,
    running_number,
    hexadecimal_key,
    mail_address,
    number_with_letters,
)


# --- histories --------------------------------------------------------------------------------


def planted(seed: int) -> Planted:
    """Return one of the histories: dated or not, large or small, with many or few wins."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1_200, 3_500))
    drift = np.linspace(rng.uniform(0.6, 1.0), rng.uniform(1.0, 1.6), size)
    won = rng.random(size) < rng.uniform(0.08, 0.45) * drift
    created = _START + np.sort(rng.integers(0, 400 * DAY, size))
    world = World(rng, size, won, created + rng.integers(DAY, 60 * DAY, size))
    dated = seed % 2 == 0
    found = Planted(build(leads=[]))
    ids = [f"{row:06d}" for row in range(size)]
    parts: list[pa.Table] = []

    def put(texts: Texts, known_from: object) -> str:
        name = f"c{len(found.leaks) + len(found.honest) + 1:02d}"
        parts.append(_facts(ids, name, texts, known_from))
        return name

    since = pa.array(created) if dated and rng.random() < 0.5 else None
    for make in rng.permutation(np.array([*HONEST, *LEAKS])):
        of = found.leaks if make in LEAKS else found.honest
        of[put(make(world), since if make in HONEST else None)] = make.__name__
    if dated:
        closed = pa.array(world.closed_at + rng.integers(0, 5 * DAY, size))
        found.leaks[put(strong_category(world), closed)] = "updated_after_closing"
    at = pa.array(world.closed_at) if dated else pa.nulls(size, pa.int64())
    found.history = build(
        leads=pa.table({"lead_id": ids, "created_at": pa.array(created) if dated else at}),
        facts=pa.concat_tables(parts),
        outcomes=pa.table({"lead_id": ids, "won": won, "at": at, "revenue": np.ones(size)}),
    )
    return found


def _facts(ids: list[str], name: str, texts: Texts, known_from: object) -> pa.Table:
    table = pa.table(
        {
            "lead_id": ids,
            "attribute": [name] * len(ids),
            "value": pa.array(texts, pa.string()),
            "known_from": pa.nulls(len(ids), pa.int64()) if known_from is None else known_from,
            "sequence": np.zeros(len(ids), np.int64),
        }
    )
    return table.filter(pa.compute.is_valid(table["value"]))


def _where(filled: np.ndarray[tuple[int], np.dtype[np.bool_]], texts: Texts) -> Texts:
    return [text if each else None for each, text in zip(filled.tolist(), texts, strict=True)]


def _words(of: World) -> list[str]:
    drawn = of.rng.choice(_SYLLABLES, (4, of.size))
    return [f"{a}{b}{c}{d}".capitalize() for a, b, c, d in zip(*drawn, strict=True)]
