"""Meta Lead Ads: a form in an ad at Facebook or Instagram.

A notification holds ids only; what was filled in is asked for afterwards. The subscription is
confirmed by a handshake, and every notification is signed with the secret of the app.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from typing import Any

from einig.connectors import signing
from einig.connectors.contract import (
    Connector,
    Delivery,
    Fetch,
    Heard,
    Reply,
    Setting,
    Settings,
    Unreadable,
    Unverified,
)
from einig.connectors.reading import at, filled, json_of, known_and_other, moment, text

GRAPH = "https://graph.facebook.com/v23.0"
_FIELDS = "created_time,ad_name,adset_name,campaign_name,form_id,platform,field_data,is_organic"
_TEST = "<test lead: dummy data"  # how the values of Meta's own test begin


class MetaLeads(Connector):
    """Lead ads at Facebook and Instagram."""

    kind = "meta_leads"
    name = "Meta Lead Ads"
    settings = (
        Setting("verify_token", "Verify token", secret=True, made_here=True,
                help="Paste it at Meta: the app, Webhooks, Page, leadgen."),
        Setting("secret", "App secret", secret=True, help="At Meta: the app, Settings, Basic."),
        Setting("token", "Access token of the page", secret=True,
                help="It needs leads_retrieval and pages_manage_metadata."),
        Setting("graph", "Address of the Graph API", required=False, usual=GRAPH),
    )  # fmt: skip

    def greet(self, delivery: Delivery, settings: Settings) -> Reply | None:
        """See the contract."""
        if delivery.method != "GET":
            return None
        said = delivery.query.get("hub.verify_token", "")
        if not hmac.compare_digest(said.encode(), settings["verify_token"].encode()):
            raise Unverified("hub.verify_token is not that of this source")
        return Reply(body=delivery.query.get("hub.challenge", "")[:200], kind="text/plain")

    def verify(self, delivery: Delivery, settings: Settings) -> None:
        """See the contract."""
        right = "sha256=" + signing.hex_of(settings["secret"], delivery.body)
        signing.same(delivery.headers.get("x-hub-signature-256", ""), right)

    def id_of(self, delivery: Delivery) -> str:
        """See the contract."""
        ids = [text(one, "leadgen_id") for one in _changes(delivery)]
        return signing.digest(" ".join(ids).encode()) if ids and all(ids) else ""

    def wants(self, delivery: Delivery, settings: Settings) -> tuple[Fetch, ...]:
        """See the contract."""
        base = (settings.get("graph") or GRAPH).rstrip("/")
        asked = {"fields": _FIELDS, "access_token": settings["token"]}
        return tuple(
            Fetch(id_, f"{base}/{id_}", query=asked)
            for one in _changes(delivery)
            if (id_ := _id(one)) not in delivery.fetched
        )

    def read(self, delivery: Delivery, settings: Settings) -> Iterator[Heard]:
        """See the contract."""
        del settings
        for one in _changes(delivery):
            id_ = _id(one)
            yield _filled_in(id_, _lead(delivery.fetched.get(id_, "")))


def _changes(delivery: Delivery) -> Iterator[Any]:
    """Yield what was filled in, by its ids; other subscriptions say nothing here."""
    entries = at(json_of(delivery), "entry")
    if not isinstance(entries, list):
        raise Unreadable("entry is missing")
    for entry in entries:
        changes = at(entry, "changes")
        for change in changes if isinstance(changes, list) else []:
            if text(change, "field") == "leadgen":
                yield at(change, "value")


def _id(one: Any) -> str:
    found = text(one, "leadgen_id")
    if not found.isdecimal():
        raise Unreadable("leadgen_id is missing")
    return found


def _lead(answer: str) -> Any:
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        raise Unreadable("what Meta answered is not JSON") from None
    if not isinstance(at(found, "field_data"), list):
        raise Unreadable("field_data is missing in what Meta answered")
    return found


def _filled_in(id_: str, lead: Any) -> Heard:
    said = {text(one, "name"): text(one, "values", 0) for one in at(lead, "field_data")}
    attributes, other = known_and_other(said)
    return Heard(
        id=id_,
        attributes=attributes,
        activity="lead_ad_submitted",
        properties=filled({"form": text(lead, "form_id"), "ad": text(lead, "ad_name")}) | other,
        at=moment(text(lead, "created_time")),
        campaign=filled(
            {"source": text(lead, "platform") or "meta", "name": text(lead, "campaign_name")}
        ),
        is_test=any(value.startswith(_TEST) for value in said.values()),
    )
