"""Writing a draft: form and YAML are one document, mistakes have a place, nobody is overwritten."""

from __future__ import annotations

import json
import re

import pytest

from einig.engine.agreement import loads
from einig.flow import agreements
from einig.store.models import Revision, Version
from tests.live import AGREED, NOW, Company
from tests.web.drafting import TEXT, browser, drafted, form_of, here, kept, path

pytestmark = pytest.mark.django_db


@pytest.fixture
def us() -> Company:
    """A company with two leads, who reads English."""
    return here()


def test_a_form_that_nobody_touched_changes_not_a_byte(us: Company) -> None:
    draft = drafted(us)
    page = browser(us.max).get(f"/agreement/{draft.number}/draft").content.decode()
    browser(us.max).post(f"/agreement/{draft.number}/draft", form_of(page))
    assert kept(draft.number) == TEXT


def test_a_number_in_the_form_changes_that_number_in_the_file_and_nothing_else(us: Company) -> None:
    draft = drafted(us)
    me = browser(us.max)
    form = form_of(me.get(f"/agreement/{draft.number}/draft").content.decode())
    form[path("fit", "industry", "Software")] = "25"
    form[path("sales", "respond_within", kind="working")] = "2"
    me.post(f"/agreement/{draft.number}/draft", form)
    expected = TEXT.replace("Software: 20", "Software: 25").replace(
        "1 working hour", "2 working hours"
    )
    assert kept(draft.number) == expected


def test_rows_and_criteria_are_added_and_removed(us: Company) -> None:
    draft = drafted(us)
    me = browser(us.max)
    address = f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode())
    table = json.dumps(["fit", "industry"])
    form |= {
        f"row:{table}": "Öl & Gas",
        f"points:{table}": "7",
        "new:signal": "quote_requested",
        "new:signal_days": "21",
        "new:attribute": "country",
        "new:attribute_value": "DE",
        "new:attribute_points": "5",
        "remove": [json.dumps(["fit", "industry", "Trade"])],
    }
    me.post(address, form)
    agreement = loads(kept(draft.number)).agreement
    tables = {t.attribute: [(r.text, r.points) for r in t.texts] for t in agreement.fit}
    assert tables == {"industry": [("Software", 20), ("Öl & Gas", 7)], "country": [("DE", 5)]}
    assert [i.name for i in agreement.intent] == ["demo_requested", "quote_requested"]


def test_the_form_shows_as_yaml_what_was_typed_and_the_other_way_round(us: Company) -> None:
    draft = drafted(us)
    me = browser(us.max)
    address = f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode()) | {"do": "yaml"}
    form[path("fit", "industry", "Software")] = "25"
    page = me.post(address, form).content.decode()
    assert "Software: 25" in page
    assert kept(draft.number) == TEXT
    back = form_of(page) | {"do": "form"}
    back["text"] = back["text"].replace("Software: 25", "Software: 26")
    page = me.post(address, back).content.decode()
    assert form_of(page)[path("fit", "industry", "Software")] == "26"


def test_a_mistake_stands_beside_its_field_and_nothing_is_kept(us: Company) -> None:
    draft = drafted(us)
    me = browser(us.max)
    address = f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode())
    form[path("fit", "industry", "Software")] = "many"
    answer = me.post(address, form)
    assert (answer.status_code, kept(draft.number)) == (422, TEXT)
    assert "This cannot be read." in answer.content.decode()


def test_while_typing_mistakes_are_named_with_their_line(us: Company) -> None:
    told = browser(us.max).post(
        "/agreement/look", {"as": "yaml", "text": "name: X\nsales_ready: {fitt: 3}\n"}
    )
    page = told.content.decode()
    assert 'data-line="2"' in page
    assert "fitt" in page


def test_a_draft_that_can_hand_off_nobody_is_told_so_while_typing(us: Company) -> None:
    text = TEXT.replace("sales_ready: {fit: 20", "sales_ready: {fit: 90")
    page = browser(us.max).post("/agreement/look", {"as": "yaml", "text": text}).content.decode()
    assert "fit cannot reach 90" in page


def test_rows_say_what_the_history_says_of_them(us: Company) -> None:
    page = browser(us.max).get(f"/agreement/{drafted(us).number}/draft").content.decode()
    assert "1 lead" in page
    assert '<option value="demo_requested">2 leads</option>' in page


def test_two_who_change_different_things_both_have_their_way(us: Company) -> None:
    draft = drafted(us)
    address = f"/agreement/{draft.number}/draft"
    mine, theirs = browser(us.max), browser(us.sol)
    my_form = form_of(mine.get(address).content.decode())
    their_form = form_of(theirs.get(address).content.decode())
    their_form[path("fit", "industry", "Trade")] = "6"
    theirs.post(address, their_form)
    my_form[path("fit", "industry", "Software")] = "25"
    page = mine.post(address, my_form, follow=True).content.decode()
    assert "Sol changed this draft meanwhile; both changes are in it." in page
    expected = TEXT.replace("Software: 20", "Software: 25").replace("Trade: 5", "Trade: 6")
    assert kept(draft.number) == expected


