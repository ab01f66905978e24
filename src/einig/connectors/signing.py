"""Signatures as senders make them: an HMAC over what they say, compared in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac

from einig.connectors.contract import Unverified

WINDOW = 300  # seconds by which a signed time may be off


def hex_of(secret: str, said: bytes, *, how: str = "sha256") -> str:
    """Return the HMAC in hexadecimal."""
    return hmac.new(secret.encode(), said, how).hexdigest()


def base64_of(secret: str, said: bytes, *, how: str = "sha256") -> str:
    """Return the HMAC in base64."""
    return base64.b64encode(hmac.new(secret.encode(), said, how).digest()).decode()


def same(given: str, right: str) -> None:
    """Compare in constant time. Raises Unverified."""
    if not hmac.compare_digest(given.encode(), right.encode()):
        raise Unverified("the signature is not that of this body with this secret")


def is_recent(stamp: str, *, at: int) -> None:
    """Refuse what was signed long ago, or will be. `at` is in microseconds. Raises Unverified."""
    if not stamp.isdecimal() or len(stamp) > 13 or abs(int(stamp) - at // 1_000_000) > WINDOW:
        raise Unverified(f"it was signed more than {WINDOW // 60} minutes ago, or that is not said")


def digest(body: bytes) -> str:
    """Return what tells one body from another."""
    return hashlib.sha256(body).hexdigest()
