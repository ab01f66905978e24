"""The forms that the demo company designed, by the channel whose they are."""

from __future__ import annotations

from typing import Any


def _field(name: str, kind: str, german: str, english: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, "labels": {"de": german, "en": english}, **more}


def _choices(*values: str) -> list[dict[str, Any]]:
    return [{"value": value, "labels": {}} for value in values]


DESIGNS: dict[str, dict[str, Any]] = {
    "Empfehlung": {
        "address": "sie",
        "activity": "callback_requested",
        "fields": [
            _field("name", "text", "Ihr Name", "Your name", required=True),
            _field("company", "text", "Firma", "Company"),
            _field("email", "email", "E-Mail", "Email", required=True),
            _field("phone", "phone", "Telefon für den Rückruf", "Phone for the call"),
            _field(
                "employees", "choice", "Mitarbeiter", "Employees",
                choices=_choices("1-49", "50-249", "250-999", "1000+"),
            ),
            _field("message", "long", "Worüber möchten Sie sprechen?", "What is it about?"),
        ],
        "texts": {
            "title": {"de": "Rückruf von Kolbe Software", "en": "A call from Kolbe Software"},
            "introduction": {
                "de": "Sie wurden uns empfohlen? Wir rufen Sie am nächsten Arbeitstag an.",
                "en": "Somebody recommended us? We call you on the next working day.",
            },
            "button": {"de": "Rückruf anfordern", "en": "Ask for a call"},
        },
        "asks": ["mail"],
        "origins": ["https://www.kolbe-software.example"],
    }
}  # fmt: skip
