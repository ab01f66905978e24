"""Passwords, typed again by whoever signs: a session that was left open signs nothing."""

from __future__ import annotations

from einig.engine.instants import SECOND
from einig.flow import audit, once
from einig.store.models import User

TRIES, WHILE = 5, 15 * 60 * SECOND


class WrongPassword(Exception):
    """This is not the password of this person."""


class TooManyTries(Exception):
    """Nobody guesses any further for a while."""


def confirm(of: User, password: str, *, at: int, signed_in: User | None = None) -> None:
    """Make sure that somebody is who they say. Raises WrongPassword or TooManyTries.

    `signed_in` is on whose device it is typed, if that is not their own.

    A try is taken before the password is looked at, so that trying many at once helps nobody; with
    the right one it is given back.
    """
    tries = (f"password:{of.pk}:{at // WHILE}:{n}" for n in range(TRIES))
    taken = next((key for key in tries if once.begin(key, at=at)), None)
    if taken is None:
        raise TooManyTries
    if not of.check_password(password):
        audit.record("password_wrong", f"person:{of.id}", at=at, by=signed_in or of)
        raise WrongPassword
    once.forget(taken)
