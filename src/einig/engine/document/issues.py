"""What is wrong with a document: every issue with its place and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Self


class Said(str):
    """A sentence in English that remembers how it was made, so that it can be said otherwise.

    `template` has a place like `%(name)s` for each of `values`; without any it is the sentence. A
    whole number is one that is counted and may be grouped by thousands; what stands in a document,
    or is to be written there, is text.
    """

    template: str
    values: Mapping[str, str | int]

    def __new__(cls, template: str, values: Mapping[str, str | int] | None = None) -> Self:
        """Return the sentence with its values."""
        given = values or {}
        shown = {name: f"{of:,}" if isinstance(of, int) else of for name, of in given.items()}
        made = super().__new__(cls, template % shown if shown else template)
        made.template, made.values = template, given
        return made


def said(template: str, /, **values: str | int) -> Said:
    """Return a sentence in which values stand; these may be sentences themselves."""
    return Said(template, values)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, and a line and a column that count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding. `criterion` is the path to it (`fit.employees`), `remedy` what to write.

    What people who write agreements meet is `Said`, for their own language.
    """

    level: Literal["error", "warning"]
    place: Place
    criterion: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f" {self.criterion}:" if self.criterion else ""
        return f"{self.place}: {self.level}:{where} {self.message} {self.remedy}".rstrip()


class Refused(Exception):
    """An input was not accepted; `issues` say why, all at once, and what to write instead."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__("\n".join(map(str, self.issues)))


def refuse(message: str, remedy: str, *, file: str = "", line: int = 1) -> Refused:
    """Return the refusal of a whole input for one reason."""
    return Refused([Issue("error", Place(file or "input", line), "", message, remedy)])
