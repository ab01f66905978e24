"""The firms in which the people of the simulation work."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from einig.jobs.demo import names
from einig.jobs.demo.truth import Truth

_INDUSTRIES = {
    "Software": 0.16,
    "Maschinenbau": 0.17,
    "Handel": 0.19,
    "Logistik": 0.12,
    "Gesundheit": 0.09,
    "Bildung": 0.09,
    "Handwerk": 0.10,
    "Beratung": 0.08,
}
_SIZES = {(2, 9): 0.16, (10, 49): 0.30, (50, 249): 0.27, (250, 999): 0.15, (1000, 9000): 0.12}
_COUNTRIES = {"DE": 0.74, "AT": 0.10, "CH": 0.07, "FR": 0.04, "NL": 0.03, "PL": 0.02}


@dataclass(frozen=True, slots=True)
class Firm:
    """Where somebody works."""

    name: str
    domain: str
    industry: str
    employees: int
    country: str
    city: str


def firms(random: Random, *, number: int, truth: Truth) -> dict[bool, list[Firm]]:
    """Return at least so many firms: a quarter of them ideal (under True), the others under False.

    No two have the same domain.
    """
    found: dict[bool, list[Firm]] = {True: [], False: []}
    domains: set[str] = set()
    while len(found[True]) < number / 4 or len(found[False]) < number * 3 / 4:
        firm = _firm(random)
        ideal = truth.is_ideal(
            industry=firm.industry, employees=firm.employees, country=firm.country
        )
        if firm.domain not in domains:
            domains.add(firm.domain)
            found[ideal].append(firm)
    return found


def _firm(random: Random) -> Firm:
    industry = random.choices(list(_INDUSTRIES), list(_INDUSTRIES.values()))[0]
    low, high = random.choices(list(_SIZES), list(_SIZES.values()))[0]
    country = random.choices(list(_COUNTRIES), list(_COUNTRIES.values()))[0]
    city = random.choice(names.TOWNS[country])
    name, domain = names.a_firm(random, industry=industry, town=city)
    return Firm(name, domain, industry, random.randint(low, high), country, city)
