"""`make tour`: an agreement and a draft of its successor, tested on a year of leads.

The company is simulated. Its files stay in the folder demo/, so that you can go on with them.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

from examples import simulate

ROOT = Path(__file__).parents[1]
EINIG = Path(sys.executable).with_name("einig")


def main() -> int:
    """Write the company, and run what its two teams would run."""
    simulate.write(ROOT / "demo")
    print("A company that does not exist, with a year of simulated leads, is now in demo/.")
    print("In force is demo/in-force.yaml; demo/draft.yaml is what marketing proposes.")
    print("The first run compiles the scoring kernel, which takes a quarter of a minute, once.")
    history = ["--history", "demo/history.yaml"]
    both = ["backtest", "demo/draft.yaml", "--against", "demo/in-force.yaml"]
    einig("check", "demo/draft.yaml", *history)
    einig("diff", "demo/in-force.yaml", "demo/draft.yaml")
    einig(*both, *history, "--capacity", "8", "--names", "5")
    found = json.loads(output(*both, *history, "--format", "json"))
    won = next(of for of in found["changes"]["dropped_leads"] if of["outcome"] == "won")
    einig(
        "explain", "demo/draft.yaml", *history, "--lead", won["lead"], "--at", won["first_ready_at"]
    )
    print("\nGo on with docs/tutorial/first-agreement.md, which starts from these files.")
    return 0


def einig(*arguments: str) -> None:
    """Show a command and what it prints."""
    print(f"\n$ einig {shlex.join(arguments)}\n", flush=True)
    subprocess.run([EINIG, *arguments], cwd=ROOT, check=True)


def output(*arguments: str) -> str:
    """Return what a command prints."""
    done = subprocess.run([EINIG, *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
