"""A form as a page shows it: each question with its answer, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from einig.flow import hosted_forms
from einig.flow.form_answers import UNREACHED, Answers
from einig.flow.form_design import Design, Field
from einig.flow.form_rules import REACHED_BY

_COMPLETES = {  # what a browser fills in by itself
    "name": "name", "first_name": "given-name", "last_name": "family-name", "email": "email",
    "phone": "tel", "mobile": "tel", "company": "organization", "title": "organization-title",
    "street": "street-address", "city": "address-level2", "postal_code": "postal-code",
    "country": "country-name",
}  # fmt: skip
_TYPES = {"email": "email", "phone": "tel"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a page."""

    name: str
    kind: str
    label: str
    required: bool
    optional: bool
    value: str
    problem: str
    choices: list[tuple[str, str]]
    type: str
    completes: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A consent that is asked for."""

    code: str
    version: int
    text: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A whole form on a page."""

    title: str
    introduction: str
    button: str
    questions: list[Asked]
    ticks: list[Tick]
    problem: str  # of the form as a whole
    language: str

    @property
    def wrong(self) -> list[Asked]:
        """Return the questions that have to be answered otherwise."""
        return [of for of in self.questions if of.problem]


def shown(design: Design, spoken: str, given: Mapping[str, str], answers: Answers) -> Shown:
    """Return a form with what was written into it, and what is wrong with that."""
    ticks = [
        Tick(of.code, of.version, of.text(spoken), bool(given.get(f"agree-{of.code}")))
        for of in hosted_forms.asks(design)
    ]
    required = {of.name for of in design.fields if of.required}
    needed = required if required & set(REACHED_BY) else required | set(REACHED_BY)
    return Shown(
        title=design.text("title", spoken),
        introduction=design.text("introduction", spoken),
        button=design.text("button", spoken),
        questions=[
            _asked(of, spoken, given, answers, optional=of.name not in needed)
            for of in design.fields
        ],
        ticks=ticks,
        problem=answers.problems.get(UNREACHED, ""),
        language=spoken,
    )


def _asked(
    of: Field, spoken: str, given: Mapping[str, str], answers: Answers, *, optional: bool
) -> Asked:
    return Asked(
        name=of.name,
        kind=of.kind,
        label=of.label(spoken),
        required=of.required,
        optional=optional,
        value=str(given.get(of.name, "")),
        problem=answers.problems.get(of.name, ""),
        choices=[(one.value, one.label(spoken)) for one in of.choices],
        type=_TYPES.get(of.kind, "text"),
        completes=_COMPLETES.get(of.name, ""),
    )
