"""`einig push`: files become drafts on the server, or change the drafts that they are."""

from __future__ import annotations

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
        kept = Checkout(file.parent)
        _send(asked, kept, file)
        kept.save()


def _send(asked: Server, kept: Checkout, file: Path) -> None:
    text = file.read_bytes().decode("utf-8")
    known = kept.files.get(file.name)
    if known is None:
        answer = asked.ask("POST", "/agreements", {"text": text})
    elif not kept.changed(file.name):
        say(f"{file.name}: nothing new")
        return
    else:
        body = {"text": text, "revision": known.revision}
        answer = asked.ask("PUT", f"/agreements/{known.number}", body)
    made = _accepted(answer, file)
    kept.files[file.name] = Known(
        made["number"], made["revision"], made["state"], made["text_hash"]
    )
    say(f"{file.name}: draft {made['number']} at {asked.address}/agreement/{made['number']}")


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
    if "issues" not in answer.body:
        raise refuse(f"Not sent: {answer.body.get('detail')}.", "Mend it.", file=str(file))
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
