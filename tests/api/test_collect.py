"""The collector over HTTP: what clients send, in every form, and what nobody should send."""

from __future__ import annotations

import base64
import contextlib
import gzip
import itertools
import json
import random
import socket
import time
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from einig.api.collect import KINDS
from einig.engine.instants import DAY, iso
from tests.servers import KEY, Answer, Server

BASIC = {"Authorization": "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()}
ids = map("{}".format, itertools.count())


def post(server: Server, path: str, body: Any, **headers: str) -> Answer:
    """Send a body, as JSON unless it is bytes already, with the key."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return server.ask("POST", f"/v1/{path}", body, BASIC | headers)


def seen(user: str, /, **more: Any) -> dict[str, Any]:
    """Return what somebody did, with an id of its own."""
    return {"type": "track", "event": "seen", "userId": user, "messageId": f"m-{next(ids)}"} | more


def has_event(server: Server, message: dict[str, Any], of: str = "properties") -> Any:
    """Wait for the event that a message became, and return a column of it."""
    where = "event_id LIKE '%.' || ?"
    found = server.store.wait_for(
        f"SELECT {of} FROM store_event WHERE {where}", [message["messageId"]]
    )
    assert found, (message["messageId"], failed(server))
    return found[0][0]


def failed(server: Server) -> list[tuple[Any, ...]]:
    """Return what waits to be mended: its reason and its body."""
    return server.store.rows("SELECT reason, body FROM store_received WHERE reason != ''")


def reason_of(server: Server, part: str) -> str | None:
    """Wait until something with that in its body waits to be mended, and return why."""
    query = "SELECT reason FROM store_received WHERE reason != '' AND body LIKE '%' || ? || '%'"
    found = server.store.wait_for(query, [part])
    return found[0][0] if found else None


# --- what clients send ------------------------------------------------------------------------


@pytest.mark.parametrize("path", KINDS)
def test_every_path_keeps_what_it_is_for(server: Server, path: str) -> None:
    user, kind = f"path-{path}", KINDS[path]
    message = seen(user, name="Prices", traits={"name": "Pumpen", "color": "blue"})
    del message["type"]
    assert post(server, path, message).json() == {"success": True}
    identity = server.store.wait_for(
        "SELECT id FROM store_identity WHERE key = ?", [f"user:{user}"]
    )
    if kind in {"identify", "group"}:
        facts = "SELECT attribute, value FROM store_fact WHERE identity_id = ? ORDER BY attribute"
        name = "name" if kind == "identify" else "company"
        said = sorted([("color", "blue"), (name, "Pumpen")])
        assert server.store.wait_for(facts, identity[0]) == said
    elif kind == "alias":
        assert identity
    else:
        expected = "seen" if kind == "track" else f"{kind}_viewed"
        assert has_event(server, message, "type") == expected


@pytest.mark.parametrize("path", ["batch", "b", "import", "batch/"])
def test_a_batch_is_kept_message_by_message(server: Server, path: str) -> None:
    messages = [seen("batch"), {**seen("batch"), "type": "page", "properties": {"path": "/"}}]
    context = {"campaign": {"name": "Spring"}}
    assert post(server, path, {"batch": messages, "context": context}).status == 200
    assert [has_event(server, m, "type") for m in messages] == ["seen", "page_viewed"]


@pytest.mark.parametrize("way", ["basic", "bearer", "body", "address", "body behind a proxy's key"])
def test_a_key_may_come_in_any_of_these_ways(server: Server, way: str) -> None:
    message, address, headers = seen(way), "/v1/track", {}
    match way:
        case "basic":
            headers = BASIC
        case "bearer":
            headers = {"authorization": f"bearer {KEY}"}
        case "address":
            address += f"?writeKey={KEY}"
        case "body":
            message["writeKey"] = KEY
        case _:
            headers = {"Authorization": "Basic " + base64.b64encode(b"proxy:secret").decode()}
            message["writeKey"] = KEY
    assert server.ask("POST", address, json.dumps(message).encode(), headers).status == 200
    assert has_event(server, message, "type") == "seen"


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    "kind",
    ["application/json", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", ""],
)
def test_a_body_is_read_whatever_it_is_called(server: Server, kind: str, packed: bool) -> None:
    message = seen("kinds", properties={"city": "Köln"})
    body = json.dumps(message, ensure_ascii=False).encode()
    headers = {"Content-Type": kind} if kind else {}
    if packed:
        headers["Content-Encoding"] = "gzip"
    assert post(server, "track", gzip.compress(body) if packed else body, **headers).status == 200
    assert "Köln" in json.dumps(
        json.loads(has_event_properties(server, message)), ensure_ascii=False
    )


def has_event_properties(server: Server, message: dict[str, Any]) -> str:
    """Return the properties of an event as JSON text; PostgreSQL hands them over as an object."""
    found = has_event(server, message)
    return found if isinstance(found, str) else json.dumps(found)


def test_a_page_of_another_address_may_send(server: Server) -> None:
    asks = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-retry-count",
    }
    told = server.ask("OPTIONS", "/v1/t", headers=asks)
    assert (told.status, told.body) == (204, b"")
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers["access-control-allow-headers"] == asks["Access-Control-Request-Headers"]
    refused = server.ask("POST", "/v1/t", b"{}", {"Origin": "https://shop.example"})
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (401, "*")


def test_the_settings_tell_the_browser_sdk_to_send_here(server: Server) -> None:
    told = server.ask("GET", f"/v1/projects/{KEY}/settings").json()
    destination = told["integrations"]["Segment.io"]
    assert (destination["apiKey"], destination["protocol"]) == (KEY, "http")
    assert destination["apiHost"] == f"127.0.0.1:{server.port}/v1"
    assert server.ask("GET", "/v1/projects/unknown/settings").status == 404


def test_what_the_browser_sdk_says_about_itself_is_let_go_of(server: Server) -> None:
    assert server.ask("POST", "/v1/m", b'{"series":[]}').status == 200


def test_a_message_without_an_id_gets_one(server: Server) -> None:
    message = seen("no id", event="without an id")
    del message["messageId"]
    assert post(server, "track", message).status == 200
    query = "SELECT event_id FROM store_event WHERE type = 'without an id'"
    assert len(server.store.wait_for(query)) == 1


def test_a_message_that_comes_twice_counts_once(server: Server) -> None:
    message = seen("twice")
    assert [post(server, "track", message).status for _ in range(3)] == [200, 200, 200]
    server.store.settle()
    query = "SELECT count(*) FROM store_event WHERE event_id LIKE '%.' || ?"
    assert server.store.rows(query, [message["messageId"]]) == [(1,)]


def test_a_source_works_as_soon_as_it_is_made(server: Server) -> None:
    body = json.dumps(seen("new") | {"writeKey": "made just now"}).encode()
    assert server.ask("POST", "/v1/track", body).status == 401
    server.store.do(
        "from einig.store.models import Source\n"
        "Source.objects.create(name='New', kind='tracking', key='made just now')"
    )
    assert server.ask("POST", "/v1/track", body).status == 200


# --- when ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_that_is_ten_years_off_is_corrected(server: Server, years: int) -> None:
    now = datetime.now(UTC)
    wrong = now + timedelta(days=365 * years)
    times = {"timestamp": (wrong - timedelta(hours=1)).isoformat(), "sentAt": wrong.isoformat()}
    message = seen("clock", **times)
    assert post(server, "track", message).status == 200
    ago = int(now.timestamp() * 1e6) - has_event(server, message, "at")
    assert abs(ago - DAY // 24) < 10_000_000


def test_what_is_said_to_come_happens_now(server: Server) -> None:
    now = time.time_ns() // 1000
    message = seen("future", timestamp=iso(now + 3650 * DAY))
    assert post(server, "track", message).status == 200
    assert abs(has_event(server, message, "at") - now) < 10_000_000


def test_what_happened_long_ago_stays_there_and_is_known_from_now(server: Server) -> None:
    now = time.time_ns() // 1000
    message = seen("past", timestamp=iso(now - 3650 * DAY))
    assert post(server, "track", message).status == 200
    assert has_event(server, message, "at") == now - 3650 * DAY
    assert has_event(server, message, "known_from") >= now


# --- what is refused, and what is kept of it ------------------------------------------------------


def test_a_key_that_nobody_knows_is_refused(server: Server) -> None:
    for headers in ({}, {"Authorization": "Basic !"}, {"Authorization": "Bearer wrong"}):
        answer = server.ask("POST", "/v1/track", b'{"userId":"stranger"}', headers)
        assert (answer.status, answer.json()["success"]) == (401, False)
    server.store.settle()
    assert not server.store.rows("SELECT 1 FROM store_received WHERE body LIKE '%stranger%'")


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"hello=not+json", "hello=not+json"),
        (b'["a list of one"]', '["a list of one"]'),
        (b'{"cut off": tr', '{"cut off": tr'),
        (b'{"name": "M\xfcller"}', r"M\xfcller"),
        (b'{"nul": \x00 "here"}', '{"nul":  "here"}'),
        (b'{"deep":' + b"[" * 100_000, '{"deep":[[[['),
        (b'{"deep":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "[[]]"),
        (b"", ""),
    ],
    ids=["form", "list", "cut off", "latin-1", "nul", "100k levels open", "100k levels", "empty"],
)
def test_what_is_not_json_is_refused_and_kept(server: Server, body: bytes, kept: str) -> None:
    answer = post(server, "track", body)
    assert (answer.status, answer.json()["message"]) == (400, "this is not a JSON object")
    bodies = [of for reason, of in failed(server) if reason == "this is not JSON in UTF-8"]
    assert any(kept in of for of in bodies)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (b'"\xef\xbf\xbd"', "\N{REPLACEMENT CHARACTER}"),
        (b"NaN", ""),
        (b"1e999", ""),
        (rb'"half \ud83d of it"', "half ? of it"),
        (rb'"a\u0000b\u0007c"', "abc"),
        (rb'"C:\\u0000"', r"C:\u0000"),
        (b"1" + b"0" * 30, "1" + "0" * 30),
        (b"[1, [2, true], {}]", "1, 2, true"),
    ],
)
def test_odd_values_do_not_lose_the_message(server: Server, said: bytes, read: str) -> None:
    message = seen("odd")
    body = json.dumps(message)[:-1].encode() + b', "properties": {"a": ' + said + b"}}"
    for mark in (b"", b"\xef\xbb\xbf"):
        assert post(server, "track", mark + body).status == 200
    assert json.loads(has_event_properties(server, message)).get("a", "") == read


def test_an_event_without_anybody_is_refused_and_kept(server: Server) -> None:
    alone = seen("", event="alone")
    assert post(server, "track", alone).status == 400
    assert reason_of(server, alone["messageId"]) == "neither userId nor anonymousId says who it was"


def test_a_batch_with_something_unusable_keeps_the_rest(server: Server) -> None:
    good, nobody, odd = (
        seen("rest"),
        seen(""),
        {"type": "poke", "userId": "u", "messageId": "poke-1"},
    )
    assert post(server, "batch", {"batch": [nobody, odd, 7, None, good]}).status == 200
    assert has_event(server, good, "type") == "seen"
    assert (
        reason_of(server, nobody["messageId"]) == "neither userId nor anonymousId says who it was"
    )
    assert str(reason_of(server, "poke-1")).startswith("type is 'poke'")
    assert str(reason_of(server, '"message":7')).startswith("type is None")


def test_an_event_above_32_kb_is_refused_and_kept_to_be_mended(server: Server) -> None:
    most, large = seen("large", properties={"a": "ä" * 16_000}), seen("large")
    large["properties"] = {"a": "x" * 40_000}
    assert post(server, "track", most).status == 200
    assert post(server, "track", large).status == 400
    assert reason_of(server, large["messageId"]) == "an event is at most 32 KB"
    assert len(json.loads(has_event_properties(server, most))["a"]) == 2000


def test_a_large_event_does_not_take_its_batch_with_it(server: Server) -> None:
    good, large = seen("batch"), seen("batch", properties={"a": "x" * 40_000})
    answer = post(server, "batch", {"batch": [large, good]})
    said = "an event is at most 32 KB; the others of this batch were kept"
    assert (answer.status, answer.json()["message"]) == (400, said)
    assert has_event(server, good, "type") == "seen"
    assert reason_of(server, large["messageId"]) == "an event is at most 32 KB"


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_batch_above_500_kb_is_refused(server: Server, packed: bool) -> None:
    body = json.dumps({"batch": [seen("big", properties={"a": "x" * 6000}) for _ in range(90)]})
    answer = post(server, "batch", gzip.compress(body.encode()) if packed else body.encode())
    assert (answer.status, answer.json()["message"]) == (400, "a batch is at most 500 KB")


def test_a_batch_as_large_as_clients_make_them_is_kept(server: Server) -> None:
    batch = [seen("most", properties={"a": "x" * 4500}) for _ in range(100)]
    assert (
        post(server, "batch", {"batch": batch, "sentAt": iso(time.time_ns() // 1000)}).status == 200
    )
    server.store.settle()
    query = "SELECT count(*) FROM store_event e JOIN store_identity i ON e.identity_id = i.id"
    assert server.store.rows(f"{query} WHERE i.key = 'user:most'") == [(100,)]


def test_ten_megabytes_are_refused_before_they_are_sent(server: Server) -> None:
    head = f"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: {10 * 2**20}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(head.encode() + b"x" * 1000)
        assert connection.recv(12) == b"HTTP/1.1 413"


def test_a_body_without_end_is_refused(server: Server) -> None:
    head = "POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(head.encode())
        with contextlib.suppress(ConnectionError):  # the server does not listen to all of it
            for _ in range(160):
                connection.sendall(chunk)
        with contextlib.suppress(ConnectionError):
            assert connection.recv(12) in {b"HTTP/1.1 413", b""}
    assert post(server, "track", seen("after")).status == 200


def test_a_gzip_bomb_is_refused_without_unpacking_it(server: Server) -> None:
    pack = zlib.compressobj(9, wbits=31)
    bomb = b"".join(pack.compress(bytes(2**24)) for _ in range(12)) + pack.flush()
    assert len(bomb) < 2**20
    began = time.monotonic()
    assert post(server, "batch", bomb).status == 413
    assert time.monotonic() - began < 2


def test_gzip_that_is_broken_or_cut_off_is_refused(server: Server) -> None:
    packed = gzip.compress(json.dumps(seen("cut")).encode())
    assert post(server, "track", packed[:-9]).status == 400
    assert post(server, "track", b"\x1f\x8b" + bytes(30)).status == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "track", 405), ("PUT", "batch", 405), ("POST", "poke", 404), ("POST", "", 404)],
)
def test_other_addresses_say_what_is_wrong(
    server: Server, method: str, path: str, status: int
) -> None:
    assert server.ask(method, f"/v1/{path}", headers=BASIC).status == status


def test_a_client_that_goes_away_in_the_middle_does_no_harm(server: Server) -> None:
    head = b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n{"
    for said in (b"", b"\x00\xff\x16\x03", head[:30], head):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
            connection.sendall(said)
    assert post(server, "track", seen("after")).status == 200


# --- whatever it is -----------------------------------------------------------------------------

ODD: list[Any] = [
    None, True, False, 0, -1, 2**63, 10**400, 1.5, 1e300, "", " ", "\0", "x" * 300, "Ä" * 20_000,
    "null", "\ud800", "a\u202eb", "2026-11-24", "2026-11-24T08:15:00Z", "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00", "petra@pumpen.example", "@", "+49 30 1234567", [], [None],
    [[["x"]]], {}, {"a": {"b": {"c": {"d": 1}}}}, {"": ""}, {"\0": "\0"}, {"x" * 300: 1},
    {"email": ["a@b.example"]}, {"name": {"name": {"name": "name"}}},
    dict.fromkeys(map(str, range(300)), 1),
]  # fmt: skip
FIELDS = (
    "type", "userId", "anonymousId", "previousId", "event", "name", "traits", "properties",
    "context", "timestamp", "originalTimestamp", "sentAt", "messageId", "integrations",
)  # fmt: skip


def test_whatever_was_thanked_for_is_there(server: Server) -> None:
    rng = random.Random(7)
    kept: list[str] = []
    for n in range(600):
        user = f"odd-{n}"
        message = seen(user, traits={"email": f"{user}@odd.example"})
        message["type"] = rng.choice(["track", "track", "identify", "page", "group", "alias"])
        for name in rng.sample(FIELDS, rng.randint(1, 3)):
            message[name] = rng.choice(ODD)
        if message["userId"] != user:
            message["anonymousId"] = user
        if post(server, "batch", {"batch": [message]}).status == 200:
            kept.append(user)
    assert len(kept) > 500
    server.store.settle()
    keys = {key for (key,) in server.store.rows("SELECT key FROM store_identity")}
    bodies = [of for reason, of in failed(server)]
    lost = [
        user
        for user in kept
        if not {f"user:{user}", f"anon:{user}"} & keys
        and not any(f'"{user}"' in of for of in bodies)
    ]
    assert lost == []
    assert post(server, "track", last := seen("after")).status == 200
    assert has_event(server, last, "type") == "seen"
