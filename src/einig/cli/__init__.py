"""The command line `einig`."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from einig.cli.main import main as run
    except KeyboardInterrupt:  # while it is still loading
        sys.exit(130)
    run()
