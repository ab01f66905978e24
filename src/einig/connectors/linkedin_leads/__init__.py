"""LinkedIn lead forms: a form in an ad or on a page at LinkedIn.

The address is proved every two hours by a challenge. A notification holds the id of a response;
its answers, and the form that says what was asked, are asked for afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

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
)
from einig.connectors.reading import at, filled, json_of, known_and_other, moment_of, needed, text

API = "https://api.linkedin.com/rest"
VERSION = "202605"


class LinkedInLeads(Connector):
    """Lead forms at LinkedIn."""

    kind = "linkedin_leads"
    name = "LinkedIn"
    settings = (
        Setting("secret", "Client secret of the app", secret=True,
                help="At LinkedIn: the app, Auth."),
        Setting("token", "Access token", secret=True,
                help="It needs r_marketing_leadgen_automation."),
        Setting("api", "Address of the API", required=False, usual=API),
        Setting("version", "Version of the API", required=False, usual=VERSION),
    )  # fmt: skip

    def greet(self, delivery: Delivery, settings: Settings) -> Reply | None:
        """See the contract."""
        code = delivery.query.get("challengeCode", "")
        if delivery.method != "GET" or not code:
            return None
        answer = signing.hex_of(settings["secret"], code.encode())
        return Reply(body=json.dumps({"challengeCode": code, "challengeResponse": answer}))

    def verify(self, delivery: Delivery, settings: Settings) -> None:
        """See the contract.

        Not every version of the API signs; what is asked for with the token is LinkedIn's anyway.
        """
        said = delivery.headers.get("x-li-signature")
        if said is not None:
            right = signing.hex_of(settings["secret"], b"hmacsha256=" + delivery.body)
            signing.same(said, right)

    def id_of(self, delivery: Delivery) -> str:
        """See the contract."""
        given = json_of(delivery)
        parts = (text(given, "leadGenFormResponse"), text(given, "leadAction") or "CREATED")
        return ".".join(parts) if parts[0] else ""

    def wants(self, delivery: Delivery, settings: Settings) -> tuple[Fetch, ...]:
        """See the contract."""
        base = (settings.get("api") or API).rstrip("/")
        headers = {
            "Authorization": f"Bearer {settings['token']}",
            "LinkedIn-Version": settings.get("version") or VERSION,
            "X-Restli-Protocol-Version": "2.0.0",
        }
        response = _number(needed(json_of(delivery), "leadGenFormResponse"))
        if "response" not in delivery.fetched:
            url = f"{base}/leadFormResponses/{quote(response, safe='')}"
            return (Fetch("response", url, headers),)
        if "form" not in delivery.fetched:
            form = needed(_object(delivery, "response"), "versionedLeadGenFormUrn")
            return (Fetch("form", f"{base}/leadForms/{quote(_number(form), safe='')}", headers),)
        return ()

    def read(self, delivery: Delivery, settings: Settings) -> Iterator[Heard]:
        """See the contract."""
        del settings
        given = json_of(delivery)
        response, form = _object(delivery, "response"), _object(delivery, "form")
        attributes, other = known_and_other(dict(_answers(response, form)))
        yield Heard(
            id=_number(needed(given, "leadGenFormResponse")),
            attributes=attributes,
            activity="lead_ad_submitted",
            properties=filled({"form": text(form, "name")}) | other,
            at=moment_of(text(response, "submittedAt")),
            campaign=filled(
                {
                    "source": "linkedin",
                    "name": text(response, "leadMetadata", "sponsoredLeadMetadata", "campaign"),
                }
            ),
            is_test=at(response, "testLead") is True,
        )


def _object(delivery: Delivery, name: str) -> Any:
    try:
        found = json.loads(delivery.fetched.get(name, ""))
    except (ValueError, RecursionError):
        raise Unreadable(f"what LinkedIn answered ({name}) is not JSON") from None
    return found


def _number(urn: str) -> str:
    """Return what identifies something, without what it is: `urn:li:leadGenForm:(7,1)` is 7."""
    return urn.rpartition(":")[2].strip("()").partition(",")[0]


def _answers(response: Any, form: Any) -> Iterator[tuple[str, str]]:
    """Yield what each question is called, and what was answered."""
    questions = at(form, "content", "questions")
    names = {
        text(one, "questionId"): text(one, "predefinedField") or text(one, "name")
        for one in (questions if isinstance(questions, list) else [])
    }
    answers = at(response, "formResponse", "answers")
    for one in answers if isinstance(answers, list) else []:
        name = names.get(text(one, "questionId")) or text(one, "name")
        value = text(one, "answerDetails", "textQuestionAnswer", "answer")
        if name and value:
            yield name, value
