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

    SHA-256 over id, name and purpose, separated by unit separators, gives a number evenly spread
    from 0 to 1; those below the share are drawn. A larger share contains every smaller one.
    """
    text = "\x1f".join((purpose, agreement, lead_id)).encode()
    number = int.from_bytes(hashlib.sha256(text).digest()[:8], "big")
    return number < share * _SIZE
