"""The people of the demo company, and their accounts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from einig.flow import audit
from einig.store.models import Lead, Organisation, Role, Side, Team, User

NAME = "Kolbe Software GmbH (simuliert)"
_DOMAIN = "kolbe.example"
_NORTH, _SOUTH, _MARKETING = "Nord", "Süd", "Marketing"
_PEOPLE = (
    ("Miriam Albers", Role.MARKETING_LEAD, _MARKETING),
    ("Tim Wegner", Role.MARKETING, _MARKETING),
    ("Pia Sandmann", Role.MARKETING, _MARKETING),
    ("Heike Petersen", Role.SALES_LEAD, _NORTH),
    ("Jonas Brandt", Role.SALES, _NORTH),
    ("Sina Claußen", Role.SALES, _NORTH),
    ("Deniz Kaya", Role.SALES, _NORTH),
    ("Wiebke Harms", Role.SALES, _NORTH),
    ("Martin Oberhuber", Role.SALES_LEAD, _SOUTH),
    ("Theresa Angerer", Role.SALES, _SOUTH),
    ("Florian Zeller", Role.SALES, _SOUTH),
    ("Kathrin Egger", Role.SALES, _SOUTH),
    ("Stefan Moser", Role.SALES, _SOUTH),
    ("Ruth Adler", Role.ADMIN, ""),
)
_PARTICULARS = """Kolbe Software GmbH ist simuliert: diese Firma gibt es nicht, und niemanden,
der in diesen Daten vorkommt."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in, and how."""

    name: str
    role: str
    team: str
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody by what they do."""

    admin: User
    marketing_lead: User
    marketing: tuple[User, ...]
    sales_leads: tuple[User, ...]
    sales: tuple[User, ...]

    @property
    def marketers(self) -> tuple[User, ...]:
        """Return marketing with its lead."""
        return (*self.marketing, self.marketing_lead)


def found(*, at: int) -> Staff:
    """Found the company: its settings, teams and people, who have no password yet."""
    Organisation.objects.create(name=NAME, region="HE", particulars=_PARTICULARS)
    sides = {_NORTH: Side.SALES, _SOUTH: Side.SALES, _MARKETING: Side.MARKETING}
    teams = {name: Team.objects.create(name=name, side=side) for name, side in sides.items()}
    people = [_join(name, role, teams.get(team), at=at) for name, role, team in _PEOPLE]
    of = {role: tuple(user for user in people if user.role == role) for role in Role}
    return Staff(
        admin=of[Role.ADMIN][0],
        marketing_lead=of[Role.MARKETING_LEAD][0],
        marketing=of[Role.MARKETING],
        sales_leads=of[Role.SALES_LEAD],
        sales=of[Role.SALES],
    )


def holds() -> Literal["nothing", "demo", "others"]:
    """Return whose company the store holds: nobody's yet, this one, or another."""
    if Organisation.objects.filter(name=NAME).exists():
        return "demo"
    others = Lead.objects.exists() or User.objects.exists() or Organisation.objects.exists()
    return "others" if others else "nothing"


def new_passwords() -> tuple[Account, ...]:
    """Give one person of each role a new password, which nobody else knows, and return them."""
    accounts: list[Account] = []
    for role in Role:
        user = (
            User.objects.select_related("team").filter(role=role, is_active=True).order_by("id")[0]
        )
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.save(update_fields=["password"])
        team = user.team.name if user.team else ""
        accounts.append(Account(user.name, user.role, team, user.email, password))
    return tuple(accounts)


def _join(name: str, role: Role, team: Team | None, *, at: int) -> User:
    first = name.split(maxsplit=1)[0].casefold()
    user = User(email=f"{first}@{_DOMAIN}", name=name, role=role, team=team)
    user.set_unusable_password()
    user.save()
    audit.record("joined", f"person:{user.id}", at=at, by=user, role=role)
    return user
