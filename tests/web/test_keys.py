"""A key is shown once, to whoever made it, and never as if it worked when it does not."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from einig.flow import keys
from einig.store.models import ApiKey, PersonalKey, Source, User
from tests.live import company
from tests.web.forms import forms

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("of", [PersonalKey, ApiKey])
def test_a_form_that_is_sent_again_shows_no_key_that_was_revoked(
    of: type[PersonalKey] | type[ApiKey],
) -> None:
    us = company()
    User.objects.update(language="en")
    browser = Client()
    browser.force_login(us.mia)
    source = Source.objects.get()
    Source.objects.update(kind="api")
    place = "/keys" if of is PersonalKey else f"/sources/{source.id}"
    slip = next(f.fields["slip"] for f in forms(browser.get(place).content.decode(), place))
    asked = {"do": "make", "name": "laptop", "slip": slip}
    if of is ApiKey:
        asked = {"do": "key", "slip": slip}
    answers = [browser.post(place, asked), browser.post(place, asked)]
    shown = [re.findall(r"einig_[\w-]{20,}", answer.content.decode()) for answer in answers]
    assert (shown[0], len(set(shown[0]))) == (shown[1], 1)
    assert ["no-store" in answer["Cache-Control"] for answer in answers] == [True, True]
    browser.post(place, {"do": "revoke", "key": of.objects.get().id})
    page = browser.post(place, asked).content.decode()
    assert shown[0][0] not in page
    assert "This key was revoked meanwhile; make a new one." in page
    assert keys.whose(shown[0][0]) is None
