"""How long pages take with 100,000 leads and 2,000,000 activities in the store.

The store is filled by SQL, since only its size matters here; requests go to a real server, one
after the other, as somebody who clicks.
"""

from __future__ import annotations

import http.client
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.timing import figure
from einig.engine.instants import DAY
from tests.servers import Server, Store, serving, store

LEADS, EVENTS, TRIES = 100_000, 2_000_000, 20
PAGES = (
    "/inbox", "/leads", "/leads?view=with_sales", "/leads?view=nurture", "/leads?q=lead+77",
    "/review", "/follow-up", "/nurture", "/sources", "/report", "/agreement", "/settings",
)  # fmt: skip
_SESSION = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from einig.store.models import User
user = User.objects.get(email="sol@example.com")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key)
"""


def run() -> None:
    """Measure every page."""
    with tempfile.TemporaryDirectory() as folder, store(Path(folder)) as of:
        of.found()
        _fill(of)
        cookie = {"Cookie": f"sessionid={of.do(_SESSION).strip()}"}
        with serving(of, options=["--no-worker"]) as server:
            lead = of.rows("SELECT lead_id FROM store_lead WHERE id = 777")[0][0]
            for path in (*PAGES, f"/leads/{lead}"):
                times = sorted(_times(server, path, cookie))
                p95 = times[int(0.95 * (len(times) - 1))]
                median = statistics.median(times)
                text = f"page {path.replace(lead, 'LEAD')}: median {1000 * median:.0f} ms, p95"
                figure(text, 1000 * p95, "ms", goal=200)


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


def _fill(of: Store) -> None:
    rng, now = random.Random(5), time.time_ns() // 1000
    with closing(sqlite3.connect(of.home / "einig.sqlite3")) as db:
        sellers = [id_ for (id_,) in db.execute("SELECT id FROM store_user WHERE role = 'sales'")]
        version, source = (
            db.execute(f"SELECT id FROM store_{table}").fetchone()[0]
            for table in ("version", "source")
        )
        born = [now - int(rng.random() * 540 * DAY) for _ in range(LEADS)]
        db.executemany(
            "INSERT INTO store_company (id, name, domain, relation) VALUES (?, ?, '', '')",
            ((n, f"Company {n}") for n in range(1, LEADS // 4)),
        )
        stages = ("lead", "lead", "lead", "nurture", "marketing_qualified", "customer")
        db.executemany(
            """INSERT INTO store_lead (id, lead_id, name, title, company_id, source_id, relation,
               stage, owner_id, created_at, last_known, version_id, fit, engagement, intent,
               sales_ready)
               VALUES (?, ?, ?, '', ?, ?, '', ?, ?, ?, ?, ?, ?, ?, 0, 0)""",
            (
                (
                    n, f"L-{n:010}", f"Lead {n}", 1 + n % (LEADS // 4 - 1), source, stages[n % 6],
                    rng.choice(sellers), at, at, version, rng.randrange(40), rng.randrange(30),
                )
                for n, at in enumerate(born, 1)
            ),
        )  # fmt: skip
        identities = ((n, f"user:bench-{n}", n) for n in range(1, LEADS + 1))
        db.executemany("INSERT INTO store_identity (id, key, lead_id) VALUES (?, ?, ?)", identities)
        links = ((n, n, at) for n, at in enumerate(born, 1))
        db.executemany(
            """INSERT INTO store_link (identity_id, lead_id, kind, linked_at)
               VALUES (?, ?, 'same', ?)""",
            links,
        )
        db.executemany(
            """INSERT INTO store_contactdetail (lead_id, kind, value, normal, at)
               VALUES (?, 'email', ?, ?, ?)""",
            ((n, f"lead{n}@x.example", f"lead{n}@x.example", at) for n, at in enumerate(born, 1)),
        )
        kinds = ("page_viewed", "page_viewed", "webinar_attended", "demo_requested")
        db.executemany(
            """INSERT INTO store_event (event_id, identity_id, type, at, known_from, properties)
               VALUES (?, ?, ?, ?, ?, '{"path": "/pricing"}')""",
            (
                (f"b{n}", who, kinds[n % 4], at, at)
                for n in range(EVENTS)
                for who in (1 + n % LEADS,)
                for at in (born[who - 1] + n * 1000,)
            ),
        )
        db.executemany(
            """INSERT INTO store_handoff (lead_id, kind, version_id, to_id, opened_at, routing,
               due_at, first_attempt_at, closed_at, closing)
               VALUES (?, 'sales', ?, ?, ?, '{}', ?, ?, ?, ?)""",
            (
                (n, version, rng.choice(sellers), at, at + DAY // 8, at + DAY // 9,
                 None if n % 60 == 0 else at + 9 * DAY, "" if n % 60 == 0 else rng.choice(_CLOSED))
                for n, at in enumerate(born, 1) if n % 3 == 0
            ),
        )  # fmt: skip
        db.executemany(
            """INSERT INTO store_nurtureentry (lead_id, entered_at, reason, left_for)
               VALUES (?, ?, 'no budget', '')""",
            ((n, at) for n, at in enumerate(born, 1) if n % 6 == 3),
        )
        db.executemany(
            "INSERT INTO store_outcome (lead_id, won, at, revenue, currency, reason) "
            "VALUES (?, 1, ?, 12500, 'EUR', '')",
            ((n, at + 30 * DAY) for n, at in enumerate(born, 1) if n % 6 == 5),
        )
        db.commit()
        db.execute("ANALYZE")


_CLOSED = ("returned", "not_reached", "won", "lost")
