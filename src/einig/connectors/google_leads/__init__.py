"""Google lead forms: somebody filled in the form of an ad.

What proves the sender stands in the body (`google_key`). Columns have fixed ids, questions of one's
own have the name that was given them. A test (`is_test`) is shown, and never a lead.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from einig.connectors.contract import Connector, Delivery, Heard, Setting, Settings, Unverified
from einig.connectors.reading import at, filled, json_of, known_and_other, needed, text
from einig.connectors.words import meaning


class GoogleLeads(Connector):
    """Lead forms in ads at Google."""

    kind = "google_leads"
    name = "Google Ads"
    settings = (
        Setting("key", "Key of the webhook", secret=True, made_here=True,
                help="Paste it at Google Ads: the lead form, Export leads, Webhook, Key."),
    )  # fmt: skip

    def verify(self, delivery: Delivery, settings: Settings) -> None:
        """See the contract."""
        said = text(json_of(delivery), "google_key")
        if not hmac.compare_digest(said.encode(), settings["key"].encode()):
            raise Unverified("google_key is not the key of this source")

    def id_of(self, delivery: Delivery) -> str:
        """See the contract."""
        return text(json_of(delivery), "lead_id")

    def read(self, delivery: Delivery, settings: Settings) -> Iterator[Heard]:
        """See the contract."""
        del settings
        given = json_of(delivery)
        columns = at(given, "user_column_data")
        said = {}
        for column in columns if isinstance(columns, list) else []:
            names = (text(column, "column_id"), text(column, "column_name"))
            name = next((one for one in names if meaning(one)), next(filter(None, names), ""))
            said[name] = text(column, "string_value")
        attributes, other = known_and_other(said)
        ids = {name: text(given, f"{name}_id") for name in ("form", "campaign", "adgroup", "gcl")}
        yield Heard(
            id=needed(given, "lead_id"),
            attributes=attributes,
            activity="lead_ad_submitted",
            properties=other | {"form": ids["form"]},
            campaign=filled({"source": "google", "name": ids["campaign"], "click": ids["gcl"]}),
            is_test=at(given, "is_test") is True,
        )
