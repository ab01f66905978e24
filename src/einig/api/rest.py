"""The REST API: leads in, leads out, outcomes in; described at /api/openapi.json."""

from __future__ import annotations

import hashlib
import time
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Query, Router, Schema, Status
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import AfterValidator

from einig.api.agreements import router as agreements
from einig.engine.instants import instant, iso
from einig.engine.values import legible
from einig.flow import capture, journey, one_person, outcomes
from einig.flow.permissions import NotAllowed
from einig.store.models import ApiKey, Lead, Outcome, Received

_PAGE = 100
Text = Annotated[str, AfterValidator(lambda text: legible(text).strip())]


class Key(HttpBearer):
    """A key that may do what its scopes say: `read`, `capture`, `outcomes`."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """Return the key, unless it is unknown or was revoked."""
        hashed = hashlib.sha256(token.encode()).hexdigest()
        found = ApiKey.objects.select_related("source").filter(key_hash=hashed, revoked_at=None)
        return found.first()


class NewLead(Schema):
    """Somebody who left contact details, and what they did."""

    attributes: dict[str, str] = Field(
        description="What is known: email or phone, and what the agreement asks for."
    )
    activity: Text | None = Field(None, max_length=200, description="What they did, if anything.")
    properties: dict[str, str] = Field(default_factory=dict)
    campaign: Text | None = Field(None, max_length=120)
    message_id: Text | None = Field(
        None, max_length=180, description="Sent again, the same id counts once."
    )


class Taken(Schema):
    """What became of it; `lead` is null while nobody can be reached."""

    lead: str | None


class LeadOut(Schema):
    """A lead, and what the agreement in force thinks of it."""

    lead: str
    name: str
    company: str | None
    stage: str
    source: str | None
    created_at: str
    fit: int
    engagement: int
    intent: bool
    sales_ready: bool
    version: int | None
    owner: str | None


class NewOutcome(Schema):
    """How it ended."""

    outcome: Literal["won", "lost"]
    revenue: Decimal | None = Field(None, ge=0, max_digits=12, decimal_places=2)
    reason: Text = Field("", max_length=200)
    at: datetime | None = Field(None, description="With a time zone; now if it is missing.")


class Done(Schema):
    """It is kept."""

    ok: bool = True


router = Router()


@router.post("/leads", response={202: Taken}, summary="Capture a lead")
def capture_lead(request: HttpRequest, said: NewLead) -> Status[Taken]:
    """Keep what a system has to say about somebody, and take it in."""
    key = _key(request, "capture")
    at = _now()
    told = capture.somebody(
        attributes=said.attributes,
        activity=said.activity,
        properties=said.properties,
        campaign={"name": said.campaign} if said.campaign else {},
        message_id=f"api-{said.message_id}" if said.message_id else None,
        at=at,
    )
    capture.receive(told, source=key.source, at=at)
    journey.catch_up()
    visitor = told[0]["anonymousId"]
    lead = Lead.objects.filter(identities__key=f"anon:{visitor}").first()
    return Status(202, Taken(lead=lead.lead_id if lead else None))


@router.get("/leads", response=list[LeadOut], summary="List leads")
def list_leads(
    request: HttpRequest,
    stage: str | None = None,
    sales_ready: bool | None = None,
    page: int = Query(1, ge=1, le=100_000),  # type: ignore[type-arg]  # ninja reads it at run time
) -> list[LeadOut]:
    """Return leads, newest first, a hundred a page."""
    _key(request, "read")
    found = Lead.objects.whole().select_related("company", "source", "owner", "version")
    if stage is not None:
        found = found.filter(stage=stage)
    if sales_ready is not None:
        found = found.filter(sales_ready=sales_ready)
    first = (page - 1) * _PAGE
    return [_out(lead) for lead in found.order_by("-created_at", "-id")[first : first + _PAGE]]


@router.get("/leads/{lead_id}", response=LeadOut, summary="Read a lead")
def read_lead(request: HttpRequest, lead_id: str) -> LeadOut:
    """Return one lead."""
    _key(request, "read")
    return _out(_lead(lead_id))


@router.post("/leads/{lead_id}/outcome", response=Done, summary="Say how it ended")
def say_outcome(request: HttpRequest, lead_id: str, said: NewOutcome) -> Done:
    """Keep an outcome that another system knows of; the same one twice counts once."""
    _key(request, "outcomes")
    lead, at = _lead(lead_id), _now()
    if said.at is not None:
        if said.at.tzinfo is None:
            raise HttpError(422, "at needs a time zone, like 2026-11-24T08:15:00Z")
        at = min(at, instant(said.at))
        if at < 0:
            raise HttpError(422, "at is before 1970")
    won = said.outcome == "won"
    if Outcome.objects.filter(lead=lead, won=won, at=at).exists():
        return Done()
    if won:
        outcomes.win(lead, by=None, at=at, revenue=said.revenue or Decimal(0))
    else:
        outcomes.lose(lead, by=None, at=at, reason=said.reason)
    return Done()


def _lead(lead_id: str) -> Lead:
    found = Lead.objects.select_related("company", "source", "owner", "version")
    lead = found.filter(lead_id=lead_id).first()
    if lead is None:
        raise HttpError(404, "there is no such lead")
    return one_person.now(lead)


def _key(request: HttpRequest, scope: str) -> ApiKey:
    key: ApiKey = request.auth  # type: ignore[attr-defined]  # set by Key
    if scope not in key.scopes:
        raise HttpError(403, f"this key may not do that; it needs the scope {scope}")
    return key


def _out(lead: Lead) -> LeadOut:
    return LeadOut(
        lead=lead.lead_id,
        name=lead.name,
        company=lead.company.name if lead.company else None,
        stage=lead.stage,
        source=lead.source.name if lead.source else None,
        created_at=iso(lead.created_at) or "",
        fit=lead.fit,
        engagement=lead.engagement,
        intent=lead.intent,
        sales_ready=lead.sales_ready,
        version=lead.version.number if lead.version else None,
        owner=lead.owner.email if lead.owner else None,
    )


def _now() -> int:
    return time.time_ns() // 1000


api = NinjaAPI(title="Einig", version="1", auth=Key(), docs_url=None, urls_namespace="api")
api.add_router("", router)
api.add_router("/agreements", agreements)


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say which field cannot be used, and why."""
    told = [{"loc": of["loc"], "msg": of["msg"], "type": of["type"]} for of in error.errors]
    why = "; ".join(f"{'.'.join(map(str, of['loc'][2:]))}: {of['msg']}" for of in told)
    kept = _keep(request, f"the REST API cannot use this: {why}")
    return api.create_response(request, {"detail": told, "kept": kept}, status=422)


@api.exception_handler(NotAllowed)
def not_allowed(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    """Say that this person's role does not allow it."""
    told = {"detail": f"this key's person may not do that ({error})"}
    return api.create_response(request, told, status=403)


@api.exception_handler(HttpError)
def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Say in a sentence why not."""
    kept = error.status_code == 400 and _keep(request, "the REST API cannot use this: not JSON")
    told = {"detail": str(error)} | ({"kept": True} if kept else {})
    return api.create_response(request, told, status=error.status_code)


def _keep(request: HttpRequest, reason: str) -> bool:
    """Keep a lead that cannot be used, so that it can be mended; return whether it is one."""
    key = getattr(request, "auth", None)
    if not isinstance(key, ApiKey) or "capture" not in key.scopes:
        return False
    if request.method != "POST" or request.path.rstrip("/") != "/api/leads":
        return False
    body = legible(request.body.decode("utf-8", "backslashreplace"))
    Received.objects.create(source=key.source, body=body, at=_now(), reason=reason[:300])
    return True
