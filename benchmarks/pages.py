"""How long pages take with 100,000 leads and 2M activities in the store, and what they ask it.

The store is filled by plain SQL, since only its size matters here; requests go to a real server,
one after the other, as somebody who clicks. Queries are counted beside those of a store with three
leads of each kind.
"""

from __future__ import annotations

import http.client
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.timing import figure
from einig.engine.instants import DAY
from tests.servers import Server, Store, serving, store

LEADS, EVENTS, TRIES = 100_000, 2_000_000, 20
FEW = (60, 120, 180, 3, 9, 15, 5, 11, 17, 12, 24, 36)  # open, in nurture, won, and given back
PAGES = {
    "sol": (
        "/inbox", "/leads", "/leads?view=with_sales", "/leads?view=came_back",
        "/leads?view=nurture", "/leads?q=lead+1", "/leads/L-0000000003", "/review", "/follow-up",
        "/nurture", "/sources", "/report", "/report/{month}/marketing",
        "/report/{month}/agreed/without/sales", "/agreement", "/settings",
    ),
    "ada": ("/received", "/settings/people", "/settings/audit"),
}  # fmt: skip
_MONTH_AGO = 40  # days
_SESSION = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from einig.store.models import User
user = User.objects.get(email="NAME@example.com")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key)
"""
_COUNT = """
import json
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from einig.store.models import User
found = {}
for name, pages in PAGES.items():
    browser = Client(headers={"host": "localhost"})
    browser.force_login(User.objects.get(email=f"{name}@example.com"))
    for path in pages:
        browser.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(path).status_code == 200, path
        found[path] = len(asked)
