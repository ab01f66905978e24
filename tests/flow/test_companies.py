"""People of one company are of one company, however its name and their addresses are written."""

from __future__ import annotations

import pytest

from einig.engine.instants import HOUR
from einig.flow import contact
from einig.store.models import Company as Firm
from einig.store.models import Lead
from tests.flow.importing import bring_in
from tests.live import NOW, Company, company, identify, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def us() -> Company:
    return company()


def firms(us: Company, *people: tuple[str, str]) -> list[str]:
    """Let people come, each with a mail and the name of a company; return which each is of."""
    for n, (mail, name) in enumerate(people):
        said = identify(f"u{n}", email=mail, **({"company": name} if name else {}))
        say([said], of=us.website, at=NOW + n * HOUR)
    of = [lead.company for lead in Lead.objects.select_related("company").order_by("id")]
    return [firm.name if firm is not None else "" for firm in of]


@pytest.mark.parametrize(
    ("mail", "domain"),
    [
        ("ada@firma.de", "firma.de"),
        ("ada@mail.firma.de", "firma.de"),
        ("ada@vertrieb.firma.co.uk", "firma.co.uk"),
        ("ada@Firma.DE", "firma.de"),
        ("ada@web.de", None),
        ("ada@gmail.com", None),
        ("ada@mailbox.org", None),
        ("ada@localhost", None),
        ("ada", None),
    ],
)
def test_the_domain_of_a_company_is_what_it_registered_and_freemail_is_none(
    mail: str, domain: str | None
) -> None:
    assert contact.domain_of(mail) == domain


def test_a_company_is_one_by_its_domain_whatever_it_is_called(us: Company) -> None:
    assert firms(
        us, ("ada@firma.example", "Müller GmbH"), ("ben@mail.firma.example", "Mueller Pumpen")
    ) == ["Müller GmbH", "Müller GmbH"]


def test_a_company_is_one_by_its_name_however_it_is_written(us: Company) -> None:
    assert (
        firms(
            us,
            ("ada@web.de", "Müller GmbH & Co. KG"),
            ("ben@gmx.de", "Mueller GmbH und Co KG"),
            ("cem@mueller.example", "MÜLLER"),
        )
        == ["Müller GmbH & Co. KG"] * 3
    )


def test_the_same_name_in_another_legal_form_and_at_another_domain_is_another_company(
    us: Company,
) -> None:
    assert firms(
        us,
        ("ada@mueller-ulm.example", "Müller GmbH"),
        ("ben@mueller-bonn.example", "Müller AG"),
        ("cem@mueller-sa.example", "Müller GmbH"),
    ) == ["Müller GmbH", "Müller AG", "Müller GmbH"]
    assert Firm.objects.count() == 2


def test_two_people_of_a_mail_provider_are_of_no_company(us: Company) -> None:
    assert firms(us, ("ada@web.de", ""), ("ben@web.de", "")) == ["", ""]
    assert Firm.objects.count() == 0


def test_a_file_finds_companies_as_a_form_does(us: Company) -> None:
    firms(us, ("ada@web.de", "Müller GmbH & Co. KG"))
    rows = (
        "E-Mail;Firma\nben@gmx.de;Mueller GmbH und Co KG\ncem@gmx.de;Strauß AG\ndan@gmx.de;Strauss"
    )
    bring_in(f"{rows}\n", by=us.mia, at=NOW + 2 * HOUR)
    found = Lead.objects.order_by("id").values_list("company__name", flat=True)
    assert list(found) == ["Müller GmbH & Co. KG"] * 2 + ["Strauß AG"] * 2
