"""Typeform: somebody filled in a form.

The signature is `sha256=` and the base64 HMAC-SHA256 of the body in `Typeform-Signature`. What an
answer means is said by its type, by the contact field it belongs to, or by the `ref` that whoever
made the form gave it (`company`, `industry`, …). Anything else is a property of the activity.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from einig.connectors import signing
from einig.connectors.contract import Connector, Delivery, Heard, Setting, Settings, Unreadable
from einig.connectors.reading import at, json_of, known_and_other, moment, needed, text, utm
from einig.connectors.words import meaning


class Typeform(Connector):
    """Forms made with Typeform."""

    kind = "typeform"
    name = "Typeform"
    settings = (
        Setting("secret", "Secret of the webhook", secret=True, made_here=True,
                help="Paste it at Typeform: Connect, Webhooks, Secret."),
    )  # fmt: skip

    def verify(self, delivery: Delivery, settings: Settings) -> None:
        """See the contract."""
        right = "sha256=" + signing.base64_of(settings["secret"], delivery.body)
        signing.same(delivery.headers.get("typeform-signature", ""), right)

    def id_of(self, delivery: Delivery) -> str:
        """See the contract."""
        return text(json_of(delivery), "form_response", "token")

    def read(self, delivery: Delivery, settings: Settings) -> Iterator[Heard]:
        """See the contract."""
        del settings
        given = json_of(delivery)
        if text(given, "event_type") not in {"", "form_response"}:
            return
        answered = at(given, "form_response")
        if not isinstance(answered, dict):
            raise Unreadable("form_response is missing")
        attributes, other = known_and_other(dict(_answers(answered)))
        hidden = at(answered, "hidden")
        title = text(answered, "definition", "title") or text(answered, "form_id")
        yield Heard(
            id=needed(answered, "token"),
            attributes=attributes,
            activity="form_submitted",
            properties={"form": title} | other,
            at=moment(text(answered, "submitted_at")),
            campaign=utm(hidden if isinstance(hidden, dict) else {}),
        )


def _answers(answered: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every answer, by a name that is known here if there is one."""
    fields = at(answered, "definition", "fields")
    titles = {
        text(one, "id"): text(one, "title") for one in (fields if isinstance(fields, list) else [])
    }
    answers = at(answered, "answers")
    for answer in answers if isinstance(answers, list) else []:
        kind = text(answer, "type")
        value = _value(answer, kind)
        names = (text(answer, "field", "ref"), titles.get(text(answer, "field", "id"), ""), kind)
        name = next((name for name in names if meaning(name)), next(filter(None, names), ""))
        if value and name:
            yield name, value


def _value(answer: Any, kind: str) -> str:
    given = at(answer, kind)
    if kind in {"choice", "choices"}:
        labels = at(given, "labels") if kind == "choices" else [at(given, "label")]
        other = text(given, "other")
        said = [one for one in (labels if isinstance(labels, list) else []) if isinstance(one, str)]
        return ", ".join([*said, *([other] if other else [])])
    return text(given)
