"""Lists of leads: everyone, those of a view, of a source, or of a search."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from einig.store.models import Consent, Lead, Stage

_MAILS = Consent.objects.open().filter(purpose="mail")
VIEWS: dict[str, tuple[Any, Any]] = {
    "": (gettext_lazy("Everyone"), Q()),
    "sales_ready": (gettext_lazy("Sales-ready"), Q(sales_ready=True)),
    "with_sales": (gettext_lazy("With sales"), Q(handoffs__closed_at=None, handoffs__kind="sales")),
    "nurture": (gettext_lazy("In nurture"), Q(stage=Stage.NURTURE)),
    "came_back": (gettext_lazy("Came back"), Q(handoffs__closing="returned")),
    "customers": (gettext_lazy("Customers"), Q(stage=Stage.CUSTOMER)),
    "by_hand": (gettext_lazy("Worked by hand"), Q(profiled=False)),
    "no_consent": (
        gettext_lazy("Without consent to mails"),
        ~Exists(_MAILS.filter(lead=OuterRef("id")))
        & ~Exists(_MAILS.filter(lead__part_of=OuterRef("id"))),
    ),
}
SORTS = {"newest": "-created_at", "score": "-fit", "name": "name"}


def found(request: HttpRequest) -> QuerySet[Lead]:
    """Return the leads that are asked for; who is part of another is found as that other."""
    view, text = request.GET.get("view", ""), request.GET.get("q", "").strip()
    leads = Lead.objects.whole()
    leads = leads.filter(VIEWS[view][1]) if view in VIEWS else leads
    if view in {"with_sales", "came_back"}:
        leads = leads.distinct()
    if text:
        by_detail = Q(contact_details__normal__startswith=text.casefold())
        by_name = Q(name__icontains=text) | Q(company__name__icontains=text) | Q(lead_id=text)
        parts = Lead.objects.filter(by_name | by_detail, part_of__isnull=False).values("part_of")
        leads = leads.filter(by_name | by_detail | Q(id__in=parts)).distinct()
    source = request.GET.get("source", "")
    if source.isdecimal() and len(source) < 19:  # what is longer is no row's number
        leads = leads.filter(source_id=int(source))
    return leads.order_by(SORTS.get(request.GET.get("sort", ""), "-created_at"), "-id")
