"""Intake: whose a message is, and what it says, as events and facts of an identity.

An anonymous history joins the person who becomes known. Two people who are both known are never
merged by a message, whatever it says: only somebody who looks at both does that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q

from einig.flow import audit, companies, consent, contact, lead_ids, one_person, suppression
from einig.flow.messages import Message
from einig.flow.organisation import organisation
from einig.store import quick, rows
from einig.store.models import (
    Campaign,
    ContactDetail,
    Event,
    Fact,
    Identity,
    Lead,
    Link,
    Source,
)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of a message: the lead it is about (None while nobody can be reached)."""

    lead: Lead | None
    at: int  # from when it is known
    event: Event | None
    is_new_lead: bool = False


def take_in(message: Message, *, arrived: int, source: Source | None) -> TakenIn | None:
    """Store what a message says, but for the lead itself: whoever judges it stores it too.

    None if the same message was taken in before.
    """
    if message.activity and rows.has_event(message.event_id):
        return None
    country = organisation().country
    found = list(contact.details(message.attributes, country))
    known, anonymous = _identities(message)
    if suppression.keeps_out(_known_by(message, found), source=source, arrived=arrived):
        return None
    lead = _whose(known, anonymous, found)
    is_new = lead is None and bool(found) and not message.is_contact
    person = None if lead is None else one_person.now(lead)
    if person is not None:
        arrived = max(arrived, person.last_known + 1)
        person.last_known = arrived
    elif is_new:
        lead = _create(message, source, at=arrived)
    _attach([who for who in (known, anonymous) if who is not None], lead, at=arrived)
    if lead is not None:
        contact.add(lead, iter(found), at=arrived)
        held = _known_before(found)
        consent.carry(lead, held)
        consent.hear(lead, message.agreed, source=source, event_id=message.event_id, at=arrived)
        _attach(held, lead, at=arrived)
        _describe(lead, message, found)
        if person is not None and person != lead:  # each says of itself what it was told
            lead.save(update_fields=["name", "title", "company"])
    actor = known or anonymous
    assert actor is not None  # messages say who it was
    facts = dict(message.attributes)
    if is_new:
        facts = _origin(message, source) | facts
    _state(actor, facts, at=arrived)
    return TakenIn(person or lead, arrived, _happen(actor, message, arrived, source), is_new)


def own_identity(lead: Lead) -> Identity:
    """Return the identity under which people of ours say something about a lead."""
    return Identity.objects.get_or_create(key=lead.lead_id, defaults={"lead": lead})[0]


# --- who it was -------------------------------------------------------------------------------


def keys(message: Message) -> list[str]:
    """Return under what somebody acts in a message."""
    return [key for key in (_user(message), _anonymous(message), _previous(message)) if key]


def _user(message: Message) -> str:
    return f"user:{message.user}" if message.user else ""


def _anonymous(message: Message) -> str:
    return f"anon:{message.anonymous}" if message.anonymous else ""


def _previous(message: Message) -> str:
    return f"user:{message.previous}" if message.previous else ""


def _identities(message: Message) -> tuple[Identity | None, Identity | None]:
    """Return under what somebody acts; what nobody acted under before is not stored yet."""
    wanted = keys(message)
    kept = rows.whose(wanted)
    for key in wanted:
        if key not in kept:
            kept[key] = Identity(key=key)
    other = kept.get(_anonymous(message)) or kept.get(_previous(message))
    return kept.get(_user(message)), other


def _known_by(message: Message, found: list[tuple[str, str, str]]) -> Iterator[suppression.Known]:
    """Yield everything by which a message says who it was."""
    yield from ((kind, normal) for kind, _, normal in found)
    if message.user:
        yield "identity", f"user:{message.user}"
    if message.anonymous:
        yield "identity", f"anon:{message.anonymous}"


def _whose(
    known: Identity | None, anonymous: Identity | None, found: list[tuple[str, str, str]]
) -> Lead | None:
    """Return the lead that a message is about: the known person, whatever the browser was before.

    An anonymous identity that is linked to somebody says who it is only while no user id does.
    """
    if known is not None:
        if known.lead is not None:
            return known.lead
        by_contact = _by_contact(found)
        if by_contact is not None:
            return by_contact
        if anonymous is not None and anonymous.lead is not None and not _is_known(anonymous.lead):
            return anonymous.lead
        return None
    assert anonymous is not None
    by_contact = _by_contact(found)
    if anonymous.lead is None:
        return by_contact
    if by_contact is None or by_contact == anonymous.lead:
        return anonymous.lead
    return by_contact if _is_known(anonymous.lead) else anonymous.lead


