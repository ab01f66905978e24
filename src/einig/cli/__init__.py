"""The command line: `einig …`."""

from einig.cli.main import main

__all__ = ["main"]
