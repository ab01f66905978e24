"""Messages: what any channel has to say about somebody, in one form.

The form is that of the Segment API, which websites and products speak anyway; a web form, a call
or a row of a file becomes the same. `read` turns one into plain values and refuses what cannot be
used, with a reason that says what to mend.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from einig.engine.instants import instant
from einig.engine.values import legible, plain
from einig.flow import purposes
from einig.flow.consent import Agreed

TYPES = ("identify", "track", "page", "screen", "group", "alias")
_PLACES = {"company.name": "company", "company.industry": "industry"}
_PLACES |= {"company.employee_count": "employees", "company.employees": "employees"}
_PLACES |= {f"address.{part}": part for part in ("street", "city", "state", "country")}
_PLACES |= {"address.postalcode": "postal_code", "postalcode": "postal_code"}
_PLACES |= {"firstname": "first_name", "lastname": "last_name", "jobtitle": "title"}
_LONGEST = 2000  # characters of one value
_FIELDS = 200  # values of one message
_EARLIEST = instant(datetime.fromisoformat("1970-01-02T00:00:00+00:00"))


class Unusable(Exception):
    """A message cannot be used; the reason says what to mend."""


@dataclass(frozen=True, slots=True)
class Message:
    """Somebody (`user`, or `anonymous` while unknown) did something, or is something."""

    event_id: str
    at: int
    user: str | None = None
    anonymous: str | None = None
    previous: str | None = None  # an id that is the same person as `user`
    attributes: Mapping[str, str] = field(default_factory=dict)
    activity: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    campaign: Mapping[str, str] = field(default_factory=dict)
    is_contact: bool = False  # they asked for nothing yet: no lead by this alone
    agent: str = ""  # the program that was used, as it calls itself
    signs: Mapping[str, str] = field(default_factory=dict)  # what a form noticed while it was open
    agreed: tuple[Agreed, ...] = ()


def read(text: str, *, arrived: int, source: int | None) -> Message:
    """Return what a message says.

    `arrived` is when it came in; a `timestamp` by a wrong clock is corrected by `sentAt`, and one
    in the future is set to the arrival. Raises Unusable.
    """
    given = _object(text)
    kind = given.get("type")
    if kind not in TYPES:
        raise Unusable(f"type is {kind!r}; it must be one of {', '.join(TYPES)}")
    user, anonymous = (_id(given, name) for name in ("userId", "anonymousId"))
    if user is None and anonymous is None:
        raise Unusable("neither userId nor anonymousId says who it was")
    attributes, activity, properties = _said(kind, given)
    context = given.get("context")
    context = context if isinstance(context, dict) else {}
    campaign = context.get("campaign")
    traits = context.get("traits") if kind != "identify" else None
    return Message(
        event_id=f"{source or 0}.{_message_id(given, text)}",
        at=_when(given, arrived),
        user=user,
        anonymous=anonymous,
        previous=_id(given, "previousId") if kind == "alias" else None,
        attributes=dict(_flat(traits, "attribute")) | attributes,
        activity=activity,
        properties=properties,
        campaign=dict(_flat(campaign, "campaign")),
        is_contact=context.get("contact_only") is True,
        agent=_text(context.get("userAgent")) or "",
        signs=dict(_flat(context.get("signs"), "signs")),
        agreed=tuple(_agreed(context.get("purposes"), arrived)) if kind == "identify" else (),
    )


def _object(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unusable(f"this is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise Unusable("this is not a JSON object")
    return given


def _said(kind: str, given: Mapping[str, Any]) -> tuple[dict[str, str], str | None, dict[str, str]]:
    """Return attributes, activity and properties of a message."""
    traits, properties = (dict(_flat(given.get(n), n)) for n in ("traits", "properties"))
    if kind == "identify":
        return traits, None, {}
    if kind == "group":
        return {"company" if name == "name" else name: of for name, of in traits.items()}, None, {}
    if kind == "alias":
        return {}, None, {}
    if kind == "track":
        event = given.get("event")
        if not isinstance(event, str) or not _clean(event):
            raise Unusable("event, the name of the activity, is missing")
        return {}, _clean(event)[:200], properties
    if isinstance(name := given.get("name"), str) and _clean(name):
        properties = {"name": _clean(name)} | properties
    return {}, f"{kind}_viewed", properties


def _agreed(given: Any, arrived: int) -> Iterator[Agreed]:
    """Yield what was agreed to: purposes, each with its text, or with the text's version too."""
    for purpose, told in list(given.items())[:20] if isinstance(given, dict) else []:
        said = told if isinstance(told, dict) else {"text": told}
        text, version, language = (said.get(of) for of in ("text", "version", "language"))
        if code := _clean(str(purpose)).casefold()[:20]:
            yield Agreed(
                code,
                _text(text) or "",
                version if type(version) is int and 0 <= version < 32768 else 0,
                language if language in purposes.SPOKEN else "",
                min(_time(said["at"], "at"), arrived) if said.get("at") else 0,
            )


def _flat(given: Any, what: str, under: str = "") -> Iterator[tuple[str, str]]:
    """Yield names and texts; nested objects become `outer.inner`, at most three deep."""
    if given is None:
        return
    if not isinstance(given, dict):
        raise Unusable(f"{what} must be an object")
    if len(given) > _FIELDS:
        raise Unusable(f"{what} has {len(given)} values; {_FIELDS} at most")
    for name, value in given.items():
        key = f"{under}{_clean(str(name))}"[:200]
        if isinstance(value, dict):
            if key.count(".") < 2:
                yield from _flat(value, what, f"{key}.")
        elif (text := _text(value)) is not None and key:
            yield _PLACES.get(key.casefold(), key), text


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = ", ".join(filter(None, map(_text, value[:20])))
    if not isinstance(value, (str, int, float, bool)):
        return None
    try:
        return _clean(plain(value) or "")[:_LONGEST]
    except (ValueError, OverflowError):
        return None


def _clean(text: str) -> str:
    return legible(text).strip()


def _id(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise Unusable(f"{name} must be a text")
    text = _clean(str(value))
    if len(text) > 250:
        raise Unusable(f"{name} is longer than 250 characters")
    return text or None


def _message_id(given: Mapping[str, Any], text: str) -> str:
    value = given.get("messageId")
    if isinstance(value, str) and 0 < len(_clean(value)) <= 200:
        return _clean(value)
    raise Unusable("messageId, a text of at most 200 characters, is missing")


def _when(given: Mapping[str, Any], arrived: int) -> int:
    said = given.get("timestamp") or given.get("originalTimestamp")
    if said is None:
        return arrived
    at, sent = _time(said, "timestamp"), given.get("sentAt")
    if sent is not None:
        at += arrived - _time(sent, "sentAt")
    return min(max(at, _EARLIEST), arrived)


def _time(said: Any, name: str) -> int:
    try:
        told = datetime.fromisoformat(said) if isinstance(said, str) else None
        if told is not None and told.tzinfo is not None:
            return instant(told)
    except (ValueError, OverflowError):
        pass
    raise Unusable(f"{name} is {said!r}; write it as 2026-11-24T08:15:00.000Z")
