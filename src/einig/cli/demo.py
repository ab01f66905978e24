"""`einig demo`: a simulated company to look around in, filled once and then served."""

from __future__ import annotations

import os
import secrets
import threading
import time
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import click

from einig.cli import serve
from einig.cli.live import set_up
from einig.cli.output import count, out, progress, say, table
from einig.engine.document import refuse

_HOST = "127.0.0.1"
_FOLDER = "demo"


@click.command("demo")
@click.option("--leads", type=click.IntRange(50), default=2500, show_default=True, help="How many.")
@click.option("--live", is_flag=True, help="Let new leads arrive every few seconds.")
@click.option("--port", default=8400, show_default=True, help="The port to listen on.")
@click.option(
    "--serve/--no-serve", "served", default=True, show_default=True, help="Serve it when filled."
)
@click.pass_context
def command(ctx: click.Context, leads: int, live: bool, port: int, served: bool) -> None:
    """Fill a store with the demo company, and serve it.

    Kolbe Software GmbH makes two products and has 18 months of leads behind it. It is simulated:
    neither the company nor anybody in it exists. It lives in EINIG_HOME, or else in the folder
    ./demo; remove the folder to be rid of it.

    One account for each role is printed. Whoever starts the demo again gets new passwords.

    \b
    einig demo --live
    """
    os.environ.setdefault("EINIG_HOME", str(Path.cwd() / _FOLDER))
    os.environ.setdefault("EINIG_URL", f"http://{_HOST}:{port}")
    set_up()
    from django.conf import settings

    accounts = _accounts(leads)
    say(f"The demo company is in {settings.HOME}, at {settings.URL}")
    say("It is simulated: neither the company nor anybody in it exists. Sign in as one of these.")
    _print(accounts)
    if served:
        if live:
            threading.Thread(target=_arrive, args=(f"http://{_HOST}:{port}",), daemon=True).start()
        ctx.invoke(serve.command, host=_HOST, port=port)


def _accounts(leads: int) -> Any:
    """Return an account for each role; the company is made up first if it is not there yet."""
    from django.conf import settings

    company = _company()
    found = company.holds()
    if found == "others":
        raise refuse(
            "This store is in use, and not by the demo company.",
            "Choose another folder with EINIG_HOME; or remove this one if nobody needs it.",
            file=str(settings.HOME),
        )
    if found == "demo":
        say("The demo company is there already. Its people get new passwords.")
        return company.new_passwords()
    say(f"Making up {count(leads)} leads. This takes a minute or two.")
    with progress() as report:
        made = company.fill(
            at=time.time_ns() // 1000,
            leads=leads,
            progress=lambda done: report("Eighteen months go by", done),
        )
    return made.accounts


def _print(accounts: Any) -> None:
    told = table("role", "name", "email", "password")
    for of in accounts:
        told.add_row(of.role, of.name, of.email, of.password)
    out().print(told)


def _arrive(url: str) -> None:
    from einig.store.models import Source

    key = Source.objects.values_list("key", flat=True).get(name="Website")
    _company().arrive(url=url, key=key, random=Random(secrets.randbits(64)))


def _company() -> Any:
    """Return the package by its name, as commands start jobs: neither imports the other."""
    return import_module("einig.jobs.demo")