def test_two_who_change_the_same_are_asked_and_nobody_is_overwritten(us: Company) -> None:
    draft = drafted(us)
    address = f"/agreement/{draft.number}/draft"
    mine, theirs = browser(us.max), browser(us.sol)
    my_form = form_of(mine.get(address).content.decode())
    their_form = form_of(theirs.get(address).content.decode())
    software = path("fit", "industry", "Software")
    theirs.post(address, their_form | {software: "30"})
    answer = mine.post(address, my_form | {software: "25"})
    page = answer.content.decode()
    assert (answer.status_code, "Both of you changed this" in page) == (409, True)
    assert kept(draft.number) == TEXT.replace("Software: 20", "Software: 30")
    mine.post(address, form_of(page) | {software: "27"})
    assert kept(draft.number) == TEXT.replace("Software: 20", "Software: 27")


def test_what_was_before_can_be_gone_back_to_and_so_can_that(us: Company) -> None:
    draft = drafted(us)
    agreements.edit(draft, TEXT.replace("Software: 20", "Software: 25"), by=us.sol, at=NOW)
    browser(us.max).post(f"/agreement/{draft.number}/undo", {"revision": "1", "seen": "2"})
    assert kept(draft.number) == TEXT
    assert list(Revision.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_what_somebody_kept_meanwhile_is_not_undone_unseen(us: Company) -> None:
    draft = drafted(us)
    agreements.edit(draft, TEXT.replace("Software: 20", "Software: 25"), by=us.sol, at=NOW)
    me, address = browser(us.max), f"/agreement/{draft.number}/draft"
    page = me.get(address).content.decode()
    undo = page[page.index(f'action="/agreement/{draft.number}/undo"') :].partition("</form>")[0]
    fields = dict(re.findall(r'name="(revision|seen)" value="(\d+)"', undo))
    theirs = TEXT.replace("Software: 20", "Software: 30")
    agreements.edit(draft, theirs, by=us.sol, at=NOW)
    page = me.post(f"/agreement/{draft.number}/undo", fields, follow=True).content.decode()
    assert "Somebody changed this draft meanwhile; nothing was changed." in page
    assert (fields, kept(draft.number)) == ({"revision": "1", "seen": "2"}, theirs)


@pytest.mark.parametrize(
    "code",
    ["in_force", "template:strict", "template:b2b_software", "template:mechanical_engineering",
     "template:agency", "template:education", "version:1", "no such thing"],
)  # fmt: skip
def test_a_draft_can_be_started_from_anything_and_keeps_what_that_was(
    us: Company, code: str
) -> None:
    me = browser(us.max)
    form = form_of(me.get("/agreement/draft", {"from": code}).content.decode())
    me.post("/agreement/draft", form)
    made = Version.objects.get(number=2)
    assert made.begun_from == code
    assert loads(made.text).agreement.name


def test_everything_that_a_draft_can_start_from_is_shown(us: Company) -> None:
    page = browser(us.max).get("/agreement/start").content.decode()
    assert re.findall(r"\?from=([^\"&]+)", page) == [
        "in_force", "template%3Astrict", "template%3Ascore_or_action", "template%3Ab2b_software",
        "template%3Amechanical_engineering", "template%3Aagency", "template%3Aeducation",
        "template:score_or_action",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b]\n",
        "name: X\nname: Y\nsales_ready: {fit: 1}\n",
        "name: X\n\tfit: 3\n",
        "name: X\nsales_ready: {fit: 1}\n" + "# " + "x" * 5_000_000,
        "",
        "[]",
        "name: X\nsales_ready: {fit: 1}\nfrom_the_future: {fit: 1}\n",
    ],
)
def test_what_is_no_agreement_is_refused_in_words(us: Company, text: str) -> None:
    answer = browser(us.max).post("/agreement/draft", {"as": "yaml", "text": text})
    assert answer.status_code in {413, 422}
    assert Version.objects.count() == 1


def test_comments_of_both_are_kept_and_one_without_a_place_is_said(us: Company) -> None:
    draft = drafted(us)
    address = f"/agreement/{draft.number}/draft"
    mine, theirs = browser(us.max), browser(us.sol)
    form = form_of(mine.get(address, {"as": "yaml"}).content.decode())
    changed = TEXT.replace("# DACH only", "# DACH and Italy")
    theirs.post(address, form | {"text": changed})
    my_text = TEXT.replace("# DACH only", "# everywhere") + "# reviewed\n"
    page = mine.post(address, form | {"text": my_text}, follow=True).content.decode()
    assert kept(draft.number) == changed + "# reviewed\n"
    assert "Comments of yours found no place in it: “everywhere”" in page


def test_of_a_text_that_is_too_long_nothing_is_read(us: Company) -> None:
    text = TEXT + "# " + "x" * agreements.LARGEST
    me = browser(us.max)
    answer = me.post("/agreement/draft", {"as": "form", "text": text})
    assert (answer.status_code, answer.context["parts"]) == (422, [])
    looked = me.post("/agreement/look", {"as": "form", "text": text})
    assert looked.context["fields"] == []


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 19, "²", "-1", ""])
def test_a_draft_from_a_version_that_cannot_be_starts_from_the_one_in_force(
    us: Company, number: str
) -> None:
    answer = browser(us.max).get("/agreement/draft", {"from": f"version:{number}"})
    assert (answer.status_code, answer.context["writing"].text) == (200, AGREED)


def test_names_that_are_no_fields_do_nothing(us: Company) -> None:
    draft = drafted(us)
    me = browser(us.max)
    address = f"/agreement/{draft.number}/draft"
    form = form_of(me.get(address).content.decode())
    form |= {"number:[": "1", "number:{}": "2", "number:[1]": "3", "table": ["x", "[]"]}
    me.post(address, form)
    assert kept(draft.number) == TEXT
