"""Companies: whose people are one company's, by the domain of their mails and by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from einig.engine import names
from einig.store.models import Company
from einig.store.models.leads import company_key as key


def find_or_create(name: str, domain: str) -> Company:
    """Return the company with that domain, or else that name; a new one if there is none."""
    known = look_up([(name, domain)])
    return known.whose(name, domain) or Company.objects.create(**named(name, domain))


def named(name: str, domain: str) -> Mapping[str, str]:
    """Return what is written down of a new company."""
    return {"name": name or domain, "domain": domain, "key": key(name or domain)}


@dataclass
class Known:
    """Companies that are there, by domain and by name, oldest first."""

    by_domain: dict[str, Company] = field(default_factory=dict)
    by_key: dict[str, list[Company]] = field(default_factory=dict)

    def add(self, company: Company) -> None:
        """Remember a company."""
        if company.domain:
            self.by_domain.setdefault(company.domain, company)
        self.by_key.setdefault(company.key, []).append(company)

    def whose(self, name: str, domain: str) -> Company | None:
        """Return the company with that domain, or else that name.

        A name in another legal form is the same company's, unless the domains say otherwise.
        """
        if domain and (kept := self.by_domain.get(domain)):
            return kept
        alike = self.by_key.get(key(name), []) if name else []
        written = names.plain(name)
        same = (of for of in alike if names.plain(of.name) == written)
        loose = (of for of in alike if not (of.domain and domain))
        return next(same, None) or next(loose, None)


def look_up(wanted: Iterable[tuple[str, str]]) -> Known:
    """Return the companies that have one of these names or domains."""
    pairs, known = list(wanted), Known()
    has = Q(domain__in={domain for _, domain in pairs if domain})
    has |= Q(key__in={key(name) for name, _ in pairs if name})
    for of in Company.objects.filter(has).order_by("id") if any(map(any, pairs)) else ():
        known.add(of)
    return known
