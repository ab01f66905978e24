"""Hosted forms: designed on a page, sent by everybody, and never more than was said."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from einig.flow import form_document, hosted_forms, journey
from einig.store.models import (
    Consent,
    Event,
    Fact,
    FormVersion,
    Lead,
    Purpose,
    Received,
    Source,
    User,
)
from tests.live import NOW, Company, company
from tests.web.forms import forms

pytestmark = pytest.mark.django_db

LABELS = {"labels": {"de": "E-Mail", "en": "Email"}}
EMAIL = {"name": "email", "kind": "email", "required": True, "choices": []} | LABELS
SIZE = {
    "name": "employees",
    "kind": "choice",
    "required": True,
    "labels": {"de": "Wie viele?", "en": "How many?"},
    "choices": [{"value": of, "labels": {}} for of in ("1-49", "50+")],
}
DESIGN: dict[str, Any] = {
    "address": "du",
    "activity": "demo_requested",
    "fields": [EMAIL, SIZE],
    "texts": {"title": {"de": "Demo für dich", "en": "A demo"}},
    "asks": ["mail"],
    "origins": ["https://www.example.com"],
}


@pytest.fixture
def us() -> Company:
    """The company, since a long time ago."""
    return company(since=1_700_000_000_000_000)


@pytest.fixture
def source(us: Company) -> Source:
    """A form that nobody designed yet."""
    return Source.objects.create(name="Contact", kind="form", key="contact")


@pytest.fixture
def browser(us: Company) -> Client:
    """A marketer at a browser."""
    User.objects.filter(id=us.mia.id).update(language="en")
    client = Client()
    client.force_login(us.mia)
    return client


def designed(us: Company, source: Source, **other: Any) -> None:
    """Let a form be designed."""
    hosted_forms.keep(source, DESIGN | other, by=us.mia, at=NOW)


def sent(**said: str) -> Any:
    """Send the form as a visitor does, and take in what came of it."""
    answer = Client(headers={"Accept-Language": "de"}).post("/f/contact", said)
    taken_in()
    return answer


def taken_in() -> None:
    """Take in whatever waits."""
    while journey.take_in_waiting():
        pass


def text(answer: Any) -> str:
    """Return a page as it is read."""
    return html.unescape(answer.content.decode())


# --- as everybody sees it ---------------------------------------------------------------------


def test_a_form_that_nobody_designed_asks_what_it_always_asked(source: Source) -> None:
    found = forms(Client().get("/f/contact").content.decode(), "/f/contact")[0]
    asked = set(found.fields) - {"slip"}
    assert asked == {"name", "company", "email", "phone", "wants", "website", "language"}
    assert sent(name="Petra", email="petra@pumpen.example", wants="A demo").status_code == 200
    done = Event.objects.get()
    assert (done.type, done.properties) == ("form_submitted", {"message": "A demo"})


def test_a_designed_form_says_du_and_stands_for_what_it_was_made_for(
    us: Company, source: Source
) -> None:
    designed(us, source)
    page = text(Client(headers={"Accept-Language": "de"}).get("/f/contact"))
    assert ["Demo für dich" in page, "Ihr dürft mir Mails" in page] == [True, True]
    assert 'lang="de"' in page
    answer = sent(email="petra@pumpen.example", employees="50+", **{"agree-mail": "1"})
    assert "Deine Nachricht ist bei uns" in text(answer)
    assert Event.objects.get().type == "demo_requested"
    assert Fact.objects.get(attribute="employees").value == "50+"
    given = Consent.objects.get()
    assert (given.purpose, given.version, given.language) == ("mail", 1, "de-du")
    assert given.text.startswith("Ihr dürft mir Mails")


def test_what_is_wrong_is_said_at_its_place_and_nothing_is_kept(
    us: Company, source: Source
) -> None:
    designed(us, source)
    answer = sent(email="petra@", employees="3", **{"agree-mail": "1"})
    page = text(answer)
    assert answer.status_code == 422
    assert 'aria-invalid="true" aria-describedby="problem_email"' in page
    assert '<a href="#id_employees">Wie viele?</a>: Wähle eine dieser Antworten.' in page
    assert 'value="petra@"' in page
    assert 'name="agree-mail" value="1" checked' in page
    assert (Lead.objects.count(), Received.objects.count()) == (0, 0)


def test_a_consent_says_what_was_read_even_if_the_words_changed_since(
    us: Company, source: Source
) -> None:
    designed(us, source, address="sie")
    Purpose.objects.create(
        code="mail", version=2, basis="consent", names={"de": "Mails"}, texts={"de": "Neu"},
        confirmed=True, at=NOW,
    )  # fmt: skip
    sent(email="a@pumpen.example", employees="50+", **{"agree-mail": "1"})
    sent(email="b@pumpen.example", employees="50+", **{"agree-mail": "2"})
    for number in ("3", "99999999999999999999", "-1", "x"):
        sent(email=f"c{number}@pumpen.example", employees="50+", **{"agree-mail": number})
    given = Consent.objects.order_by("id").values_list("version", "text")
    assert [(version, said[:6]) for version, said in given] == [(1, "Sie dü"), (2, "Neu")]


def test_what_nobody_asks_for_is_no_consent(us: Company, source: Source) -> None:
    designed(us, source)
    sent(email="petra@pumpen.example", employees="50+", **{"agree-phone": "1"})
    assert (Lead.objects.count(), Consent.objects.count()) == (1, 0)


def test_where_somebody_came_from_is_known(us: Company, source: Source) -> None:
    designed(us, source)
    given = {"email": "petra@pumpen.example", "employees": "50+"}
    asked = "utm_source=linkedin&utm_campaign=spring&page=www.example.com/demo"
    Client().post(f"/f/contact?{asked}", given)
    asked = "page=www.example.com/&referrer=https://blog.example/post"
    Client().post(f"/f/contact?{asked}", given | {"email": "b@x.example"})
    taken_in()
    facts = Fact.objects.filter(attribute__in=["source", "campaign"]).order_by("id")
    told = [(of.attribute, of.value) for of in facts]
    assert told == [("source", "linkedin"), ("campaign", "spring"), ("source", "blog.example")]
    pages = [of.properties for of in Event.objects.order_by("id")]
    assert pages == [{"page": "www.example.com/demo"}, {"page": "www.example.com/"}]


def test_a_page_is_told_how_high_the_form_is_if_the_form_may_stand_there(
    us: Company, source: Source
) -> None:
    for parent in ("https://www.example.com", "https://evil.example", "javascript:alert(1)", "x"):
        page = Client().get("/f/contact", {"frame": parent}).content.decode()
        assert (f'data-parent="{parent}"' in page) == parent.startswith("https://")
    designed(us, source)
    found = []
    for parent in ("https://www.example.com", "https://evil.example"):
        page = Client().get("/f/contact", {"frame": parent}).content.decode()
        found.append("data-parent" in page)
    assert found == [True, False]


def test_a_form_is_sent_from_the_websites_in_which_it_may_stand(
    us: Company, source: Source
) -> None:
    given = {"email": "petra@pumpen.example", "employees": "50+"}

    def from_(origin: str) -> int:
        return Client(headers={"Origin": origin}).post("/f/contact", given).status_code

    allowed = ["https://www.example.com", "http://testserver"]
    designed(us, source)
    assert [from_(origin) for origin in allowed] == [200, 200]
    assert [from_(origin) for origin in ("https://evil.example", "null", "https://[")] == [403] * 3
    assert Client().post("/f/contact", given).status_code == 200  # a program says what it likes
    kept = Received.objects.count()
    page = text(Client(headers={"Origin": "null"}).post("/f/contact", given))
    assert "Open the form itself" in page or "Öffnen Sie das Formular" in page
    assert 'value="petra@pumpen.example"' in page
    assert Received.objects.count() == kept
    designed(us, source, origins=[])
    assert from_("https://evil.example") == 200


def test_more_than_a_source_may_send_waits(us: Company, source: Source) -> None:
    Source.objects.filter(id=source.id).update(per_minute=2)
    given = {"email": "petra@pumpen.example", "wants": "A demo"}
    answers = [Client().post("/f/contact", given) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 50 <= int(answers[2]["Retry-After"]) <= 60
    assert 'value="petra@pumpen.example"' in text(answers[2])
    assert Received.objects.count() == 4  # two of each: who it is, and what they did


# --- as it is designed ------------------------------------------------------------------------


def builder(browser: Client, source: Source) -> dict[str, str]:
    """Return what the builder's page sends as it stands."""
    address = f"/sources/{source.id}/form"
    page = browser.get(address)
    assert page.status_code == 200
    found = next(of for of in forms(page.content.decode(), address) if "activity" in of.fields)
    written = {name: of for name, of in found.fields.items() if not name.startswith("text-")}
    return written | {"origins": ""}


