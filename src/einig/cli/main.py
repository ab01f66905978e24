"""The command `einig`: its commands, and how every one of them ends.

Exit codes: 0 done (warnings allowed), 2 refused, 3 done with rows set aside, 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from importlib.metadata import version

import click

from einig.cli.output import print_issues, say
from einig.engine.document import Refused

REFUSED, SET_ASIDE, INTERRUPTED = 2, 3, 130

_COMMANDS = {
    "new": "Write a first agreement.",
    "check": "Say everything that is wrong with an agreement.",
    "diff": "Say in words how two agreements differ.",
    "score": "Score every lead as of an instant.",
    "explain": "Show where a lead's points come from.",
    "propose": "Learn which leads close, and propose an agreement.",
    "backtest": "Replay an agreement on a history.",
    "pull": "Write the server's agreements into a folder.",
    "push": "Make files drafts on the server.",
    "serve": "Run the whole system: pages, collector and worker.",
    "demo": "Look around in a simulated company.",
    "worker": "Work on what came in and what is due.",
    "verify": "Find out whether what was signed is what is in force.",
    "backup": "Write everything the store holds to a file.",
    "restore": "Fill an empty store from a backup.",
}


class _Commands(click.Group):
    """Loads a command only when it is asked for, so that `einig --help` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"einig.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 2 refused, 3 done with rows set aside, 130 interrupted.",
)
@click.version_option(version("einig"), prog_name="einig")
def cli() -> None:
    """Marketing and sales agree on one definition of a lead, and test it on their own history.

    Begin with `einig new` for a first agreement, `einig check` to have it read, and
    `einig backtest` to see what it would have done.
    """


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = cli(standalone_mode=False)
    except Refused as refused:
        print_issues(refused.issues)
        code = REFUSED
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.ClickException as usage:
        usage.show()
        code = REFUSED
    except (click.Abort, KeyboardInterrupt):
        say("Interrupted. Nothing was half-written.")
        code = INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EROFS):
            raise
        say(
            f"error: {error.strerror}: {error.filename or 'the output'}. Make room, then try again."
        )
        code = REFUSED
    except Exception as error:
        if not _interrupted(error):
            raise
        say("Interrupted. Nothing was half-written.")
        code = INTERRUPTED
    sys.exit(code if isinstance(code, int) else 0)


def _interrupted(error: Exception) -> bool:
    """Return whether DuckDB was at work when it was interrupted: it has an exception of its own."""
    duckdb = sys.modules.get("duckdb")
    return duckdb is not None and isinstance(error, duckdb.InterruptException)
