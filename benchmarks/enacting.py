"""How long a version takes to judge every lead anew while messages go on to arrive.

The store is filled by plain SQL with leads as the version before judged them; one in 250 fits, one
in 500 is with sales. The new version gives everybody other points, hands over one in 500, and finds
one in 1,000 not sales-ready any more. The yardstick is one plain UPDATE of the same columns.
"""

from __future__ import annotations

import http.client
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.handoff import HEADERS
from benchmarks.timing import figure, ratio
from tests.servers import Server, Store, serving, store

LEADS = {"SQLite": 100_000, "PostgreSQL": 1_000_000}
A_SECOND, SAMPLE, PATIENCE, WARM = 100, 300, 1200, 60
KEPT_UP = 0.5  # seconds that an event waits at most where server and worker keep up

_DAYS_AGO = "{now} - {days} * 86400000000"
_FOUND = """
import time
from django.conf import settings
from tests.live import company, AGREED
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
company(since=time.time_ns() // 1000 - 60 * 86_400_000_000)
from einig.flow import agreements, enacting, scoring
from einig.store.models import User
scoring.prepare()
enacting.go_on(at=time.time_ns() // 1000)
text = AGREED.replace("{engagement: 20}", "{engagement: 10}").replace("Trade: 5", "Trade: 7")
text = text.replace("demo_requested: {for: 14 days}", "demo_requested: {for: 6 days}")
at = time.time_ns() // 1000
version = agreements.draft(text, by=None, at=at)
agreements.propose(version, by=None, at=at)
print(User.objects.get(name="Sam").id)
"""
_SIGN = """
import time
from einig.flow import agreements
from einig.store.models import User, Version
at, version = time.time_ns() // 1000, Version.objects.get(number=2)
agreements.sign(version, by=User.objects.get(name="Max"), at=at)
agreements.sign(version, by=User.objects.get(name="Sol"), at=at)
print(Version.objects.get(number=2).in_force_from)
"""
# numbers of leads; what each did lies so far back that nothing of it has run out yet
_FILL = (
    """INSERT INTO store_lead (id, lead_id, name, title, relation, stage, created_at, last_known,
       judged_at, next_change_at, version_id, fit, engagement, intent, sales_ready, profiled)
       SELECT n, 'L-' || n, 'Lead ' || n, '', '', 'lead', {born},
       CASE WHEN n % 2 = 0 THEN {seen} WHEN n % 1000 = 1 THEN {asked} ELSE {born} END,
       CASE WHEN n % 2 = 0 THEN {seen} WHEN n % 1000 = 1 THEN {asked} ELSE {born} END,
       CASE WHEN n % 500 = 0 THEN {seen_first} + 30 * 86400000000
            WHEN n % 2 = 0 THEN {seen} + 30 * 86400000000
            WHEN n % 1000 = 1 THEN {asked} + 14 * 86400000000 END,
       {version}, {fit}, CASE WHEN n % 500 = 0 THEN 20 WHEN n % 2 = 0 THEN 10 ELSE 0 END,
       n % 1000 = 1, {ready}, n > 0 FROM {numbers}""",
    """INSERT INTO store_identity (id, key, lead_id) SELECT n, 'user:b' || n, n FROM {numbers}""",
    """INSERT INTO store_link (identity_id, lead_id, kind, linked_at)
       SELECT n, n, 'same', {born} FROM {numbers}""",
    """INSERT INTO store_fact (identity_id, attribute, value, known_from, sequence)
       SELECT n, 'email', 'b' || n || '@b.example', {born}, 0 FROM {numbers}""",
    """INSERT INTO store_fact (identity_id, attribute, value, known_from, sequence)
       SELECT n, 'industry', CASE WHEN {fit} = 20 THEN 'Software' ELSE 'Trade' END, {born}, 1
       FROM {numbers}""",
    """INSERT INTO store_event (event_id, identity_id, type, at, known_from, properties)
       SELECT 'p' || n || '-' || k, n, 'page_viewed', {born} + k, {born} + k,
       CAST('{{"path": "/pricing"}}' AS {json})
       FROM {numbers} CROSS JOIN (SELECT 1 AS k UNION SELECT 2 UNION SELECT 3) AS three""",
    """INSERT INTO store_event (event_id, identity_id, type, at, known_from, properties)
       SELECT 'w' || n, n, 'webinar_attended', {seen}, {seen}, CAST('{{}}' AS {json})
       FROM {numbers} WHERE n % 2 = 0""",
    """INSERT INTO store_event (event_id, identity_id, type, at, known_from, properties)
       SELECT 'v' || n, n, 'webinar_attended', {seen_first}, {seen_first}, CAST('{{}}' AS {json})
       FROM {numbers} WHERE n % 500 = 0""",
    """INSERT INTO store_event (event_id, identity_id, type, at, known_from, properties)
       SELECT 'd' || n, n, 'demo_requested', {asked}, {asked}, CAST('{{}}' AS {json})
       FROM {numbers} WHERE n % 1000 = 1""",
    """INSERT INTO store_decision (lead_id, version_id, at, fit, engagement, intent, sales_ready)
       SELECT n, {version}, {born}, {fit}, 0, n < 0, n < 0 FROM {numbers}""",
    """INSERT INTO store_decision (lead_id, version_id, at, fit, engagement, intent, sales_ready)
       SELECT n, {version}, {seen}, {fit}, CASE WHEN n % 500 = 0 THEN 20 ELSE 10 END, n < 0,
       {ready} FROM {numbers} WHERE n % 2 = 0""",
    """INSERT INTO store_decision (lead_id, version_id, at, fit, engagement, intent, sales_ready)
       SELECT n, {version}, {asked}, {fit}, 0, n > 0, n > 0 FROM {numbers} WHERE n % 1000 = 1""",
    """INSERT INTO store_handoff (lead_id, kind, version_id, to_id, opened_at, explored, routing,
       due_at, closing) SELECT n, 'sales', {version}, {seller},
       CASE WHEN n % 2 = 0 THEN {seen} ELSE {asked} END, 0, CAST('{{}}' AS {json}), {now}, ''
       FROM {numbers} WHERE {ready}""",
)
_JUDGED = """
import json
from einig.engine.instants import FOREVER
from einig.engine.scoring import turns
from einig.flow import scoring
from einig.store.models import Decision, Lead
v1, v2 = scoring.timeline()
wrong = 0
for lead in Lead.objects.order_by("lead_id")[:: max(1, Lead.objects.count() // SAMPLE)]:
    history, known = scoring.lead_history(lead), lead.judged_at
    spoke = []
    for version, begins, ends in ((v1, lead.created_at, v2.since - 1), (v2, v2.since, known)):
        spoke += turns(version.plan, history, max(begins, lead.created_at), ends)
    now, edges, was = spoke[-1], [], False
    for turn in spoke:
        if turn.sales_ready != was:
            edges.append(turn.at)
            was = turn.sales_ready
    told, was = [], False
    for at, ready in lead.decisions.order_by("at").values_list("at", "sales_ready"):
        if ready != was:
            told.append(at)
            was = ready
    row = (lead.fit, lead.engagement, lead.intent, lead.sales_ready, lead.version_id)
    said = (now.fit, now.engagement, now.intent, now.sales_ready, v2.id)
    wrong += row != said or told != edges
mixed = Decision.objects.filter(version=v1.id, at__gte=v2.since).count()
mixed += Decision.objects.filter(version=v2.id, at__lt=v2.since).count()
mixed += Lead.objects.exclude(version=v2.id).count()
print(json.dumps([wrong, mixed]))
"""