def press(browser: Client, source: Source, given: dict[str, str], do: str) -> Any:
    """Press a button of the builder."""
    return browser.post(f"/sources/{source.id}/form", given | {"do": do})


def test_a_design_is_kept_taken_back_and_reset(browser: Client, source: Source) -> None:
    given = builder(browser, source)
    for title in ("One", "Two"):
        answer = press(browser, source, given | {"text-title-en": title}, "keep")
        assert answer.status_code == 302
        assert hosted_forms.current(source).text("title", "en") == title
    press(browser, source, builder(browser, source), "reset")
    assert hosted_forms.current(source).text("title", "en") == "Write to us"
    titles = []
    for _ in range(3):
        press(browser, source, builder(browser, source), "undo")
        titles.append(hosted_forms.current(source).text("title", "en"))
    assert titles == ["Two", "One", "Write to us"]
    assert FormVersion.objects.filter(taken_back_at=None).count() == 0


def test_questions_are_added_moved_and_removed_before_anything_is_kept(
    browser: Client, source: Source
) -> None:
    given = builder(browser, source)
    page = text(press(browser, source, given, "add"))
    assert "The form asks 6 questions" in page
    page = text(press(browser, source, given, "down-0"))
    assert 'name="field-0-name" value="company"' in page
    assert 'name="field-1-name" value="name"' in page
    page = text(press(browser, source, given, "remove-2"))
    assert 'name="field-2-name" value="phone"' in page
    assert FormVersion.objects.count() == 0