def _by_contact(found: list[tuple[str, str, str]]) -> Lead | None:
    """Return who has one of these addresses, or else who alone has one of these numbers."""
    kept = ContactDetail.objects.select_related("lead")
    for kind, _, normal in found:
        if kind != ContactDetail.Kind.PHONE:
            detail = kept.filter(kind=kind, normal=normal).order_by("at", "id").first()
            if detail is not None:
                return detail.lead
    numbers = [normal for kind, _, normal in found if kind == ContactDetail.Kind.PHONE]
    has_address = len(numbers) < len(found)
    return next((lead for of in numbers if (lead := _by_number(of, has_address))), None)


def _by_number(number: str, has_address: bool) -> Lead | None:
    """Return who a number belongs to, if that can be said: colleagues share one.

    Somebody with an address of their own is not whoever has another address and the same number.
    """
    found = Lead.objects.filter(
        contact_details__kind=ContactDetail.Kind.PHONE, contact_details__normal=number
    )
    leads = list(found.distinct()[:2])
    if len(leads) != 1:
        return None
    others = leads[0].contact_details.exclude(kind=ContactDetail.Kind.PHONE)
    return None if has_address and others.exists() else leads[0]


def _known_before(found: list[tuple[str, str, str]]) -> list[Identity]:
    """Return who called from these numbers, or was a contact by these addresses, and no more."""
    if not found:
        return []
    keys = [f"anon:{contact.held(kind, normal)}" for kind, _, normal in found]
    return list(Identity.objects.filter(key__in=keys, lead=None))


def _is_known(lead: Lead) -> bool:
    return lead.identities.filter(key__startswith="user:").exists()


def _attach(identities: list[Identity], lead: Lead | None, *, at: int) -> None:
    """Store identities, linked if they are nobody's yet; whose one is already, it stays."""
    links = []
    for identity in identities:
        if lead is not None and identity.lead_id is None:
            identity.lead = lead
            links.append(Link(identity=identity, lead=lead, linked_at=at))
            identity.save()
        elif identity.id is None:
            identity.save()
    if links:
        Link.objects.bulk_create(links)


# --- what it says -----------------------------------------------------------------------------


def _create(message: Message, source: Source | None, *, at: int) -> Lead:
    campaign = None
    if source is not None and (name := message.campaign.get("name", "")[:120]):
        campaign = Campaign.objects.get_or_create(source=source, name=name)[0]
    lead = Lead.objects.create(
        lead_id=lead_ids.new(),
        created_at=at,
        last_known=at,
        source=source,
        campaign=campaign,
        profiled=consent.profiles_by_default(),
    )
    Identity.objects.create(key=lead.lead_id, lead=lead)
    audit.record("lead_created", lead, at=at, by=None, source=source.name if source else None)
    return lead


def _describe(lead: Lead, message: Message, found: list[tuple[str, str, str]]) -> None:
    """Fill in who the lead is; what is known already is not overwritten with less."""
    said = {name.casefold(): value for name, value in message.attributes.items()}
    parts = (said.get("first_name", ""), said.get("last_name", ""))
    name = said.get("name") or " ".join(filter(None, parts))
    if name:
        lead.name = name[:200]
    elif not lead.name and found:
        lead.name = found[0][1][:200]
    lead.title = said.get("title", lead.title)[:200]
    company = said.get("company", "")[:200]
    domains = (contact.domain_of(n) for kind, _, n in found if kind == ContactDetail.Kind.EMAIL)
    domain = next(filter(None, domains), "")
    if (company or domain) and (lead.company is None or company):
        lead.company = companies.find_or_create(company, domain[:200])


def _origin(message: Message, source: Source | None) -> dict[str, str]:
    """Return where a lead came from first, as facts that an agreement can count."""
    origin = {"source": message.campaign.get("source") or (source.name if source else "")}
    origin["campaign"] = message.campaign.get("name", "")
    return {name: value for name, value in origin.items() if value}


def _state(identity: Identity, facts: Mapping[str, str], *, at: int) -> None:
    """Write down what is new: clients say the same at every visit."""
    if not facts:
        return
    mine = Q(identity=identity) if identity.lead is None else _of_person(identity.lead)
    told = Fact.objects.filter(mine, attribute__in=facts).order_by("known_from", "sequence", "id")
    kept = dict(told.values_list("attribute", "value"))
    news = {name: value or None for name, value in facts.items()}
    Fact.objects.bulk_create(
        Fact(identity=identity, attribute=name, value=value, known_from=at, sequence=n)
        for n, (name, value) in enumerate(news.items())
        if name not in kept or kept[name] != value
    )


def _of_person(lead: Lead) -> Q:
    everything = one_person.everything(lead)
    if len(everything) == 1:
        return Q(identity__lead=lead.id)
    return Q(identity__lead__in=everything)


def _happen(
    identity: Identity, message: Message, arrived: int, source: Source | None
) -> Event | None:
    if message.activity is None:
        return None
    return quick.insert(
        Event(
            event_id=message.event_id,
            identity=identity,
            type=message.activity,
            at=min(message.at, arrived),
            known_from=arrived,
            properties=dict(message.properties),
            source=source,
        )
    )