_WAITING = """
SELECT at FROM store_received WHERE reason = '' AND dismissed_at IS NULL ORDER BY id LIMIT 1"""


def run() -> None:
    """Measure both databases, or the one that is named in EINIG_BENCH_DATABASE."""
    wanted = os.environ.get("EINIG_BENCH_DATABASE")
    for database in [wanted] if wanted else LEADS:
        with tempfile.TemporaryDirectory() as folder, _store(Path(folder), database) as of:
            _measure(of, database, int(os.environ.get("EINIG_BENCH_LEADS", LEADS[database])))


@contextmanager
def _store(folder: Path, database: str) -> Iterator[Store]:
    if database == "PostgreSQL" and "EINIG_DATABASE" not in os.environ:
        from tests.postgres import start  # noqa: PLC0415  # only where it is not running yet

        os.environ["EINIG_DATABASE"] = start()
    given = os.environ.get("EINIG_DATABASE", "")
    if database == "SQLite":
        os.environ.pop("EINIG_DATABASE", None)
    try:
        with store(folder / "store") as of:
            yield of
    finally:
        if given:
            os.environ["EINIG_DATABASE"] = given


def _measure(of: Store, database: str, leads: int) -> None:
    _fill(of, leads, int(of.do(_FOUND)))
    with serving(of) as server:
        _other_work_done(of)
        load = Load(server, leads)
        with load.running():
            load.warm_up()
            time.sleep(5)
            before, load.longest = load.longest, 0.0
            since = int(of.do(_SIGN))
            done = of.wait_for(
                "SELECT finished_at, judged, leads FROM store_enactment WHERE since = ? "
                "AND finished_at IS NOT NULL", [since], seconds=PATIENCE,
            )  # fmt: skip
        of.settle()
    assert done, "not all leads were judged"
    took = (done[0][0] - since) / 1e6
    name = f"{leads:,} leads judged anew on {database}, {A_SECOND} events a second beside"
    figure(name, took, "s", goal=120)
    figure(f"{name}: longest wait of an event", 1000 * load.longest, "ms", goal=1000)
    print(f"  (before it: {1000 * before:.0f} ms; {load.sent} events sent)", flush=True)
    kept = of.rows("SELECT count(*) FROM store_event WHERE type = 'load_seen'")[0][0]
    wrong, mixed = json.loads(of.do(_JUDGED.replace("SAMPLE", str(SAMPLE))))
    figure(f"{name}: events lost", load.sent - kept, "events", goal=0)
    figure(f"{name}: judged by a mixture", mixed, "leads or decisions", goal=0)
    figure(f"{name}: of {SAMPLE} unlike the replay", wrong, "leads", goal=0)
    ratio(name, took, _plain_update(of), goal=10, against="one plain UPDATE of the same columns")