def test_what_is_no_form_is_refused_with_the_place(browser: Client, source: Source) -> None:
    given = builder(browser, source)
    wrong = {
        "field-0-name": "Website!",
        "field-1-label-en": "",
        "field-2-kind": "text",
        "field-4-kind": "choice",
        "activity": "Demo!",
        "origins": "https://x.example; script-src *",
    }
    answer = press(browser, source, given | wrong, "keep")
    page = text(answer)
    assert answer.status_code == 422
    for message in (
        "beginning with a letter, like job_title",
        "Say what is asked, in both languages.",
        "has to be checked as one",
        "Write two answers or more",
        "like demo_requested",
        "Write the beginning of an address",
    ):
        assert message in page, message
    assert FormVersion.objects.count() == 0


@pytest.mark.parametrize(
    "document",
    [
        None, [], 5, {"fields": 5}, {"fields": [5, None]}, DESIGN | {"fields": [SIZE]},
        DESIGN | {"fields": [EMAIL, EMAIL]}, DESIGN | {"fields": [EMAIL | {"kind": "text"}]},
        DESIGN | {"fields": [EMAIL, SIZE | {"name": "website"}]}, DESIGN | {"address": "ihr"},
        DESIGN | {"origins": ["*"]}, DESIGN | {"origins": ["'self'"]},
        DESIGN | {"texts": {"title": {"de": "x" * 121}}}, DESIGN | {"asks": [5]},
        DESIGN | {"fields": [EMAIL] + [SIZE | {"name": f"a{n}"} for n in range(30)]},
    ],
)  # fmt: skip
def test_a_document_that_is_no_form_is_never_used(source: Source, document: object) -> None:
    with pytest.raises(form_document.Wrong):
        form_document.read(document)
    FormVersion.objects.create(source=source, document=document or {}, at=NOW)
    page = Client(headers={"Accept-Language": "en"}).get("/f/contact")
    assert (page.status_code, "Write to us" in text(page)) == (200, True)


def test_a_document_is_the_design_that_it_was_written_from() -> None:
    design = form_document.read(DESIGN)
    assert form_document.read(form_document.written(design)) == design


def test_what_a_form_looks_like_is_shown_while_it_is_designed(
    browser: Client, source: Source
) -> None:
    given = builder(browser, source) | {"text-title-de": "Hallo", "address": "du", "look-in": "de"}
    page = text(browser.post(f"/sources/{source.id}/form/look", given))
    assert ["Hallo" in page, "Ihr dürft mir Mails" in page or "agree-" not in page] == [True, True]
    assert browser.post(f"/sources/{source.id}/form/look", {"origins": "x"}).status_code == 204


def test_only_who_looks_after_sources_designs_forms(us: Company, source: Source) -> None:
    seller = Client()
    seller.force_login(us.sam)
    assert seller.get(f"/sources/{source.id}/form").status_code == 403
    assert seller.post(f"/sources/{source.id}/form", {"do": "reset"}).status_code == 403
    assert Client().post(f"/sources/{source.id}/form", {"do": "reset"}).status_code == 401
    assert FormVersion.objects.count() == 0


def test_a_form_of_a_website_sends_what_the_form_asks(browser: Client, source: Source) -> None:
    page = text(browser.get(f"/sources/{source.id}"))
    snippet = page.partition('id="snippet-form"')[2].partition(">")[2].partition("</textarea>")[0]
    found = forms(html.unescape(snippet), "")[0]
    assert found.action == "http://testserver/f/contact"
    filled = found.fields | {"email": "petra@pumpen.example", "name": "Petra", "website": ""}
    assert Client().post("/f/contact", filled).status_code == 200
    taken_in()
    assert Lead.objects.get().name == "Petra"
