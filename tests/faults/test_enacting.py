"""`kill -9` while a version judges all leads: it goes on where it was, and says the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.servers import Store, store

_FOUND = """
import time
from django.conf import settings
from einig.engine.instants import DAY
from einig.flow import agreements, enacting, scoring
from tests.live import AGREED, NOW, company, identify, say, track
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
scoring.prepare()
us = company()
enacting.go_on(at=NOW)
for n in range(60):
    said = identify(f"u{n}", email=f"u{n}@x.example", industry="Software")
    did = [track("webinar_attended", f"u{n}")] if n % 3 == 0 else []
    say([said, *did], of=us.website, at=NOW + n)
text = AGREED.replace("{engagement: 20}", "{engagement: 10}")
version = agreements.draft(text, by=None, at=NOW + DAY)
agreements.propose(version, by=None, at=NOW + DAY)
agreements.enact(version, since=NOW + DAY, at=NOW + DAY)
"""
_WORK = """
import time
from einig.flow import enacting, pacing, rejudging
from einig.store.models import Enactment
rejudging._FIRST = rejudging._MOST = 2
pacing.BREATH = 0.3
enacting.work(Enactment.objects.get(version__number=2).id, clock=lambda: time.time_ns() // 1000)
"""
_KEPT = (
    _FOUND.replace('"webinar_attended"', '"demo_requested"')
    .replace("if n % 3 == 0 else []", "")
    .replace('"{engagement: 20}", "{e', '"any: [intent, {engagement: 20}]", "e')
    .replace("10}", "20")
)
_TELL = """
import time
from einig.flow import enacting
from einig.store.models import Enactment
enacting._TOLD_AT_ONCE = 2
enacting._BREATH = 0.3
enacting.work(Enactment.objects.get(version__number=2).id, clock=lambda: time.time_ns() // 1000)
"""
_TOLD = "SELECT count(*), count(DISTINCT lead_id) FROM store_notice WHERE what = 'not_ready'"
_EACH_TOLD = "SELECT count(*) FROM store_notice WHERE what = 'not_ready'"
_FINISHED = """
SELECT judged, leads FROM store_enactment WHERE finished_at IS NOT NULL AND leads > 0"""
_DECIDED = """
SELECT count(*), count(DISTINCT lead_id) FROM store_decision
WHERE version_id = (SELECT max(id) FROM store_version)"""
_JUDGED = "SELECT count(*) FROM store_lead WHERE version_id = (SELECT max(id) FROM store_version)"


def test_killed_in_the_middle_it_goes_on_and_judges_every_lead_once(tmp_path: Path) -> None:
    with store(tmp_path / "shop") as shop:
        shop.do(_FOUND)
        kill_in_the_middle(shop, _WORK, _JUDGED)
        assert 0 < shop.rows(_JUDGED)[0][0] < 60
        shop.do(_WORK.replace("= 0.3", "= 0.0"))
        assert shop.rows(_JUDGED) == [(60,)]
        assert shop.rows(_FINISHED) == [(60, 60)]
        assert shop.rows(_DECIDED) == [(60, 60)]
        assert shop.rows("SELECT count(*) FROM store_handoff") == [(20,)]


def test_killed_while_people_are_told_it_goes_on_and_tells_nobody_twice(tmp_path: Path) -> None:
    with store(tmp_path / "shop") as shop:
        shop.do(_KEPT)
        kill_in_the_middle(shop, _TELL, _EACH_TOLD)
        assert 0 < shop.rows(_TOLD)[0][0] < 60
        assert shop.rows(_FINISHED) == []
        shop.do(_TELL.replace("= 0.3", "= 0.0"))
        assert shop.rows(_TOLD) == [(60, 60)]
        assert shop.rows(_FINISHED) == [(60, 60)]


def kill_in_the_middle(shop: Store, work: str, done: str) -> None:
    """Let work be done, and end that as a power failure would once some of it is done."""
    code = f"from einig.cli.live import set_up\nset_up()\n{work}"
    running = subprocess.Popen([sys.executable, "-c", code], env=shop.environment)
    try:
        assert shop.wait_for(f"SELECT 1 WHERE ({done}) > 3")
    finally:
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
