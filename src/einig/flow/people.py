"""People: invitations, the first admin, absences and teams."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction

from einig.engine.instants import DAY
from einig.flow import audit
from einig.flow.permissions import require
from einig.store.models import Absence, Invitation, Role, Team, User


class NoSuchInvitation(Exception):
    """The link is unknown, was used already, or is too old."""


def first_link(*, at: int) -> str | None:
    """Return the token by which the first admin makes an account; None once there is one.

    A link that was printed before and not used stops working.
    """
    if User.objects.filter(role=Role.ADMIN, is_active=True).exists():
        return None
    Invitation.objects.filter(role=Role.ADMIN, invited_by=None, accepted_at=None).delete()
    return _invite(email="", role=Role.ADMIN, team=None, by=None, at=at)


def invite(
    *, email: str, role: str, team: Team | None, by: User, at: int, token: str | None = None
) -> str:
    """Return the token of an invitation; it works for a week, once.

    A `token` that was given before is that of the same invitation.
    """
    require(by, "edit_people")
    if token and Invitation.objects.filter(token_hash=_hashed(token)).exists():
        return token
    with transaction.atomic():
        token = _invite(email=email, role=role, team=team, by=by, at=at, token=token)
        made = Invitation.objects.get(token_hash=_hashed(token))
        audit.record("invited", f"invitation:{made.id}", at=at, by=by, role=role)
    return token


def invitation(token: str, *, at: int) -> Invitation:
    """Return the invitation of a token. Raises NoSuchInvitation."""
    found = Invitation.objects.filter(
        token_hash=_hashed(token), accepted_at=None, expires_at__gt=at
    ).first()
    if found is None:
        raise NoSuchInvitation
    return found


def accept(token: str, *, email: str, name: str, password: str, language: str, at: int) -> User:
    """Make the account that an invitation offers. Raises NoSuchInvitation."""
    with transaction.atomic():
        found = invitation(token, at=at)
        if not Invitation.objects.filter(id=found.id, accepted_at=None).update(accepted_at=at):
            raise NoSuchInvitation
        user = User(
            email=found.email or email,
            name=name,
            role=found.role,
            team=found.team,
            language=language,
        )
        user.set_password(password)
        user.save()
        audit.record("joined", f"person:{user.id}", at=at, by=user, role=user.role)
    return user


def change(
    user: User,
    *,
    by: User,
    at: int,
    role: str,
    team: Team | None,
    capacity: int,
    opens: int | None = None,
    closes: int | None = None,
) -> None:
    """Change what somebody may do, where they belong, and how much and when they work."""
    require(by, "edit_people")
    with transaction.atomic():
        user.role, user.team, user.capacity = role, team, capacity
        user.opens, user.closes = opens, closes
        user.save(update_fields=["role", "team", "capacity", "opens", "closes"])
        audit.record("person_changed", f"person:{user.id}", at=at, by=by, role=role)


def deactivate(user: User, *, by: User, at: int, active: bool) -> None:
    """Close an account, or open it again."""
    require(by, "edit_people")
    with transaction.atomic():
        user.is_active = active
        user.save(update_fields=["is_active"])
        action = "person_activated" if active else "person_deactivated"
        audit.record(action, f"person:{user.id}", at=at, by=by)


def be_absent(
    user: User, *, begins: int, ends: int, cover: User | None, by: User, at: int
) -> Absence:
    """Say that somebody is away, and who covers."""
    if user.id != by.id:
        require(by, "edit_own_team")
    with transaction.atomic():
        absence = Absence.objects.create(user=user, begins=begins, ends=ends, cover=cover)
        audit.record("absent", f"person:{user.id}", at=at, by=by, begins=begins, ends=ends)
    return absence


def _invite(
    *, email: str, role: str, team: Team | None, by: User | None, at: int, token: str | None = None
) -> str:
    token = token or secrets.token_urlsafe(32)
    Invitation.objects.create(
        token_hash=_hashed(token),
        email=email,
        role=role,
        team=team,
        invited_by=by,
        at=at,
        expires_at=at + 7 * DAY,
    )
    return token


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