def _other_work_done(of: Store) -> None:
    """Wait for other work that a worker has: what the version before promises, the night's."""
    time.sleep(2)  # until it is asked for
    assert of.wait_for(
        "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM store_task WHERE done_at IS NULL AND due_at < ?)",
        [time.time_ns() // 1000], seconds=PATIENCE,
    ), "the other work does not end"  # fmt: skip


def _plain_update(of: Store) -> float:
    began = time.perf_counter()
    of.change(
        """UPDATE store_lead SET version_id = version_id, judged_at = judged_at + 1,
           last_known = last_known + 1, next_change_at = next_change_at + 1, fit = fit + 1,
           engagement = engagement + 1, intent = NOT intent, sales_ready = NOT sales_ready"""
    )
    return time.perf_counter() - began


def _fill(of: Store, leads: int, seller: int) -> None:
    now, postgresql = time.time_ns() // 1000, bool(of.database)
    series = (
        f"generate_series(1, {leads}) AS g(n)"
        if postgresql
        else f"""(WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < {leads})
                 SELECT n FROM g) AS g"""
    )
    words = {
        "numbers": series, "json": "jsonb" if postgresql else "text", "now": now,
        "seller": seller, "version": of.rows("SELECT id FROM store_version WHERE number = 1")[0][0],
        "fit": "(CASE WHEN n % 250 = 0 OR n % 1000 = 1 THEN 20 ELSE 5 END)",
        "ready": "(n % 500 = 0 OR n % 1000 = 1)",
        "born": f"({_DAYS_AGO.format(now=now, days=30)} + n)",
        "seen_first": f"({_DAYS_AGO.format(now=now, days=20)} + n)",
        "seen": f"({_DAYS_AGO.format(now=now, days=15)} + n)",
        "asked": f"({_DAYS_AGO.format(now=now, days=10)} + n)",
    }  # fmt: skip
    for statement in _FILL:
        of.change(statement.format(**words))
    if postgresql:
        for table in ("lead", "identity"):
            of.change(f"SELECT setval('store_{table}_id_seq', {leads})")
    of.change("ANALYZE")


@dataclass
class Load:
    """Somebody who does things evenly, and somebody who watches how long they wait."""

    server: Server
    leads: int
    sent: int = 0
    waits: float = 0.0  # seconds that the oldest one has waited for now
    longest: float = 0.0  # seconds from arrival until it was taken in and decided on
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Send and watch for as long as the context lasts."""
        both = [threading.Thread(target=of, daemon=True) for of in (self._send, self._watch)]
        for one in both:
            one.start()
        try:
            yield
        finally:
            self.ended.set()
            for one in both:
                one.join()

    def warm_up(self) -> None:
        """Wait until server and worker keep up, and count from then on."""
        ends = time.monotonic() + WARM
        while self.sent < A_SECOND or self.waits > KEPT_UP:
            time.sleep(0.2)
            if time.monotonic() > ends:
                print(f"  (it does not keep up with {A_SECOND} events a second, without it either)")
                break
        self.longest = 0.0

    def _send(self) -> None:
        began = time.perf_counter()
        with closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)) as to:
            while not self.ended.is_set():
                who = 1 + (self.sent * 7919) % self.leads
                said = {"userId": f"b{who}", "event": "load_seen"}
                to.request("POST", "/v1/track", json.dumps(said), HEADERS)
                answer = to.getresponse()
                answer.read()
                assert answer.status == 200
                self.sent += 1
                time.sleep(max(0.0, began + self.sent / A_SECOND - time.perf_counter()))

    def _watch(self) -> None:
        with self.server.store.asking() as ask:
            while not self.ended.is_set():
                self.waits = max((time.time() - at / 1e6 for (at,) in ask(_WAITING)), default=0.0)
                self.longest = max(self.longest, self.waits)
                time.sleep(0.02)