print(json.dumps(found))
"""


def run() -> None:
    """Measure every page."""
    with tempfile.TemporaryDirectory() as folder:
        with store(Path(folder, "few")) as of:
            of.found()
            _fill(of, FEW, 20 * len(FEW))
            few = _queries(of)
        with store(Path(folder, "many")) as of:
            of.found()
            _fill(of, range(1, LEADS + 1), EVENTS)
            many = _queries(of)
            with serving(of, options=["--no-worker"]) as server:
                for name, pages in _pages().items():
                    session = of.do(_SESSION.replace("NAME", name)).strip()
                    for path in pages:
                        _report(server, path, session, few[path], many[path])


def _report(server: Server, path: str, session: str, few: int, many: int) -> None:
    times = sorted(_times(server, path, {"Cookie": f"sessionid={session}"}))
    p95, median = times[int(0.95 * (len(times) - 1))], statistics.median(times)
    same = "as with few leads" if many == few else f"and {few} with few leads: MISSED"
    text = f"page {path}: {many} queries, {same}; median {1000 * median:.0f} ms, p95"
    figure(text, 1000 * p95, "ms", goal=200)


def _pages() -> dict[str, list[str]]:
    """Return the pages of each person, of a month that is over."""
    month = time.strftime("%Y-%m", time.gmtime(time.time() - _MONTH_AGO * 24 * 3600))
    return {name: [page.format(month=month) for page in pages] for name, pages in PAGES.items()}


def _queries(of: Store) -> dict[str, int]:
    """Return how many queries each page costs, once what is read only once has been read."""
    found: dict[str, int] = json.loads(of.do(f"PAGES = {_pages()!r}\n{_COUNT}"))
    return found


def _times(server: Server, path: str, headers: dict[str, str]) -> Iterator[float]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    with closing(connection):
        for n in range(TRIES + 2):
            began = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, (path, answer.status)
            if n > 1:  # the first ones fill caches
                yield time.perf_counter() - began


def _fill(of: Store, leads: Collection[int], events: int) -> None:
    rng, now = random.Random(5), time.time_ns() // 1000
    with closing(sqlite3.connect(of.home / "einig.sqlite3")) as db:
        sellers = [
            id_
            for (id_,) in db.execute(
                "SELECT id FROM store_user WHERE role LIKE 'sales%' ORDER BY id"
            )
        ]
        version, source = (
            db.execute(f"SELECT id FROM store_{table}").fetchone()[0]
            for table in ("version", "source")
        )
        days = {n: _MONTH_AGO if n in FEW else rng.random() * 540 for n in leads}
        born = {n: now - int(of * DAY) for n, of in days.items()}
        _fill_leads(db, born, rng.choices(sellers, k=len(born)), version, source)
        _fill_events(db, born, events)
        _fill_handoffs(db, born, sellers, version, rng)
        _fill_what_became(db, born)
        db.executemany(
            """INSERT INTO store_received (source_id, body, at, reason)
               VALUES (?, '{}', ?, 'no type')""",
            ((source, at) for n, at in born.items() if n % 12 == 0),
        )
        db.executemany(
            """INSERT INTO store_auditentry (at, action, about, detail)
               VALUES (?, 'lead_created', ?, '{}')""",
            ((at, f"lead:L-{n:010}") for n, at in born.items()),
        )
        db.commit()
        db.execute("ANALYZE")


def _fill_leads(
    db: sqlite3.Connection, born: dict[int, int], owners: list[int], version: int, source: int
) -> None:
    rng = random.Random(6)
    db.executemany(
        "INSERT INTO store_company (id, name, domain, relation) VALUES (?, ?, '', '')",
        ((n, f"Company {n}") for n in range(1, LEADS // 4)),
    )
    stages = ("lead", "lead", "lead", "nurture", "marketing_qualified", "customer")
    db.executemany(
        """INSERT INTO store_lead (id, lead_id, name, title, company_id, source_id, relation,
           stage, owner_id, created_at, last_known, version_id, fit, engagement, intent,
           sales_ready, profiled)
           VALUES (?, ?, ?, '', ?, ?, '', ?, ?, ?, ?, ?, ?, ?, 0, 0, 1)""",
        (
            (
                n, f"L-{n:010}", f"Lead {n}", 1 + n % (LEADS // 4 - 1), source, stages[n % 6],
                owner, at, at, version, rng.randrange(40), rng.randrange(30),
            )
            for (n, at), owner in zip(born.items(), owners, strict=True)
        ),
    )  # fmt: skip
    identities = ((n, f"user:bench-{n}", n) for n in born)
    db.executemany("INSERT INTO store_identity (id, key, lead_id) VALUES (?, ?, ?)", identities)
    db.executemany(
        """INSERT INTO store_link (identity_id, lead_id, kind, linked_at)
           VALUES (?, ?, 'same', ?)""",
        ((n, n, at) for n, at in born.items()),
    )
    db.executemany(
        """INSERT INTO store_contactdetail (lead_id, kind, value, normal, at)
           VALUES (?, 'email', ?, ?, ?)""",
        ((n, f"lead{n}@x.example", f"lead{n}@x.example", at) for n, at in born.items()),
    )


def _fill_events(db: sqlite3.Connection, born: dict[int, int], events: int) -> None:
    kinds, numbers = ("page_viewed", "page_viewed", "webinar_attended", "demo_requested"), [*born]
    db.executemany(
        """INSERT INTO store_event (event_id, identity_id, type, at, known_from, properties)
           VALUES (?, ?, ?, ?, ?, '{"path": "/pricing"}')""",
        (
            (f"b{n}", who, kinds[n % 4], at, at)
            for n in range(events)
            for who in (numbers[n % len(numbers)],)
            for at in (born[who] + n * 1000,)
        ),
    )


def _fill_handoffs(
    db: sqlite3.Connection, born: dict[int, int], sellers: list[int], version: int,
    rng: random.Random,
) -> None:  # fmt: skip
    handed = [(n, at) for n, at in born.items() if n % 3 == 0]
    closed = {n: _CLOSED[n // 3 % 4] for n, _ in handed if n % 60}
    db.executemany(
        """INSERT INTO store_handoff (id, lead_id, kind, version_id, to_id, opened_at, routing,
           due_at, first_attempt_at, closed_at, closing, explored)
           VALUES (?, ?, 'sales', ?, ?, ?, '{}', ?, ?, ?, ?, 0)""",
        (
            (n, n, version, sellers[-1] if len(born) == len(FEW) else rng.choice(sellers), at,
             at + DAY // 8, None if n % 120 == 0 else at + DAY // 9,
             at + 9 * DAY if n in closed else None, closed.get(n, ""))
            for n, at in handed
        ),
    )  # fmt: skip
    db.executemany(
        """INSERT INTO store_attempt (handoff_id, by_id, at, channel, result, note)
           VALUES (?, ?, ?, 'phone', 'no_answer', '')""",
        ((n, sellers[0], at + more * DAY) for n, at in handed for more in (1, 2)),
    )
    back = [(n, at) for n, at in handed if closed.get(n) == "returned"]
    db.executemany(
        """INSERT INTO store_feedback (id, lead_id, handoff_id, by_id, at, verdict, reason, text,
           answer, answered_at) VALUES (?, ?, ?, ?, ?, 'returned', 'no budget', '', '', ?)""",
        ((n, n, n, sellers[0], at + 9 * DAY, None if n % 5 else at + 10 * DAY) for n, at in back),
    )
    db.executemany(
        """INSERT INTO store_secondlook (feedback_id, probability, asked_at, at, was_ready, note)
           VALUES (?, 0.2, ?, ?, ?, '')""",
        (
            (n, at + 9 * DAY, None if n % 24 else at + 11 * DAY, None if n % 24 else n % 72 == 0)
            for n, at in back
        ),
    )


def _fill_what_became(db: sqlite3.Connection, born: dict[int, int]) -> None:
    db.executemany(
        """INSERT INTO store_nurtureentry (lead_id, entered_at, reason, left_for, human_due_at)
           VALUES (?, ?, 'no budget', '', ?)""",
        ((n, at, at + 30 * DAY) for n, at in born.items() if n % 6 == 3),
    )
    db.executemany(
        "INSERT INTO store_outcome (lead_id, won, at, revenue, currency, reason) "
        "VALUES (?, 1, ?, 12500, 'EUR', '')",
        ((n, at + 30 * DAY) for n, at in born.items() if n % 6 == 5),
    )


_CLOSED = ("returned", "not_reached", "won", "lost")
