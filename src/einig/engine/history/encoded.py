"""Text files however they are encoded and packed: UTF-8, UTF-16, Windows-1252, gzip."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from einig.engine.document import refuse
from einig.engine.history.mapping import Source

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Windows-1252 leaves five bytes without a meaning; Latin-1 reads every file
_GUESSED = ("utf-8", "windows-1252")
_LAST_RESORT = "latin-1"
_CHUNK = 1 << 20
_UNREADABLE = (OSError, EOFError, zlib.error)


@contextmanager
def open_text(path: Path, source: Source) -> Iterator[io.TextIOWrapper]:
    """Open a text file, gzipped or not, in the encoding that it has. Line ends stay as they are.

    Raises Refused if it cannot be read, or is not in the encoding that the mapping declares.
    """
    try:
        encoding = _encoding(path, source)
        with _open(path) as raw, io.TextIOWrapper(raw, encoding, newline="") as text:
            yield text
    except _UNREADABLE as error:
        why = getattr(error, "strerror", None) or error
        message = f"The file cannot be read: {why}."
        raise refuse(message, "Copy or export it again.", file=source.file) from None


@contextmanager
def _open(path: Path) -> Iterator[io.BufferedReader]:
    with path.open("rb") as raw:
        if path.suffix.casefold() == ".gz":
            unpacked: Any = gzip.GzipFile(fileobj=raw)
            yield io.BufferedReader(unpacked)
        else:
            yield raw


def _encoding(path: Path, source: Source) -> str:
    """Return the encoding of a file: as declared, or as found. Raises Refused."""
    if source.encoding is not None:
        return _declared(path, source, source.encoding)
    with _open(path) as file:
        start = file.peek(4)[:4]
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    if len(start) == 4 and 0 in start:  # headers are Latin letters, half of whose bytes are 0
        return "utf-16-le" if start[1] == 0 else "utf-16-be"
    fitting = (name for name in _GUESSED if _line_of_error(path, name) is None)
    return next(fitting, _LAST_RESORT)


def _declared(path: Path, source: Source, encoding: str) -> str:
    if not _is_of_text(encoding):
        remedy = "Write utf-8, windows-1252 or utf-16."
        raise refuse(f"The encoding {encoding} is not known.", remedy, file=source.file)
    line = _line_of_error(path, encoding)
    if line is not None:
        message = f"The file is not encoded in {encoding}: line {line} does not fit."
        remedy = "Remove encoding, or write the right one, like windows-1252."
        raise refuse(message, remedy, file=source.file, line=line)
    return "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding


def _is_of_text(encoding: str) -> bool:
    """Return whether this is an encoding; Python has codecs such as base64 and zlib as well."""
    try:
        "".encode(encoding)
        codecs.getincrementaldecoder(encoding)
    except (LookupError, ValueError):
        return False
    return True


def _line_of_error(path: Path, encoding: str) -> int | None:
    """Return the first line that is not in an encoding, or None if all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with _open(path) as file:
        try:
            while chunk := file.read(_CHUNK):
                line += decoder.decode(chunk).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return line + error.object[: error.start].count(b"\n")
        except UnicodeError:  # UTF-16 without the mark that says which byte comes first
            return line
    return None
