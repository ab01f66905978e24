"""`einig push`: files become drafts on the server, or change the drafts that they are."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import click

from einig.cli.checkout import Checkout, Known
from einig.cli.inputs import load_agreement
from einig.cli.output import say
from einig.cli.server import Answer, Server, server_option
from einig.engine.document import Issue, Place, Refused, refuse


@click.command("push")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True)
)
@server_option
def command(files: tuple[Path, ...], server: str) -> None:
    """Send agreements to the server: a file that it does not know becomes a new draft.

    A draft that somebody changed on the server meanwhile is not overwritten: pull first. What was
    signed cannot be changed; copy it to a new file and push that.

    \b
    einig push agreements/draft-7.yaml
    einig push agreements/*.yaml --server https://einig.example.com
    """
    for file in files:
        load_agreement(file)
    asked = Server(server)
    for file in files:
        _send(asked, Checkout(file.parent, asked.address), file)


def _send(asked: Server, kept: Checkout, file: Path) -> None:
    text = file.read_bytes().decode("utf-8")
    is_new = file.name not in kept.files
    if is_new:
        _begin(asked, kept, file, text)
    known = kept.files[file.name]
    if kept.changed(file.name):
        body = {"text": text, "revision": known.revision}
        answer = asked.ask("PUT", f"/agreements/{known.number}", body)
        _keep(kept, file, _accepted(answer, file))
    elif not is_new:
        say(f"{file.name}: nothing new")
        return
    say(f"{file.name}: draft {known.number} at {asked.address}/agreement/{known.number}")


def _begin(asked: Server, kept: Checkout, file: Path, text: str) -> None:
    """Make a draft of a file, one however often this is cut off before it is written down."""
    key = kept.sending.setdefault(file.name, secrets.token_hex(16))
    kept.save()
    made = _accepted(asked.ask("POST", "/agreements", {"text": text}, once=key), file)
    before = kept.name_of(made["number"])
    if before is not None:  # it was pulled since it was cut off
        if not kept.changed(before):
            kept.remove(before)
        del kept.files[before]
    _keep(kept, file, made)


def _keep(kept: Checkout, file: Path, made: dict[str, Any]) -> None:
    kept.sending.pop(file.name, None)
    kept.files[file.name] = Known(
        made["number"], made["revision"], made["state"], made["text_hash"]
    )
    kept.save()


def _accepted(answer: Answer, file: Path) -> dict[str, Any]:
    """Return what became of a file; refuse with what the server has against it."""
    if answer.status in {200, 201}:
        made: dict[str, Any] = answer.body
        return made
    if answer.status == 409:
        now = answer.body["now"]
        remedy = "Pull, put both together, and push again."
        if now["state"] != "draft":
            remedy = "Copy it to a new file and push that: it becomes a new draft."
        raise refuse(f"Not sent: {answer.body['detail']}.", remedy, file=str(file))
    if not answer.body["issues"]:
        raise refuse(f"Not sent: {answer.body['detail']}.", "Mend it.", file=str(file))
    raise Refused(
        [
            Issue(
                "error",
                Place(str(file), of["line"], of["column"]),
                of["criterion"],
                of["message"],
                of["remedy"],
            )
            for of in answer.body["issues"]
        ]
    )
