"""Shares: which leads belong to an agreed share, drawn so that a replay draws the same.

A draw depends on nothing but the lead's stable id, the agreement's name and the purpose.
"""

from __future__ import annotations

import hashlib
from typing import Literal

Purpose = Literal["explore", "verify", "calibrate"]

_SIZE = 2**64


def drawn(lead_id: str, *, agreement: str, purpose: Purpose, share: float) -> bool:
    """Return whether a lead belongs to a share (0 to 1) of the leads.

    Those whose place is below the share are drawn. A larger share contains every smaller one.
    """
    return place(lead_id, agreement=agreement, purpose=purpose) < share * _SIZE


def place(lead_id: str, *, agreement: str, purpose: Purpose) -> int:
    """Return a number evenly spread from 0 to 2 to the 64th; the lowest are drawn first.

    It is SHA-256 over purpose, name and id, separated by unit separators.
    """
    text = "\x1f".join((purpose, agreement, lead_id)).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
