"""A company in which every text that somebody else could write is an attack on the page."""

from __future__ import annotations

import time

from einig.flow import agreements, consent, feedback, handoff, jour_fixe, outcomes, threads
from einig.store.models import (
    Campaign,
    Handoff,
    JourFixe,
    Lead,
    NurtureEntry,
    Organisation,
    Received,
    Source,
    Team,
    User,
    Version,
)
from tests.live import AGREED, identify, say, track

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"
ODD = f"{ATTACK}\u202e\x07 javascript:alert(3)"


def fill() -> None:
    """Fill the company of `Store.found` with leads that are handed over, returned and won."""
    at = time.time_ns() // 1000 - 900_000
    people = {user.email.partition("@")[0]: user for user in User.objects.all()}
    sam = people["sam"]
    User.objects.filter(role="sales").exclude(id=sam.id).update(name=ATTACK)
    Team.objects.update(name=ATTACK[:80])
    Organisation.objects.create(name=ATTACK, particulars=ATTACK)
    source = Source.objects.create(name=ATTACK[:80], kind="form", key="attack")
    for kind in ("api", "webhook"):
        Source.objects.create(name=f"{kind} {ATTACK}"[:80], kind=kind, key=kind, secret="s")
    Campaign.objects.create(source=source, name=ATTACK, spend=10)
    for n in range(5):
        traits = dict.fromkeys(("name", "title", "city", ATTACK), ODD)
        traits |= {"email": f"u{n}@pumpen{n}.example", "industry": "Software"}
        traits |= {"company": f"{n} {ODD}", "linkedin": f"{n} {ODD}"}
        told = identify(f"u{n}", anonymous=f"{n} {ODD}", **traits)
        told["context"] = {"campaign": {"name": ODD, "source": ODD}}
        did = [track(event, f"u{n}", properties={"message": ODD, "path": ODD, "name": ODD})
               for event in ("demo_requested", ODD)]  # fmt: skip
        broken = [{"type": ODD, "userId": ODD}, track(ODD), {"userId": "x", "timestamp": ODD}]
        say([told, *did, *broken], of=source, at=at + n * 100)
    Handoff.objects.update(to=sam)
    first, second, third, *_more = Handoff.objects.select_related("lead").order_by("id")
    for of in (first, second):
        feedback.give_back(of, by=sam, at=at + 2000, reason="no budget", text=ATTACK)
    NurtureEntry.objects.update(human_due_at=at, reason=ATTACK)
    consent.give(third.lead, "phone", at=at, proof=ATTACK)
    handoff.log_attempt(third, by=sam, at=at, channel="phone", result="no", note=ATTACK)
    feedback.say(third.lead, by=sam, at=at, verdict="praise", text=ATTACK)
    outcomes.lose(first.lead, by=sam, at=at, reason=ATTACK)
    named = AGREED.replace("name: Inbound", f"name: {ATTACK.replace('{{ 7*7 }}', '')!r}")
    agreements.draft(named.replace("\\'", "''"), by=people["max"], at=at)
    agreements.propose(agreements.draft(AGREED, by=people["max"], at=at), by=people["max"], at=at)
    feedback.say(third.lead, by=sam, at=at, verdict="complaint", text=ATTACK)
    threads.say(Version.objects.get(number=1), "verify", ATTACK, by=sam, at=at, ask="Max")
    meeting = jour_fixe.start(by=people["max"], at=at)
    JourFixe.objects.filter(id=meeting.id).update(notes=ATTACK, sales_promises=ATTACK)
    assert Lead.objects.count() == 5
    assert Received.objects.exclude(reason="").count() == 15
