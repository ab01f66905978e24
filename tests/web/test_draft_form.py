"""The form of a draft: what is typed is taken over, or stays with the reason beside it."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from einig.engine.agreement.editing import plain
from tests.live import Company
from tests.web.drafting import TEXT, browser, drafted, form_of, here, kept, path

pytestmark = pytest.mark.django_db


@pytest.fixture
def us() -> Company:
    """A company with two leads, who reads English."""
    return here()


@pytest.mark.parametrize("row", [">", "<<", "=", "> 5", "a: b", "a #b"])
def test_a_row_can_be_called_anything(us: Company, row: str) -> None:
    draft, table = drafted(us), json.dumps(["fit", "industry"])
    me, address = browser(us.max), f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode())
    form |= {f"row:{table}": row, f"points:{table}": "7"}
    me.post(address, form)
    assert plain(kept(draft.number))["fit"]["industry"] == {
        "Software": "20", "Trade": "5", row: "7"
    }  # fmt: skip


def test_what_is_added_to_a_part_with_nothing_in_it_is_kept(us: Company) -> None:
    text = "name: X\nengagement:\nfit:  # soon\nsales_ready: {score: 1}\n"
    me = browser(us.max)
    form = {"as": "form", "text": text, "new:activity": "webinar", "new:activity_days": "9"}
    form |= {"new:attribute": "country", "new:attribute_value": "DE"}
    me.post("/agreement/draft", form)
    assert plain(kept(2)) == plain(text) | {
        "engagement": {"webinar": {"points": "5", "for": "9 days"}},
        "fit": {"country": {"unknown": "0", "DE": "0"}},
    }


def test_an_attribute_that_is_there_takes_the_row_and_keeps_its_own(us: Company) -> None:
    draft = drafted(us)
    me, address = browser(us.max), f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode())
    new = {"new:attribute": " Industry", "new:attribute_value": "Retail"}
    me.post(address, form | new | {"new:attribute_points": "7"})
    assert plain(kept(draft.number))["fit"] == {
        "industry": {"Software": "20", "Trade": "5", "Retail": "7"}
    }


REPEATED = TEXT.replace("industry: {", "industry: &rows {").replace(
    "\nengagement:", "\n  branch: *rows\nengagement:", 1
)
INDUSTRY = json.dumps(["fit", "industry"])


@pytest.mark.parametrize(
    ("text", "typed", "error"),
    [
        (TEXT, {path("fit", "industry", "Software"): "many"}, "This cannot be read."),
        (TEXT, {path("explore", kind="share"): "a few"}, "This cannot be read."),
        (TEXT, {path("lead", "never", kind="yaml"): "[a] # b"}, "This cannot be read."),
        (TEXT, {f"row:{INDUSTRY}": "TRADE"}, "This row is there already."),
        (TEXT, {f"points:{INDUSTRY}": "7"}, "Say for what these points are."),
        (TEXT, {f"row:{INDUSTRY}": "x", f"points:{INDUSTRY}": "1o"}, "This cannot be read."),
        (TEXT, {"new:attribute": "Industry"}, "This attribute is there already."),
        (
            TEXT,
            {"new:attribute": "industry", "new:attribute_value": "software"},
            "This row is there already.",
        ),
        (TEXT, {"new:attribute_value": "DE"}, "Give it a name."),
        (TEXT, {"new:attribute": "x", "new:attribute_points": "1o"}, "This cannot be read."),
        (TEXT, {"new:activity": "x", "new:activity_points": "1o"}, "This cannot be read."),
        (TEXT, {"new:activity": "x", "new:activity_days": "1o"}, "This cannot be read."),
        (TEXT, {"new:activity_points": "3"}, "Give it a name."),
        (TEXT, {"new:signal": "x", "new:signal_times": "1o"}, "This cannot be read."),
        (
            REPEATED,
            {path("fit", "branch", "Software"): "9"},
            "This can only be changed as YAML.",
        ),
        (
            TEXT,
            {
                path("sales_ready", kind="yaml"): "{fit: 3}",
                path("sales_ready", "fit"): "19",
            },
            "A part of this was changed in its own field, too.",
        ),
    ],
)
def test_what_cannot_be_taken_over_stands_as_typed_with_its_reason(
    us: Company, text: str, typed: dict[str, str], error: str
) -> None:
    draft = drafted(us, text)
    me, address = browser(us.max), f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode())
    answer = me.post(address, form | typed)
    page = unescape(answer.content.decode())
    errors = re.findall(r'class="error small warn" id="[^"]*">([^<]+)<', page)
    assert (answer.status_code, errors, kept(draft.number)) == (422, [error], text)
    again = form_of(answer.content.decode())
    assert {name: again[name] for name in typed} == typed


@pytest.mark.parametrize("do", ["yaml", "form"])
def test_a_field_to_be_mended_is_not_left_for_another_way_of_writing(us: Company, do: str) -> None:
    draft = drafted(us)
    me, address = browser(us.max), f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode())
    software = path("fit", "industry", "Software")
    answer = me.post(address, form | {software: "many", "do": do})
    again = form_of(answer.content.decode())
    assert (answer.status_code, again["as"], again[software]) == (422, "form", "many")


def test_one_mistake_leaves_nothing_else_behind(us: Company) -> None:
    draft = drafted(us)
    me, address = browser(us.max), f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode())
    software, trade = path("fit", "industry", "Software"), path("fit", "industry", "Trade")
    typed = {software: "many", trade: "6", f"row:{INDUSTRY}": "Retail"}
    again = form_of(me.post(address, form | typed).content.decode())
    assert (again[software], again[trade]) == ("many", "6")
    me.post(address, again | {software: "21"})
    assert plain(kept(draft.number))["fit"]["industry"] == {
        "Software": "21", "Trade": "6", "Retail": "0"
    }  # fmt: skip


def test_what_has_no_field_any_more_is_said_all_the_same(us: Company) -> None:
    draft = drafted(us)
    me, address = browser(us.max), f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode())
    form[path("sales_ready", "fit")] = "many"
    form[path("sales_ready", kind="yaml")] = "{score: 3}"
    page = me.post(address, form).content.decode()
    assert "sales_ready.fit (many): This cannot be read." in page


def test_what_cannot_be_read_is_shown_as_yaml(us: Company) -> None:
    page = browser(us.max).post("/agreement/draft", {"as": "yaml", "do": "form", "text": "a: ["})
    again = form_of(page.content.decode())
    assert (page.status_code, again["as"], again["text"]) == (422, "yaml", "a: [")


def test_a_form_changes_nothing_of_what_is_written_in_another_way(us: Company) -> None:
    text = TEXT.replace("Software: 20", "Software: 020") + 'explore: 7.0%\nverify: "50 %"\n'
    text = text.replace("name: Inbound", r'name: "In\nbound"')
    draft = drafted(us, text)
    me, address = browser(us.max), f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode())
    form[path("name", kind="text")] = "Inbound"  # as a browser has it in one line
    me.post(address, form)
    assert kept(draft.number) == text


def test_a_share_is_kept_as_exactly_as_it_was_typed(us: Company) -> None:
    draft = drafted(us)
    me, address = browser(us.max), f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode())
    me.post(address, form | {path("explore", kind="share"): "4,345678"})
    assert plain(kept(draft.number))["explore"] == "4.345678%"


def test_enter_keeps_the_draft(us: Company) -> None:
    page = browser(us.max).get(f"/agreement/{drafted(us).number}/draft").content.decode()
    told = page[page.index('id="writing"') :].partition("</form>")[0]
    first = re.findall(r"<button ([^>]*)>", told)[0]  # the one that Enter presses
    assert 'name="do" value="keep"' in first


def test_looking_while_typing_leaves_no_message_behind(us: Company) -> None:
    draft = drafted(us, REPEATED)
    me, address = browser(us.max), f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode())
    told = me.post("/agreement/look", form | {path("fit", "branch", "Software"): "9"})
    assert "This can only be changed as YAML." in told.content.decode()
    assert "This can only be changed as YAML." not in me.get(address).content.decode()
