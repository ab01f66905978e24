"""A client under load: says what people do, again and again until it is thanked, and notes that.

Run as a process of its own: `client.py PORT KEY LOG SEED`. It ends when its standard input does.
A line of the log is a message that was acknowledged: its type, its id, and who it is about.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

THREADS = 3
PAUSE = 0.12  # seconds between two requests of a thread


def main() -> None:
    """Send until standard input ends."""
    port, key, log, seed = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4]
    stopping = threading.Event()
    threads = [
        threading.Thread(target=send, args=(port, key, log, f"{seed}.{n}", stopping))
        for n in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    stopping.set()
    for thread in threads:
        thread.join()


def send(port: int, key: str, log: Path, name: str, stopping: threading.Event) -> None:
    """Let one person after the other do something, in requests of one or several messages."""
    rng = random.Random(name)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    number = 0
    with log.open("a", encoding="utf-8") as acknowledged:
        while not stopping.is_set():
            waiting = visit(f"{name}.{number}", rng)
            number += 1
            while waiting:
                size = rng.choice((1, 1, 1, 3, 10))
                batch, waiting = waiting[:size], waiting[size:]
                post(connection, {"writeKey": key, "batch": batch})
                acknowledged.writelines(f"{m['type']} {m['messageId']}\n" for m in batch)
                acknowledged.flush()
                time.sleep(PAUSE)


def post(connection: http.client.HTTPConnection, body: dict[str, Any]) -> None:
    """Send until there is thanks for it; what was sent before may have been kept or not."""
    while True:
        try:
            connection.request("POST", "/v1/batch", json.dumps(body))
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                return
        except (OSError, http.client.HTTPException):
            connection.close()
        time.sleep(0.02)


def visit(user: str, rng: random.Random) -> list[dict[str, Any]]:
    """Return what one person does: some of it before we know who they are."""
    visitor = f"visitor-{user}"
    traits = {"email": f"{user}@load.example", "industry": rng.choice(("Software", "Trade"))}
    said: list[dict[str, Any]] = [{"type": "page", "anonymousId": visitor, "name": "Prices"}]
    for _ in range(rng.randrange(3)):
        said.append({"type": "track", "anonymousId": visitor, "event": "webinar_attended"})
    said.append({"type": "identify", "userId": user, "anonymousId": visitor, "traits": traits})
    for event in rng.sample(("webinar_attended", "demo_requested", "scrolled"), 2):
        said.append({"type": "track", "userId": user, "event": event})
    return [message | {"messageId": f"{user}.{n}"} for n, message in enumerate(said)]


if __name__ == "__main__":
    main()
