"""Writes the table of senders into the reference, from what its tests say: `make senders`."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from einig.connectors.registry import CONNECTORS
from tests.connectors.senders import SENDERS
from tests.connectors.senders.sending import Sends

PAGE = Path("docs/reference/senders.md")
COLUMNS = {
    "verified": "proves who it is",
    "duplicate_delivery": "delivered twice",
    "out_of_order": "in any order",
    "malformed": "broken, then mended",
    "replay": "read again",
    "unknown_fields": "with unknown fields",
}
_BLOCK = re.compile(r"(<!-- from tests -->\n).*?(<!-- end -->)", re.DOTALL)


class Outcomes:
    """What the tests of the matrix said, by sender and column."""

    def __init__(self) -> None:
        self.said: dict[str, dict[str, str]] = defaultdict(dict)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the outcome of a test."""
        named = re.search(r"::test_(\w+)\[(\w+)\]$", report.nodeid)
        if named is not None and (report.when == "call" or report.failed):
            self.said[named[2]][named[1]] = report.outcome


def table(said: dict[str, dict[str, str]]) -> str:
    """Return the table of senders."""
    head = ["sender", "what proves it", *COLUMNS.values()]
    lines = [f"| {' | '.join(head)} |", f"|---|---|{':-:|' * len(COLUMNS)}"]
    for kind, sends in SENDERS.items():
        proof = _proof(sends)
        signs = {"passed": "yes", "failed": "**no**"}
        cells = [signs.get(said.get(kind, {}).get(column, ""), "not tested") for column in COLUMNS]
        lines.append(f"| {CONNECTORS[kind].name} | {proof} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _proof(sends: Sends) -> str:
    """Return what proves that it is the sender."""
    if sends.is_fetched:
        return "it is fetched with a password or a token"
    if sends.proof is not None:
        return f"signature (made by `{sends.library}`)" if sends.library else "signature"
    if sends.forged is not None:
        return "key in the body"
    return "nothing: a public form" if sends.path else "address"


def main() -> int:
    """Run the tests and write what they said."""
    outcomes = Outcomes()
    ended = pytest.main(["-q", "tests/connectors/test_matrix.py"], plugins=[outcomes])
    told = table(outcomes.said)
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_BLOCK.sub(lambda m: f"{m[1]}{told}\n{m[2]}", page), encoding="utf-8")
    return int(ended)


if __name__ == "__main__":
    sys.exit(main())
