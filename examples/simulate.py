"""A small company that does not exist, with a year of leads: files as a German CRM exports them.

    python -m examples.simulate FOLDER

Everything is drawn from a fixed seed. Leads that fit and ask for a demo buy more often; that is all
that the agreements in the folder are meant to find.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

SEED = 11
LEADS = 900
FIRST_DAY = datetime(2025, 9, 1, 8)  # noqa: DTZ001  # exports carry local times
LAST_DAY = FIRST_DAY + timedelta(days=365)

INDUSTRIES = {"Software": 0.8, "Maschinenbau": 0.6, "Handel": -0.5, "Bildung": -1.0, "": -0.6}
EMPLOYEES = {(1, 49): -0.9, (50, 249): 0.5, (250, 999): 0.9, (1000, 9000): 0.1}
COUNTRIES = {"DE": 0.3, "AT": 0.3, "CH": 0.2, "FR": -1.2, "": -0.4}
SOURCES = ["Webinar", "Google", "LinkedIn", "Empfehlung", "Messe"]


@dataclass(frozen=True)
class Deal:
    """How a lead ended."""

    won: bool
    at: datetime
    amount: float


@dataclass
class Lead:
    """An invented lead; `pull` is how much it wants to buy, on a logit scale."""

    number: str
    created: datetime
    industry: str
    employees: int
    country: str
    source: str
    pull: float
    did: list[tuple[datetime, str, str]] = field(default_factory=list)
    deal: Deal | None = None


def write(folder: Path) -> None:
    """Write the company's files, its mapping and two agreements into a folder."""
    random = Random(SEED)
    leads = [_lead(random, number) for number in range(LEADS)]
    for lead in leads:
        _act(random, lead)
        _end(random, lead)
    folder.mkdir(parents=True, exist_ok=True)
    leads.sort(key=lambda lead: lead.created)
    _table(
        folder / "leads.csv",
        ["Lead-Nr", "Branche", "Mitarbeiter", "Land", "Quelle", "E-Mail", "Erstellt am"],
        ([n.number, n.industry, n.employees, n.country, n.source, _mail(n), _time(n.created)]
         for n in leads),
    )  # fmt: skip
    _table(
        folder / "aktivitaeten.csv",
        ["Lead-Nr", "Aktivität", "Zeit", "Seite"],
        ([n.number, kind, _time(at), page] for n in leads for at, kind, page in sorted(n.did)),
    )
    _table(
        folder / "abschluesse.csv",
        ["Lead-Nr", "Phase", "Datum", "Umsatz"],
        ([n.number, "Gewonnen" if n.deal.won else "Verloren", _time(n.deal.at), _money(n.deal)]
         for n in leads if n.deal),
    )  # fmt: skip
    for name, text in (
        ("history.yaml", MAPPING),
        ("in-force.yaml", IN_FORCE),
        ("draft.yaml", DRAFT),
    ):
        (folder / name).write_text(text, encoding="utf-8")


# --- leads ------------------------------------------------------------------------------------


def _lead(random: Random, number: int) -> Lead:
    industry = random.choices(list(INDUSTRIES), [30, 20, 20, 15, 15])[0]
    size = random.choices(list(EMPLOYEES), [40, 30, 20, 10])[0]
    country = random.choices(list(COUNTRIES), [60, 12, 10, 8, 10])[0]
    fits = INDUSTRIES[industry] + EMPLOYEES[size] + COUNTRIES[country]
    return Lead(
        number=f"L-{1000 + number}",
        created=FIRST_DAY + timedelta(minutes=random.randrange(365 * 24 * 60)),
        industry=industry,
        employees=random.randint(*size),
        country=country,
        source=random.choice(SOURCES),
        pull=fits + random.gauss(0, 0.8),
    )


def _act(random: Random, lead: Lead) -> None:
    """Let a lead do things over its first weeks; those who want to buy do more."""
    keen = _chance(lead.pull)
    for _ in range(random.randrange(1, 4) + int(5 * keen)):
        page = random.choice(["/", "/produkt", "/preise" if random.random() < keen else "/blog"])
        lead.did.append((_later(random, lead, 30), "Seite besucht", page))
    if random.random() < 0.25:
        lead.did.append((_later(random, lead, 40), "Webinar besucht", ""))
    if random.random() < 0.15 + 0.35 * keen:
        lead.did.append((_later(random, lead, 35), "Demo angefragt", ""))
    if random.random() < 0.08:
        lead.did.append((_later(random, lead, 60), "Abgemeldet", ""))
    lead.did = [did for did in lead.did if did[0] < LAST_DAY]


