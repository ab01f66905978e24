"""A folder of agreements, and what of it the server knows.

`.einig.json` beside the files says which server that is, and for each file which version it is and
the hash of the text with which the folder and the server last agreed. What is being sent for the
first time has a key there, by which the server knows it again. It belongs into git like the files.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from einig.engine.document import Refused, refuse

_INDEX = ".einig.json"


@dataclass(frozen=True, slots=True)
class Known:
    """A file as the server has it: its version, the revision of a draft, and the text's hash."""

    number: int
    revision: int
    state: str
    text_hash: str

    def __post_init__(self) -> None:
        """Refuse what pull never writes."""
        kinds = [type(of) for of in (self.number, self.revision, self.state, self.text_hash)]
        if kinds != [int, int, str, str]:
            raise TypeError


class Checkout:
    """The files of a folder that a server knows."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder, self.server = folder, server
        self.files: dict[str, Known] = {}
        self.sending: dict[str, str] = {}
        index = folder / _INDEX
        if not index.exists():
            return
        try:
            read = json.loads(index.read_text("utf-8"))
            self.files = {_own(name): Known(**known) for name, known in read["files"].items()}
            self.sending = {_own(name): str(key) for name, key in read["sending"].items()}
            whose = str(read["server"])
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            remedy = f"Mend it, or remove it and pull again. Nothing was changed in {folder}."
            raise refuse("This is not what einig pull wrote.", remedy, file=str(index)) from None
        if whose != server:
            remedy = f"Use another folder for {server}, or --server {whose}."
            raise refuse(f"These files belong to {whose}.", remedy, file=str(index))

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
        try:
            return file.read_bytes().decode("utf-8", "replace") if file.exists() else None
        except OSError as error:
            raise _stuck(file, error) from None

    def write(self, name: str, text: str) -> None:
        """Write a file whole, or not at all."""
        beside = self.folder / f".{name}.new"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside.write_text(text, "utf-8", newline="")
            beside.replace(self.folder / name)
        except OSError as error:
            raise _stuck(self.folder / name, error) from None

    def remove(self, name: str) -> bool:
        """Remove a file; false where there is none."""
        file = self.folder / name
        try:
            file.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _stuck(file, error) from None
        return True

    def save(self) -> None:
        """Write down what the server knows."""
        files = {name: asdict(known) for name, known in sorted(self.files.items())}
        told = {"server": self.server, "files": files, "sending": self.sending}
        self.write(_INDEX, json.dumps(told, indent=1) + "\n")


def _own(name: str) -> str:
    """Return the name of a file in the folder itself; raises ValueError if it leads elsewhere."""
    leads_on = name in {"", ".", "..", _INDEX} or "\\" in name or "\0" in name
    if leads_on or Path(name).name != name:
        raise ValueError(name)
    return name


def _stuck(file: Path, error: OSError) -> Refused:
    return refuse(f"{error.strerror or error}.", "Mend that, and try again.", file=str(file))


def hashed(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()
