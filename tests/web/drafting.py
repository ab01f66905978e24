"""A draft in a browser: who writes it, and what a page's form would send."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from django.test import Client

from einig.flow import agreements, trials
from einig.store.models import User, Version
from tests.live import AGREED, NOW, Company, company, identify, say, track

TEXT = AGREED.replace("name: Inbound", "name: Inbound  # DACH only")


def here() -> Company:
    """A company with two leads, who reads English."""
    us = company()
    User.objects.update(language="en")
    for n, industry in enumerate(("Software", "Trade")):
        said = identify(f"u{n}", email=f"u{n}@pumpen{n}.example", industry=industry)
        say([said, track("demo_requested", f"u{n}")], of=us.website, at=NOW + n * 1000)
    trials.forget()
    return us


def browser(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client


def drafted(us: Company, text: str = TEXT) -> Version:
    """Return a draft of the marketing lead."""
    return agreements.draft(text, by=us.max, at=NOW)


def form_of(page: str) -> dict[str, Any]:
    """Return what a browser would send of the form that a page shows."""
    told = page[page.index('id="writing"') :].partition("</form>")[0]
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]*>", told):
        of = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if of.get("type") != "checkbox" and "name" in of:
            fields[unescape(of["name"])] = unescape(of.get("value", ""))
    for name, value in re.findall(
        r'<textarea[^>]* name="([^"]*)"[^>]*>(.*?)</textarea>', told, re.S
    ):
        fields[unescape(name)] = unescape(value).removeprefix("\n")
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', told, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[unescape(name)] = chosen[1] if chosen else ""
    fields["table"] = re.findall(r'name="table" value="([^"]*)"', told)
    fields["table"] = [unescape(text) for text in fields["table"]]
    return fields


def kept(number: int) -> str:
    """Return the text of a version as it is kept."""
    return Version.objects.get(number=number).text


def path(*keys: str, kind: str = "number") -> str:
    """Return the name of a field."""
    return f"{kind}:{json.dumps(keys, ensure_ascii=False)}"
