"""What is wrong with a draft is said in the language of whoever writes it, whatever it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import pofile
from django.utils import translation

import einig
from einig.engine.agreement import loads
from einig.engine.agreement.rules import check
from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.occurring import Seen
from einig.engine.document import Issue, Refused, Said, said
from einig.flow import agreements, trials
from einig.flow.suggestions import note
from einig.web.issue_words import in_words, told
from tests.live import AGREED, company
from tests.web.test_pages import signed_in
from tests.web.test_words import PO

SOURCE = Path(einig.__file__).parent
MADE_IN = [
    *sorted((SOURCE / "engine/document").glob("*.py")),
    *sorted((SOURCE / "engine/agreement").glob("*.py")),
    SOURCE / "flow/agreements.py",
]
NAMES = {"message", "remedy"}
READY = "sales_ready: {fit: 10}\n"
BROKEN = [
    "",
    "name: A\nfit: {country: [DE\n",
    "name: !!python/object/apply:os.system [ls]\n",
    "name: A\n? [a]\n: b\n",
    "[]",
    "name: A\nfit: 7\n" + READY,
    "name: A\nfit: {country: {DE: ten, AT: 99999999, CH: }}\nverify: 200%\nsales_redy: 1\n",
    "name: A\nfit: {size: {1-49: 5, 40-100: 20}}\n" + READY,
    "name: A\nfit: {size: {1-49: 5, 60-100: 20}}\n" + READY,
    "name: A\nfit: {size: {49-1: 5}}\n" + READY,
    "name: A\nfit: {country: {DE: 10, de: 20}}\n" + READY,
    "name: [A]\nengagement: {visit: {points: 1}, read: {steps: [{points: 1}]}}\n" + READY,
    "name: A\nengagement: {visit: {points: 10, for: 0 days}, quiet: {nothing_for: soon}}\n" + READY,
    "name: A\nengagement: {visit: {points: 10, for: 3 days, at_most: 5}}\nsales_ready: {fit: 1}\n",
    "name: A\nengagement: {visit: {points: 1, for: ever}}\nsales_ready: {engagement: 5}\n",
    "name: A\nintent: {demo: {for: 9 days}}\nsales_ready: {intent: domo}\n",
    "name: A\nlead: {never: [{}]}\nsales: {respond_within: soon, attempts: 3}\n" + READY,
    "name: A\nunknown: {}\noutside_fit: {answered_by: nobody}\nsales_ready: {any: []}\n",
    "name: A\nlead: {never: [{country: {known: perhaps, at_least: much}}]}\n" + READY,
    "name: A\nfit: {country: {DE: 10}}\nsales_ready: {fit: 40}\n",
    AGREED + "# " + "x" * agreements.LARGEST,
]


def german() -> dict[str, str]:
    """Return what is there in German."""
    with PO.open("rb") as file:
        found = pofile.read_po(file, locale="de")
    return {m.id: str(m.string or "") for m in found if isinstance(m.id, str)}


def calls(name: str) -> Iterator[ast.Call]:
    """Yield each call of a function where sentences about agreements are made."""
    for path in MADE_IN:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield node


def test_every_sentence_about_a_draft_that_stands_in_the_source_is_there_in_german() -> None:
    sentences = {of.args[0].value for of in calls("said") if isinstance(of.args[0], ast.Constant)}
    named = {of.args[0].value for of in calls("Text") if isinstance(of.args[0], ast.Constant)}
    needed = {
        of.args[1].value
        for of in calls("Field")
        if isinstance(of.args[1], ast.Constant) and any(k.arg == "required" for k in of.keywords)
    }
    assert (len(sentences) > 90, len(named) > 5, len(needed) > 5) == (True, True, True)
    there = german()
    missing = {of for of in sentences | named | needed if not there.get(str(of))}
    assert missing == set()


def test_no_sentence_about_a_draft_is_a_bare_text() -> None:
    bare = []
    for path in MADE_IN:
        tree = ast.parse(path.read_text("utf-8"))
        # a page reads no files: only the terminal meets what is said there
        tree.body = [of for of in tree.body if getattr(of, "name", "") != "read_file"]
        for node in ast.walk(tree):
            given: list[ast.expr] = []
            if isinstance(node, ast.Assign) and NAMES & {
                getattr(t, "id", "") for t in node.targets
            }:
                given = [node.value]
            elif isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                begins = {"Unfit": 0, "refuse": 0, "Finding": 1, "bad": 2}.get(name)
                given = node.args[begins : begins + 2] if begins is not None else []
            bare += [
                ast.unparse(of) for of in given if isinstance(of, ast.Constant | ast.JoinedStr)
            ]
    assert bare == []


def found(text: str) -> list[Issue]:
    """Return everything that is wrong with an agreement."""
    try:
        agreements.read(text)
        return check(loads(text))
    except Refused as refused:
        return list(refused.issues)


def sentences_in(of: object) -> Iterator[Said]:
    """Yield a sentence and those that stand in it."""
    if isinstance(of, Said):
        yield of
        for value in of.values.values():
            yield from sentences_in(value)


@pytest.mark.parametrize("text", BROKEN)
def test_whatever_is_wrong_is_said_in_german_to_its_last_word(text: str) -> None:
    there = german()
    issues = found(text)
    assert issues
    for issue in issues:
        told_ = [part for part in (issue.message, issue.remedy) if part]
        assert [type(part) for part in told_] == [Said] * len(told_)
        for part in (one for of in told_ for one in sentences_in(of)):
            assert (part.template, bool(there.get(part.template))) == (part.template, True)
        with translation.override("en"):
            assert told(issue) == f"{issue.message} {issue.remedy}".strip()


def test_what_stands_in_a_sentence_is_said_in_the_same_language() -> None:
    (issue,) = found("name: A\nfit: 7\n" + READY)
    with translation.override("de"):
        assert told(issue) == "„7“ ist keine Zuordnung. Schreiben Sie Zeilen wie `name: …`."
    (issue,) = found("name: A\nfit: {country: {DE: 99999}}\nsales_ready: {fit: 1}\n")
    with translation.override("de"):
        assert told(issue) == (
            "99999 liegt außerhalb der Grenzen. Schreiben Sie eine Zahl von -10.000 bis 10.000."
        )
    assert str(issue.remedy) == "Write a number from -10,000 to 10,000."


def test_what_is_no_sentence_stays_as_it_is() -> None:
    with translation.override("de"):
        assert [in_words(of) for of in ("", "50% of %(n)s", said("A list"))] == [
            "", "50% of %(n)s", "Eine Liste",
        ]  # fmt: skip


@pytest.mark.django_db
def test_a_german_page_names_mistakes_in_german_everywhere() -> None:
    us = company()
    trials.forget()
    browser = signed_in(us.max)
    text = AGREED.replace("Software: 20", "Software: many")
    said_ = "„many“ ist keine ganze Zahl. Schreiben Sie eine, etwa 10."
    form = {"as": "form", "text": text}
    for address in ("/agreement/look", "/agreement/trial"):
        assert said_ in browser.post(address, form).content.decode()
    beside = [one.error for one in browser.post("/agreement/look", form).context["fields"]]
    assert [error for error in beside if error] == [said_]


def test_how_many_leads_there_are_is_written_as_the_language_does() -> None:
    seen = Seen("Software", 12345, Proportion(0, 0))
    told_ = {}
    for language in ("de", "en"):
        with translation.override(language):
            told_[language] = note(seen)
    assert told_ == {"de": "12.345 Leads", "en": "12,345 leads"}
