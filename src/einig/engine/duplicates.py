"""Probable duplicates among many people: pairs with a score, and what speaks for each.

The model is Fellegi and Sunter's: each thing that agrees or differs weighs as much as it is more
frequent among duplicates than among strangers. How frequent it is among strangers is counted in the
data itself; how often duplicates agree is set, since nobody has marked any yet. A name or a company
that many have weighs less than a rare one.
"""

from __future__ import annotations

import functools
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from einig.engine import names

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEAST = 0.5  # probability from which on a pair is worth a look
_SHARE = 0.05  # of leads that are probably there twice
_COUNTED = 1000  # leads from which on it can be counted how often strangers agree
_STRANGERS = 1_000_000  # pairs of them that are counted
_MOST = {"name": 500, "company": 3000, "domain": 3000}  # that have it, or it tells nobody apart
_OWN = 2  # leads that have a number which is somebody's own: a company's is had by more
PEOPLE = pa.schema(
    [
        ("unique_id", pa.int64()),
        ("name", pa.string()),
        ("first", pa.string()),
        ("last", pa.string()),
        ("sound", pa.string()),
        ("ways", pa.list_(pa.string())),
        ("central", pa.list_(pa.string())),
        ("company", pa.string()),
        ("domain", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as they are known: a number, and what is said of them as it was written."""

    number: int
    name: str = ""
    company: str = ""
    mails: tuple[str, ...] = ()  # in their normal form
    phones: tuple[str, ...] = ()
    domain: str = ""  # of the company; empty where anybody can have an address there


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who are probably one, with what agrees: exactly, or nearly (`~`)."""

    one: int
    other: int
    probability: float
    evidence: tuple[str, ...]


def table(people: Sequence[Person]) -> pa.Table:
    """Return people in the columns that are compared; what is not known is null.

    `ways` are addresses and numbers of their own; `central` numbers that several people have.
    """
    had = Counter(number for of in people for number in set(of.phones))
    rows = [_row(of, had) for of in people]
    columns = zip(*rows, strict=True) if rows else [()] * len(PEOPLE)
    named = dict(zip(PEOPLE.names, map(list, columns), strict=True))
    for column, most in _MOST.items():
        counted: Counter[str | None] = Counter(named[column])
        named[column] = [None if counted[of] > most else of for of in named[column]]
    return pa.table(named, schema=PEOPLE)


def find(people: pa.Table, *, least: float = LEAST, threads: int | None = None) -> list[Pair]:
    """Return pairs that are probably one person, the most certain first."""
    if len(people) < 2:
        return []
    import duckdb  # noqa: PLC0415  # only whoever looks for duplicates needs it

    with duckdb.connect() as connection:
        if threads is not None:
            connection.execute(f"SET threads = {int(threads)}")
        found = _predicted(connection, people, least)
        query = f"""SELECT unique_id_l, unique_id_r, match_probability, {", ".join(_LEVELS)}
                    FROM {found} ORDER BY match_probability DESC, unique_id_l, unique_id_r"""
        rows = connection.execute(query).fetchall()
    return [Pair(one, other, p, _evidence(levels)) for one, other, p, *levels in rows]


def _predicted(connection: DuckDBPyConnection, people: pa.Table, least: float) -> str:
    """Let splink score every pair that a rule brings together; return the table of those."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415  # takes long

    logging.getLogger("splink").setLevel(logging.ERROR)  # it advises at length
    many = len(people) >= _COUNTED
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=_comparisons(rarer=many),
        blocking_rules_to_generate_predictions=[block_on(*of, **more) for of, more in RULES],
        probability_two_random_records_match=2 * _SHARE / max(len(people), _COUNTED),
    )
    connection.register("brought", people)
    connection.execute("CREATE TABLE people AS FROM brought")
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register("people"), settings, log_level="ERROR")
    if many:
        linker.training.estimate_u_using_random_sampling(max_pairs=_STRANGERS, seed=1)
    return str(linker.inference.predict(least, warning_mode="never").physical_name)


# --- what brings two together, and what is compared -------------------------------------------

RULES: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (("ways",), {"arrays_to_explode": ["ways"]}),
    (("name",), {}),
    (("central", "sound"), {"arrays_to_explode": ["central"]}),
    (("sound", "domain"), {}),
    (("sound", "company"), {}),
    (("first", "company"), {}),
    (("first", "domain"), {}),
)
_FIRM = {5: ("domain",), 4: ("company",), 3: ("company",), 2: ("central",), 1: ("~company",)}
_LEVELS = ("gamma_name", "gamma_way", "gamma_firm")


def _comparisons(*, rarer: bool) -> list[Any]:
    """Return what is compared: how often each level is met by duplicates, and by strangers.

    Where there are enough people to tell, what is `rarer` weighs more.

    What differs has to speak against it: colleagues share everything but their name.
    """
    import splink.comparison_level_library as level  # noqa: PLC0415  # as above
    from splink.comparison_library import CustomComparison  # noqa: PLC0415  # as above

    near = """(jaro_winkler_similarity("last_l", "last_r") >= 0.9
               AND jaro_winkler_similarity("first_l", "first_r") >= 0.85)"""
    initial = """("last_l" = "last_r" AND left("first_l", 1) = left("first_r", 1)
                  AND least(length("first_l"), length("first_r")) = 1)"""
    no_firm = """coalesce("domain_l", "company_l") IS NULL AND "central_l" IS NULL
                 OR coalesce("domain_r", "company_r") IS NULL AND "central_r" IS NULL"""

    elsewhere = '"company_l" = "company_r" AND "domain_l" <> "domain_r"'

    def of(at: Any, m: float, u: float, *, rare: str = "") -> Any:
        more = {"tf_adjustment_column": rare} if rare and rarer else {}
        return at.configure(m_probability=m, u_probability=u, **more)

    def otherwise(m: float, u: float) -> Any:
        return of(level.ElseLevel(), m, u)

    return [
        CustomComparison(
            output_column_name="name",
            comparison_levels=[
                level.NullLevel("name"),
                of(level.ExactMatchLevel("name"), 0.75, 0.0002, rare="name"),
                of(level.CustomLevel(f"{near} OR {initial}", "nearly"), 0.24995, 0.0004),
                otherwise(0.00005, 0.9994),
            ],
        ),
        CustomComparison(
            output_column_name="way",
            comparison_levels=[
                level.NullLevel("ways"),
                of(level.ArrayIntersectLevel("ways", min_intersection=1), 0.5, 0.000001),
                otherwise(0.5, 0.999999),
            ],
        ),
        CustomComparison(
            output_column_name="firm",
            comparison_levels=[
                level.CustomLevel(no_firm, "no company").configure(is_null_level=True),
                of(level.ExactMatchLevel("domain"), 0.42, 0.00005, rare="domain"),
                of(level.CustomLevel(elsewhere, "the same name elsewhere"), 0.01, 0.0001),
                of(level.ExactMatchLevel("company"), 0.37, 0.0001, rare="company"),
                of(level.ArrayIntersectLevel("central", min_intersection=1), 0.08, 0.00002),
                of(level.JaroWinklerLevel("company", 0.92), 0.04, 0.002),
                otherwise(0.08, 0.99783),
            ],
        ),
    ]


def _evidence(levels: list[int]) -> tuple[str, ...]:
    name, way, firm = levels
    told = {2: ["name"], 1: ["~name"]}.get(name, [])
    told += ["way"] if way == 1 else []
    return (*told, *_FIRM.get(firm, ()))


# --- how people are written -------------------------------------------------------------------


def _row(of: Person, had: Mapping[str, int]) -> tuple[object, ...]:
    written = of.name if names.person(of.name) else _from_mail(of.mails)
    first, last = _parts(written)
    own = [*of.mails, *(number for number in of.phones if had[number] <= _OWN)]
    central = [number for number in of.phones if had[number] > _OWN]
    company = names.company(of.company) if of.company else ""
    name = names.person(written)
    told = (name, first, last, sound(last), own, central, company, of.domain)
    return (of.number, *(value or None for value in told))


def _from_mail(mails: Sequence[str]) -> str:
    """Return the name that an address gives away, like anna.mueller@; else an empty one."""
    for mail in mails:
        parts = re.split(r"[._-]", re.sub(r"\d+$", "", mail.partition("@")[0]))
        if len(parts) == 2 and all(part.isalpha() for part in parts):
            return " ".join(parts)
    return ""


def _parts(name: str) -> tuple[str, str]:
    """Return first and last name as they are compared, whichever stands first."""
    if "," in name:
        last, _, first = name.partition(",")
    else:
        first, _, last = name.strip().rpartition(" ")
    return names.person(first), names.person(last)


_CODES = (
    ("ph", "3"), ("sch", "8"), ("ch", "4"), ("ck", "4"), ("qu", "4"), ("x", "48"), ("tz", "8"),
    ("dt", "2"),
)  # fmt: skip
_ALIKE = ("aeijouyh", "bp", "dt", "fvw", "gkqc", "l", "mn", "r", "sz")
_LETTERS = {letter: code for code, letters in enumerate(_ALIKE) for letter in letters}


@functools.lru_cache(65536)
def sound(word: str) -> str:
    """Return how a German name sounds, roughly: Meier, Mayer and Maier are one."""
    text = word
    for letters, code in _CODES:
        text = text.replace(letters, code)
    told = ""
    for letter in text:
        code = letter if letter.isdigit() else str(_LETTERS.get(letter, 0))
        if code != "0" and not told.endswith(code):
            told += code
    return (word[:1] if word[:1] in "aeiou" else "") + told
