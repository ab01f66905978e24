"""Probable duplicates among 100,000 simulated leads whose truth is planted: how many, how fast.

The people are invented, and so is how they come twice: umlauts written out, titles, names turned
around, initials, a wrong letter, another address at work or a private one, another legal form.
Colleagues share companies, domains and numbers, and some share a name. The yardstick is DuckDB
bringing the same pairs together by the same rules, without weighing them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import duckdb
import pyarrow as pa

from benchmarks.timing import figure, ratio, seconds
from einig.engine import duplicates
from einig.engine.duplicates import Person

LEADS, TWICE = 100_000, 0.05
_FIRST = [
    "Anna",
    "Jörg",
    "Ute",
    "Hans",
    "Petra",
    "Uwe",
    "Günther",
    "Björn",
    "Käthe",
    "Lukas",
    "Mia",
    "Jonas",
    "Lea",
    "Felix",
    "Emma",
    "Paul",
    "Sophie",
    "Max",
    "Marie",
    "Leon",
    "Julia",
    "Tim",
    "Laura",
    "Jan",
    "Sarah",
    "Tom",
    "Lisa",
    "Ben",
    "Nina",
    "Nils",
    "Eva",
    "Kai",
    "Ida",
    "Olaf",
    "Silke",
    "Frank",
    "Heike",
    "Jürgen",
    "Sabine",
    "Thomas",
    "Monika",
    "Stefan",
    "Andrea",
    "Michael",
    "Claudia",
    "Markus",
    "Birgit",
    "Peter",
    "Susanne",
]
_LAST = [
    "Müller",
    "Schmidt",
    "Schneider",
    "Fischer",
    "Weber",
    "Meyer",
    "Wagner",
    "Becker",
    "Schulz",
    "Hoffmann",
    "Schäfer",
    "Koch",
    "Bauer",
    "Richter",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Schwarz",
    "Zimmermann",
    "Braun",
    "Krüger",
    "Hofmann",
    "Hartmann",
    "Lange",
    "Schmitt",
    "Werner",
    "Krause",
    "Meier",
    "Lehmann",
    "Schmid",
    "Schulze",
    "Maier",
    "Köhler",
    "Herrmann",
    "König",
    "Walter",
    "Mayer",
]
_STEMS = "Alt Berg Brand Busch Dorn Eich Fels Gold Hell Holz Kalt Kirch Korn Lind Moos Ober Rosen"
_ENDS = "bach bauer becker berger burg dorf eder egger feld hauser hofer huber ing kamp lohe mann"
_TOWNS = "hausen ingen stadt heim dorf burg walde beck rode leben"
_TRADES = "Pumpen Ventile Technik Software Logistik Systeme Werkzeuge Antriebe Messtechnik"
_FORMS = ("GmbH", "GmbH & Co. KG", "AG", "KG", "e.K.", "SE")
_WRITTEN = {
    ord(one): two
    for one, two in zip("äöüßÄÖÜ", ["ae", "oe", "ue", "ss", "Ae", "Oe", "Ue"], strict=True)
}


def run() -> None:
    """Measure precision, recall and time."""
    people, truth = simulated(LEADS, random.Random(7))
    found: list[duplicates.Pair] = []

    def ours() -> None:
        found[:] = duplicates.find(duplicates.table(people))

    took = seconds(ours, times=1)
    told = {(pair.one, pair.other) for pair in found}
    right = len(told & truth)
    name = f"duplicates, {LEADS:,} simulated leads"
    figure(f"{name}: pairs that are none", 1 - right / len(told), "of all found", goal=0.05)
    figure(f"{name}: planted pairs missed", 1 - right / len(truth), "of all planted", goal=0.05)
    table = duplicates.table(people)
    blocked = seconds(lambda: together(table), times=3)
    ratio(name, took, blocked, goal=25, against="DuckDB bringing the pairs together")


def together(people: pa.Table) -> int:
    """Return how many pairs the rules bring together."""
    with duckdb.connect() as connection:
        connection.register("brought", people)
        connection.execute("CREATE TABLE people AS FROM brought")
        parts = []
        for columns, more in duplicates.RULES:
            exploded = more.get("arrays_to_explode", [])
            said = ", ".join(f"unnest({c}) AS {c}" if c in exploded else c for c in columns)
            read = f"(SELECT unique_id, {said} FROM people)"
            parts.append(
                f"SELECT a.unique_id AS one, b.unique_id AS other FROM {read} a JOIN {read} b "
                f"USING ({', '.join(columns)}) WHERE a.unique_id < b.unique_id"
            )
        query = f"SELECT count(*) FROM ({' UNION '.join(parts)})"
        return int(connection.execute(query).fetchall()[0][0])


# --- the simulation ---------------------------------------------------------------------------


def simulated(many: int, chance: random.Random) -> tuple[list[Person], set[tuple[int, int]]]:
    """Return people in any order, and which pairs of their numbers are one person."""
    originals = int(many / (1 + TWICE))
    firms = list(_firms(originals // 5, chance))
    taken: set[str] = set()
    everyone = [_person(n, chance.choice(firms), taken, chance) for n in range(originals)]
    again = chance.sample(range(originals), many - originals)
    numbers = list(range(many))
    chance.shuffle(numbers)
    people, truth = [], set[tuple[int, int]]()
    for n, of in enumerate(everyone):
        people.append(_numbered(of, numbers[n]))
    for n, original in enumerate(again, originals):
        people.append(_numbered(_once_more(everyone[original], chance), numbers[n]))
        one, other = sorted((numbers[original], numbers[n]))
        truth.add((one, other))
    return people, truth


def _firms(many: int, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    for n in range(many):
        last, trade = _surname(chance), chance.choice(_TRADES.split())
        town = chance.choice(_STEMS.split()) + chance.choice(_TOWNS.split())
        name = f"{last} {trade} {town} {chance.choice(_FORMS)}"
        domain = f"{last}-{trade}".lower().translate(_WRITTEN)
        yield name, f"{domain}-{n}.example", f"+4989{1000000 + n}"


def _surname(chance: random.Random) -> str:
    if chance.random() < 0.4:
        return chance.choice(_LAST)
    return chance.choice(_STEMS.split()) + chance.choice(_ENDS.split())


def _person(n: int, firm: tuple[str, str, str], taken: set[str], chance: random.Random) -> Person:
    first, last = chance.choice(_FIRST), _surname(chance)
    company, domain, central = firm
    phone = f"{central}{100 + n % 900}" if chance.random() < 0.5 else central
    mail = f"{_local(first, last, '.')}@{domain}"
    if mail in taken:  # nobody has the address of a colleague of the same name
        mail = f"{_local(first, last, '.')}{n}@{domain}"
    taken.add(mail)
    known = chance.random() < 0.8
    phones = (phone,) if chance.random() < 0.7 else ()
    return Person(n, f"{first} {last}", company if known else "", (mail,), phones, domain)


def _once_more(of: Person, chance: random.Random) -> Person:
    """Return somebody as they are known when they come a second time, by another way."""
    first, _, last = of.name.partition(" ")
    name = chance.choices(
        [of.name, of.name.translate(_WRITTEN), f"Dr. {of.name}", f"{last}, {first}",
         f"{first[0]}. {last}", f"{first} {_mistyped(last, chance)}", ""],
        weights=[35, 20, 8, 10, 8, 14, 5],
    )[0]  # fmt: skip
    at_work = [f"{first[0]}.{last}", f"{last}", f"{first}{last}"]
    local = chance.choice(at_work).lower().translate(_WRITTEN)
    if chance.random() < 0.35 and name and (of.company or of.phones):
        mails, domain = (f"{_local(first, last, '.')}{chance.randint(1, 99)}@web.example",), ""
    elif not name:
        mails, domain = (f"{_local(first, last, '_')}@{of.domain}",), of.domain
    else:
        mails, domain = (f"{local}@{of.domain}",), of.domain
    company = of.company
    if company and chance.random() < 0.4:
        company = company.rpartition(" ")[0].translate(_WRITTEN) + " " + chance.choice(_FORMS)
    keeps = chance.random() < 0.8 or not (domain or company)
    return Person(0, name, company, mails, of.phones if keeps else (), domain)


def _numbered(of: Person, number: int) -> Person:
    return Person(number, of.name, of.company, of.mails, of.phones, of.domain)


def _local(first: str, last: str, between: str) -> str:
    return f"{first}{between}{last}".lower().translate(_WRITTEN)


def _mistyped(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return chance.choice([word[:at] + word[at + 1 :], word[: at + 1] + word[at:],
                          word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]])  # fmt: skip


if __name__ == "__main__":
    run()