def _end(random: Random, lead: Lead) -> None:
    """Win or lose a lead some weeks after its last activity, if the year lasts that long."""
    asked = any(kind == "Demo angefragt" for _, kind, _ in lead.did)
    attended = any(kind == "Webinar besucht" for _, kind, _ in lead.did)
    won = random.random() < _chance(lead.pull - 2.6 + 1.8 * asked + 0.5 * attended)
    last = max((at for at, _, _ in lead.did), default=lead.created)
    at = last + timedelta(days=random.randrange(10, 60), minutes=random.randrange(600))
    if at < LAST_DAY:
        amount = round(random.lognormvariate(9.2, 0.6), 2)
        lead.deal = Deal(won, at, amount if won else 0.0)


def _chance(pull: float) -> float:
    return 1 / (1 + math.exp(-pull))


def _later(random: Random, lead: Lead, days: int) -> datetime:
    return lead.created + timedelta(minutes=random.randrange(days * 24 * 60))


# --- files ------------------------------------------------------------------------------------


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="windows-1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(header)
        writer.writerows(rows)


def _mail(lead: Lead) -> str:
    return f"{lead.number.lower()}@firma.example"


def _time(at: datetime) -> str:
    return f"{at:%d.%m.%Y %H:%M}"


def _money(deal: Deal) -> str:
    if not deal.won:
        return ""
    return f"{deal.amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


MAPPING = """\
# Which column is what. The company is simulated: nobody in these files exists.
name: Musterwerk (simulated)
zone: Europe/Berlin
currency: EUR

leads:
  file: leads.csv
  id: Lead-Nr
  created: Erstellt am
  attributes: {industry: Branche, employees: Mitarbeiter, country: Land, source: Quelle,
               email: E-Mail}
  known_from: Erstellt am

events:
  file: aktivitaeten.csv
  lead: Lead-Nr
  type: Aktivität
  at: Zeit
  properties: {page: Seite}

outcomes:
  files:
    file: abschluesse.csv
    lead: Lead-Nr
    status: Phase
    won: Gewonnen
    lost: Verloren
    at: Datum
    revenue: Umsatz
"""

IN_FORCE = """\
# What marketing and sales agreed last year: whoever does something is a lead for sales.
name: Everyone who acts

lead: {reachable_by: [email]}

engagement:
  Webinar besucht: {points: 10, for: 30 days, at_most: 20}
  Seite besucht:   {points: 5, for: 14 days, at_most: 20}

intent:
  Demo angefragt:  {for: 14 days}

sales_ready: {any: [intent, {engagement: 15}]}

sales:
  respond_within: 1 working day
  attempts: {at_least: 6, within: 10 working days, minutes: 10}
  return_reasons: [not reached, no budget, no need, wrong contact]
"""

DRAFT = """\
# The draft: a lead for sales has to fit, and to show that it wants to buy.
name: Fit and a wish to buy

lead: {reachable_by: [email]}

fit:
  industry:  {Software: 20, Maschinenbau: 15, otherwise: 0, unknown: 0}
  employees: {1-49: 0, 50-249: 10, 250-999: 20, 1000+: 12, unknown: 0}
  country:   {DE: 10, AT: 10, CH: 10, otherwise: 0, unknown: 0}

engagement:
  Webinar besucht: {points: 10, for: 30 days, at_most: 20}
  price_page:      {activity: Seite besucht, where: {page: /preise}, points: 10, for: 14 days,
                    at_most: 20}
  Abgemeldet:      {points: -15, for: 90 days, at_most: -15}

intent:
  Demo angefragt:  {for: 14 days}

sales_ready: {fit: 30, any: [intent, {engagement: 20}]}

sales:
  respond_within: 1 working hour
  attempts: {at_least: 6, within: 10 working days, minutes: 10}
  return_reasons: [not reached, no budget, no need, wrong contact]
marketing:
  required: [industry, employees]
  answer_feedback_within: 5 working days
outside_fit: {answered_by: marketing, within: 1 working day}
verify: 100%
explore: 2%
"""


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
