"""A call, a chat, a lead ad and a form of one person: one lead, whatever comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from einig.store.models import ContactDetail, Event, Identity, Lead
from tests.connectors.delivering import answering, connected, sent, taken_in
from tests.connectors.senders import SENDERS
from tests.live import Company, company
from tests.stories import examples

pytestmark = pytest.mark.django_db
CHANNELS = ("twilio", "chatwoot", "meta_leads", "typeform")
DELIVERIES = [(kind, n) for kind in CHANNELS for n in range(len(SENDERS[kind].bodies))]


@pytest.fixture
def us(settings: Any) -> Company:
    settings.ALLOWED_HOSTS = ["*"]
    return company()


@pytest.fixture(scope="module")
def asked() -> Iterator[str]:
    with answering() as address:
        yield address


@pytest.fixture
def connections(us: Company, asked: str) -> None:
    for kind in CHANNELS:
        connected(SENDERS[kind], asked)


# Each delivery, some of them twice, in any order; and when the worker comes by.
ORDERS = st.permutations([*DELIVERIES, *DELIVERIES[::3]])
PAUSES = st.sets(st.integers(0, len(DELIVERIES) + len(DELIVERIES[::3])))


@pytest.mark.usefixtures("connections")
@examples(60)
@given(ORDERS, PAUSES)
def test_whatever_comes_first_it_is_one_lead_with_one_timeline(
    order: list[tuple[str, int]], pauses: set[int]
) -> None:
    assert told(order, pauses) == EXPECTED


@pytest.mark.prove
@pytest.mark.usefixtures("connections")
@examples(2000)
@given(ORDERS, PAUSES)
def test_whatever_comes_first_it_is_one_lead_in_thousands_of_orders(
    order: list[tuple[str, int]], pauses: set[int]
) -> None:
    assert told(order, pauses) == EXPECTED


@pytest.mark.usefixtures("connections")
@pytest.mark.parametrize("first", CHANNELS)
@pytest.mark.parametrize("late", [False, True], ids=["at once", "each twice, all late"])
def test_in_each_order_of_the_four_ways_it_is_one_lead(first: str, late: bool) -> None:
    """Whichever way comes first: taken in at once, or each twice and all of it late."""
    for order in permutations(CHANNELS):
        if order[0] != first:
            continue
        sent_so = [of for kind in order for of in DELIVERIES if of[0] == kind]
        twice = [*sent_so, *reversed(sent_so)] if late else sent_so
        pauses = {len(twice) - 2} if late else set(range(len(twice)))
        assert told(twice, pauses) == EXPECTED, order


EXPECTED = {
    "leads": 1,
    "timeline": Counter(
        {
            ("call_answered", 1772442005000000): 1,
            ("chat_started", 1772441880000000): 1,
            ("chat_message_sent", 1772441910000000): 1,
            ("lead_ad_submitted", 1772441985000000): 1,
            ("form_submitted", 1772441980000000): 1,
        }
    ),
    "reached_by": [("email", "joerg.mueller@pumpen.example"), ("phone", "+4989123456")],
    "of_nobody": 0,
}


def told(order: list[tuple[str, int]], pauses: set[int]) -> dict[str, Any]:
    """Let everything arrive in this order; return what is known in the end."""
    with transaction.atomic():
        for n, (kind, which) in enumerate(order):
            assert sent(SENDERS[kind], SENDERS[kind].bodies[which]) == 200
            if n in pauses:
                taken_in()
        taken_in()
        known = {
            "leads": Lead.objects.count(),
            "timeline": Counter(
                Event.objects.filter(identity__lead__isnull=False).values_list("type", "at")
            ),
            "reached_by": list(
                ContactDetail.objects.order_by("kind").values_list("kind", "normal")
            ),
            "of_nobody": Identity.objects.filter(lead=None).count(),
        }
        transaction.set_rollback(True)
    return known
