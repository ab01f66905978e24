"""Runs the tests marked `prove` and writes down what they showed: `make prove`.

A proof is a test that needs minutes or real data. It states its claim as its name and hands over
its figures with pytest's `record_property`; both end up in `proofs/results.md`.
"""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from einig import __version__

HERE = Path(__file__).parent


def main(options: list[str]) -> int:
    started = datetime.now(UTC)
    command = ["-m", "prove", "--numprocesses", "auto", *options]
    proofs = Proofs()
    code = int(pytest.main(["--rootdir", str(HERE.parent), *command], plugins=[proofs]))
    if not proofs.rows:
        print("Nothing was proved: no test marked `prove` ran.")
        return code
    lines = [*headline(f"pytest {' '.join(command)}", started=started), *proofs.rows, ""]
    (HERE / "results.md").write_text("\n".join(lines), encoding="utf-8")
    print("Written to proofs/results.md")
    return code


class Proofs:
    """A plugin of pytest that keeps one row of the table for each proof."""

    def __init__(self) -> None:
        self.rows: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self.rows.append(row(report))


def row(report: pytest.TestReport) -> str:
    claim = report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")
    figures = "; ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in report.user_properties
    )
    return f"| {claim} | {verdict(report)} | {figures} | {report.duration:.1f} |"


def verdict(report: pytest.TestReport) -> str:
    if report.skipped and isinstance(report.longrepr, tuple):
        return f"not tried: {report.longrepr[2].removeprefix('Skipped: ')}"
    return "yes" if report.passed else "**no**"


def headline(command: str, *, started: datetime) -> list[str]:
    return [
        "# What was proved",
        "",
        f"- with `make prove`, which runs `{command}`",
        f"- on {started:%Y-%m-%d at %H:%M} UTC",
        f"- by einig {__version__}, commit {commit()}",
        f"- with Python {platform.python_version()} on {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} cores",
        "",
        "| claim | holds | figures | seconds |",
        "|---|---|---|---:|",
    ]


def commit() -> str:
    describe = ["git", "describe", "--always", "--dirty"]
    found = subprocess.run(describe, cwd=HERE, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
