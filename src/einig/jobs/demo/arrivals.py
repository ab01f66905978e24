"""Leads that arrive in real time: they read a page, and say who they are, as on a website."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from random import Random
from typing import Any

from einig.jobs.demo.channels import CHANNELS
from einig.jobs.demo.prospects import Crowd
from einig.jobs.demo.truth import Truth
from einig.jobs.demo.visits import Visit, messages, visits

_WEBSITE = CHANNELS[0]
_PAUSE = (3.0, 9.0)  # seconds between two leads
_READS = (1.0, 3.0)  # seconds that somebody reads before they act


def arrive(*, url: str, key: str, random: Random) -> None:
    """Send leads to a collector, one every few seconds, with the write key of a source.

    It waits for a collector that does not answer, and never ends.
    """
    for said in arrivals(random):
        for message in said:
            _send(url, key, message)
            time.sleep(random.uniform(*_READS))
        time.sleep(random.uniform(*_PAUSE))


def arrivals(random: Random) -> Iterator[list[dict[str, Any]]]:
    """Yield what one lead after the other says; about every second one is ideal and asks."""
    crowd = Crowd(random, Truth(broken=(0, 0)), firms=200, number=random.randrange(10**6, 10**9))
    while True:
        staged, campaign = random.choice(("waits", "")), random.choice(_WEBSITE.campaigns)
        of = crowd.one(_WEBSITE, campaign, 0, staged=staged)
        did = next(visits(random, of)).did[-1]
        yield messages(of, Visit(0, (("page_viewed", "/preise"), did), introduces=True), number=1)


def _send(url: str, key: str, said: dict[str, Any]) -> None:
    """Post a message as a website would, again and again until it is kept."""
    token = base64.b64encode(f"{key}:".encode()).decode()
    request = urllib.request.Request(
        f"{url}/v1/{said['type']}",
        json.dumps(said).encode(),
        {"Content-Type": "application/json", "Authorization": f"Basic {token}"},
    )
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(1)
