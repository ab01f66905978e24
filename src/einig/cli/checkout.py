"""A folder of agreements, and what of it the server knows.

`.einig.json` beside the files says for each which version it is, and the hash of the text with
which the folder and the server last agreed. It belongs into git like the files.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from einig.engine.document import refuse

_INDEX = ".einig.json"


@dataclass(frozen=True, slots=True)
class Known:
    """A file as the server has it: its version, the revision of a draft, and the text's hash."""

    number: int
    revision: int
    state: str
    text_hash: str


class Checkout:
    """The files of a folder that a server knows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, Known] = {}
        index = folder / _INDEX
        if index.exists():
            try:
                read = json.loads(index.read_text("utf-8"))
                self.files = {name: Known(**known) for name, known in read["files"].items()}
            except (ValueError, TypeError, KeyError, AttributeError):
                remedy = f"Mend it, or remove it and pull again. Nothing was changed in {folder}."
                raise refuse(
                    "This is not what einig pull wrote.", remedy, file=str(index)
                ) from None

    def name_of(self, number: int) -> str | None:
        """Return the file of a version."""
        return next((name for name, known in self.files.items() if known.number == number), None)

    def changed(self, name: str) -> bool:
        """Return whether a file is not what the server last had, or is missing."""
        text = self.read(name)
        return text is not None and hashed(text) != self.files[name].text_hash

    def read(self, name: str) -> str | None:
        """Return a file's text, None where there is none."""
        file = self.folder / name
        return file.read_bytes().decode("utf-8", "replace") if file.exists() else None

    def write(self, name: str, text: str) -> None:
        """Write a file whole, or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = self.folder / f".{name}.new"
        beside.write_text(text, "utf-8", newline="")
        beside.replace(self.folder / name)

    def save(self) -> None:
        """Write down what the server knows."""
        files = {name: asdict(known) for name, known in sorted(self.files.items())}
        self.write(_INDEX, json.dumps({"files": files}, indent=1) + "\n")


def hashed(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()
