"""The tutorial is carried out as it stands, and prints what it says it prints."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from examples import simulate

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/tutorial/first-agreement.md").read_text(encoding="utf-8")
# both are run by everyone who got here: they made .venv and the files
_SET_UP = {"make tour\n", ". .venv/bin/activate\n"}


def test_the_tutorial_does_what_it_says(tmp_path: Path) -> None:
    simulate.write(tmp_path / "demo")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"EINIG_CACHE": str(tmp_path / "cache"), "PATH": path}
    printed = ""
    steps = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
    assert [kind for kind, _ in steps].count("python") == 1
    for kind, block in steps:
        if kind == "sh" and block not in _SET_UP:
            printed = run(["bash", "-euc", block], tmp_path, environment)
        elif kind == "yaml":
            (tmp_path / "demo/mine.yaml").write_text(block, encoding="utf-8")
        elif kind == "text":
            assert block.strip() in printed
        elif kind == "python":
            printed = run([sys.executable, "-c", block], tmp_path, environment)
    assert printed == "45% instead of 31%\nL-1019 misses 15 points of fit (10 of 25)\n"


def run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_make_demo_is_what_the_tutorial_starts_from() -> None:
    assert shutil.which("make") is None or "examples.demo" in (ROOT / "Makefile").read_text()
