"""Real clients, unchanged: only the address to which they send is another."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.servers import KEY, Server

CLIENTS = Path(__file__).parent / "clients"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
LEAD = """
SELECT l.name, l.fit, l.engagement, l.intent, l.sales_ready, c.name,
       (SELECT count(*) FROM store_handoff h WHERE h.lead_id = l.id AND h.kind = 'sales')
FROM store_lead l JOIN store_contactdetail d ON d.lead_id = l.id
JOIN store_company c ON l.company_id = c.id
WHERE d.normal = ? AND l.sales_ready
"""
EVENTS = """
SELECT e.type FROM store_event e JOIN store_identity i ON e.identity_id = i.id
JOIN store_lead l ON i.lead_id = l.id JOIN store_contactdetail d ON d.lead_id = l.id
WHERE d.normal = ? ORDER BY e.type
"""
ALL = f"SELECT count(*) FROM ({EVENTS}) AS did HAVING count(*) >= ?"
HANDED_OVER = (
    [("Petra Lindner", 20, 10, True, True, "Pumpen", 1)],
    [("demo_requested",), ("page_viewed",), ("webinar_attended",)],
)


def arrived(server: Server, email: str) -> tuple[list[Any], list[Any]]:
    """Return the lead that the person is, once all is taken in, and what they did.

    A browser says each thing in a request of its own, and they overtake each other.
    """
    server.store.wait_for(ALL, [email, len(HANDED_OVER[1])])
    return server.store.wait_for(LEAD, [email]), server.store.rows(EVENTS, [email])


@pytest.mark.parametrize("packed", ["plain", "gzip"])
def test_a_python_product_hands_a_lead_to_sales(server: Server, packed: str) -> None:
    email = f"{packed}@python.example"
    run([sys.executable, str(CLIENTS / "visit.py"), server.url, KEY, email, packed])
    assert arrived(server, email) == HANDED_OVER


def test_a_node_product_hands_a_lead_to_sales(server: Server, packages: Path) -> None:
    email = "petra@node.example"
    run(["node", str(CLIENTS / "visit.cjs"), server.url, KEY, email], NODE_PATH=str(packages))
    assert arrived(server, email) == HANDED_OVER


@pytest.mark.parametrize("page", ["snippet.html", "package.html"])
def test_a_website_hands_a_lead_to_sales(
    server: Server, browser: Any, website: str, page: str
) -> None:
    email, asked = f"petra@{page}.example".replace(".html", ""), set[str]()
    visit = browser.new_context().new_page()
    visit.on("request", lambda request: asked.add(request.url))
    visit.goto(f"{website}/{page}?host={server.url}&path=/pricing")
    visit.evaluate("analytics.track('webinar_attended')")
    traits = {"email": email, "name": "Petra Lindner", "industry": "Software", "company": "Pumpen"}
    visit.evaluate("([email, traits]) => analytics.identify(email, traits)", [email, traits])
    visit.evaluate("analytics.track('demo_requested', {product: 'Pumps'})")
    assert arrived(server, email) == HANDED_OVER
    own = (server.url, website)
    assert [url for url in asked if not url.startswith(own)] == []
    visit.context.close()


def test_a_visitor_who_leaves_at_once_is_not_lost(
    server: Server, browser: Any, website: str
) -> None:
    email = "leaves@at-once.example"
    visit = browser.new_context().new_page()
    visit.goto(f"{website}/package.html?host={server.url}")
    visit.wait_for_function("analytics.instance?.initialized")
    visit.evaluate("analytics.identify('leaves', {email: 'leaves@at-once.example'})")
    visit.close(run_before_unload=True)
    query = "SELECT lead_id FROM store_contactdetail WHERE normal = ?"
    assert server.store.wait_for(query, [email])


def run(command: list[str], **environment: str) -> None:
    """Run a client until it has sent everything."""
    done = subprocess.run(
        command,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()


@pytest.fixture(scope="session")
def packages() -> Path:
    """Return the folder of the clients from npm, which are fetched once for every version."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Node.js is not installed: its clients cannot be tried")
    wanted = CLIENTS / "package.json"
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "einig-test-clients"
    kept = cache / hashlib.sha256(wanted.read_bytes()).hexdigest()[:16]
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, ignore_cleanup_errors=True) as folder:
            shutil.copy(wanted, folder)
            install = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"]
            done = subprocess.run(install, cwd=folder, capture_output=True, check=False)
            if done.returncode != 0:
                pytest.skip(f"npm could not fetch the clients: {done.stderr.decode()[-300:]}")
            with contextlib.suppress(OSError):  # somebody else was quicker
                Path(folder).rename(kept)
    return kept / "node_modules"


@pytest.fixture(scope="session")
def website(packages: Path) -> Iterator[str]:
    """Return the address of a website of somebody else, with the browser's SDK on it."""
    sdk = packages / "@segment" / "analytics-next" / "dist" / "umd"

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name, _, query = self.path.lstrip("/").partition("?")
            host = query.removeprefix("host=").partition("&")[0]
            folder = CLIENTS if name.endswith(".html") else sdk
            file = folder / Path(name).name
            found = file.read_text(encoding="utf-8") if file.is_file() else ""
            if folder == CLIENTS:
                found = found.replace("KEY", KEY).replace("HOST", host)
            kind = "text/html" if folder == CLIENTS else "text/javascript"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write(found.encode())

        def log_message(self, *_said: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
