"""`einig serve`: the pages, the collector and the worker, until it is stopped."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import click

from einig.cli.live import set_up
from einig.cli.output import say


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8400, show_default=True, help="The port to listen on.")
@click.option(
    "--worker/--no-worker", default=True, show_default=True, help="Run a worker beside the server."
)
def command(host: str, port: int, worker: bool) -> None:
    """Serve the pages and the collector, and work on what comes in.

    The store is brought to its newest form first. While there is no admin yet, a link is printed
    by which the first one makes an account.
    """
    os.environ.setdefault("EINIG_URL", f"http://{host}:{port}")
    set_up()
    from django.conf import settings

    from einig.flow.people import first_link

    say(f"Einig is at {settings.URL}")
    if token := first_link(at=time.time_ns() // 1000):
        say(f"Make the first account (once, within a week): {settings.URL}/welcome/{token}")
    run(host, port, worker=worker)


def run(host: str, port: int, *, worker: bool) -> None:
    """Serve a store that is set up, until it is stopped."""
    stopping = threading.Event()
    helper = threading.Thread(target=_keep_a_worker, args=(stopping,), name="worker")
    if worker:
        helper.start()
    try:
        _serve(host, port)
    finally:
        stopping.set()
        if worker:
            helper.join(timeout=40)


def _keep_a_worker(stopping: threading.Event) -> None:
    """Run a worker beside the server, and another one if it dies."""
    command = [sys.executable, "-m", "einig.cli", "worker", "--parent", str(os.getpid())]
    while not stopping.is_set():
        running = subprocess.Popen(command)
        while running.poll() is None and not stopping.wait(0.5):
            pass
        if running.poll() is None:
            running.terminate()
            running.wait(timeout=30)


def _serve(host: str, port: int) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "einig.config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        log_access=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve()
