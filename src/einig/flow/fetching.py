"""Fetching: what a sender only gives when it is asked, like the fields of a lead ad."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from http.client import HTTPException
from urllib.parse import urlencode

from einig.connectors.contract import Fetch
from einig.connectors.registry import CONNECTORS
from einig.flow.deliveries import raw
from einig.store.models import Delivery

_PATIENCE = 20.0  # seconds
_LARGEST = 1024 * 1024
_STEPS = 5  # what one answer says may have to be asked for next


class NotAnswered(Exception):
    """A sender did not answer; the message says how, and holds no secret."""


class _StaysThere(urllib.request.HTTPRedirectHandler):
    """Nobody is sent elsewhere with a token."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        """Refuse."""


def fetch(delivery_id: int) -> None:
    """Ask for what a delivery does not say itself, and let it be understood. Raises NotAnswered."""
    delivery = Delivery.objects.select_related("source").get(id=delivery_id)
    source = delivery.source
    connector, kept = CONNECTORS[source.sender], Delivery.objects.filter(id=delivery_id)
    for _ in range(_STEPS):
        wanted = connector.wants(raw(delivery), source.settings)
        if not wanted:
            break
        try:
            delivery.fetched |= {of.name: _asked(of) for of in wanted}
        except NotAnswered as error:  # shown where failed deliveries are, and tried again later
            kept.update(reason=str(error))
            raise
        kept.update(fetched=delivery.fetched)
    kept.update(asking=False, reason="")


def _asked(of: Fetch) -> str:
    """Return what an address answers. Raises NotAnswered."""
    url = f"{of.url}?{urlencode(of.query)}" if of.query else of.url
    if not url.startswith(("https://", "http://")):
        raise NotAnswered("the address of the sender is none")
    request = urllib.request.Request(url, headers=dict(of.headers))  # checked above
    opener = urllib.request.build_opener(_StaysThere)
    try:
        with opener.open(request, timeout=_PATIENCE) as answer:
            found = answer.read(_LARGEST + 1)
    except urllib.error.HTTPError as error:
        raise NotAnswered(f"the sender answered with {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise NotAnswered(f"the sender did not answer: {type(error).__name__}") from None
    if len(found) > _LARGEST:
        raise NotAnswered("the answer is larger than 1 MB")
    try:
        return json.dumps(json.loads(found))
    except ValueError:
        raise NotAnswered("the answer is not JSON") from None
