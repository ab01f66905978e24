"""Rectifying: what is wrong about a person is put right everywhere, and not only from now on.

What somebody is judged by stays as it was known at its time: `leads.state` says it anew. Who
somebody is and how they are reached is corrected in place: the wrong value is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from einig.flow import audit, contact, one_person
from einig.flow.organisation import organisation
from einig.flow.permissions import require
from einig.store.models import ContactDetail, Fact, Lead, User

_NAMES = ("name", "first_name", "last_name", "title")


class Unusable(Exception):
    """Nobody can be reached by what was written."""


def rectify(
    lead: Lead, *, name: str, title: str, details: Mapping[int, str], by: User, at: int
) -> int:
    """Correct who a lead is; a contact detail without a value is removed. Raises Unusable.

    What is wrong of whoever is one person with it is corrected too. Returns how many values that
    were.
    """
    require(by, "edit_lead")
    with transaction.atomic():
        current = Lead.objects.select_for_update().get(id=one_person.now(lead).id)
        done = sum(
            _correct(current, field, value)
            for field, value in (("name", name.strip()[:200]), ("title", title.strip()[:200]))
        )
        for of in contact.of(current).filter(id__in=details):
            done += _correct_detail(of, details[of.id].strip())
        if done:
            audit.record("lead_rectified", current, at=at, by=by, values=done)
    lead.refresh_from_db()
    return done


def _correct(lead: Lead, field: str, value: str) -> int:
    before = getattr(lead, field)
    if before == value or not (value or field == "title"):
        return 0
    everything = one_person.everything(lead)
    ids = [of.id for of in everything if of == lead or getattr(of, field) == before]
    Lead.objects.filter(id__in=ids).update(**{field: value})
    setattr(lead, field, value)
    stated = Fact.objects.filter(identity__lead__in=everything)
    stated.filter(value=before, attribute__in=_NAMES).update(value=value or None)
    if field == "name":  # its parts are parts of what was wrong
        stated.filter(attribute__in=("first_name", "last_name")).delete()
    return 1


def _correct_detail(of: ContactDetail, value: str) -> int:
    if value == of.value:
        return 0
    normal = contact.normalize(of.kind, value, organisation().country) if value else ""
    if normal is None:
        raise Unusable(value)
    stated = Fact.objects.filter(identity__lead=of.lead_id, value__in=[of.value, of.normal])
    stated.update(value=value or None)
    twin = ContactDetail.objects.filter(lead=of.lead_id, kind=of.kind, normal=normal)
    if not value or twin.exclude(id=of.id).exists():
        of.delete()
    else:
        ContactDetail.objects.filter(id=of.id).update(value=value[:254], normal=normal[:254])
    return 1
