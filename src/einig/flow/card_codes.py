"""QR codes of business cards, for phones whose browser cannot read them itself.

The page sends the photo as one byte of brightness for each of its points, so that no picture format
is ever parsed here. Nothing of it is kept.
"""

from __future__ import annotations

from einig.flow.permissions import require
from einig.store.models import User

MOST = 1600  # points along a side
_LEAST = 21  # points along a side; a QR code has no fewer


class NoPhoto(Exception):
    """These are not the points of a photo."""


def read(points: bytes, *, width: int, by: User) -> str:
    """Return what the first QR code in a photo says; empty if there is none. Raises NoPhoto.

    `points` are rows of `width` bytes each, 0 for black and 255 for white.
    """
    import zxingcpp  # noqa: PLC0415  # only whoever reads a photo needs it

    require(by, "capture_lead")
    height = len(points) // width if _LEAST <= width <= MOST else 0
    if not _LEAST <= height <= MOST or height * width != len(points):
        raise NoPhoto
    photo = memoryview(points).cast("B", (height, width))
    kinds = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(photo, formats=kinds)
    return found[0].text if found else ""
