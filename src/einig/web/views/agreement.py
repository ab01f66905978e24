"""The agreement: read like a contract, compared, drafted, tested on the past, signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.engine.agreement import loads
from einig.engine.document import Refused
from einig.flow import agreements, passwords, signatures, threads
from einig.flow.organisation import organisation
from einig.flow.permissions import may, require
from einig.store.models import Signature, User, Version
from einig.web.clock import now, who
from einig.web.contract import contract
from einig.web.differences import sentences
from einig.web.discussed import by_clause
from einig.web.issue_words import told
from einig.web.people_forms import SignForm
from einig.web.views.enacting import effect_of
from einig.web.views.moved import figures
from einig.web.views.watch import watched

_ASKED = 20


def current(request: HttpRequest) -> HttpResponse:
    """Show the version in force, or how to get to a first one."""
    version = agreements.current(now()) or Version.objects.order_by("-number").first()
    if version is None:
        return render(request, "web/agreement_none.html")
    return one(request, version.number)


def one(request: HttpRequest, number: int, *, form: SignForm | None = None) -> HttpResponse:
    """Show a version as a contract, with who signed it; what was wrong in signing stands there."""
    me, at = who(request), now()
    require(me, "see_agreement")
    version = get_object_or_404(Version, number=number)
    state, asked = agreements.state(version, at), _with(request)
    before = _before(version) if asked is None else asked
    agreement = loads(agreements.text(version)).agreement
    signed = signatures.valid(version)
    signs = may(me, "sign_agreement") and state == "proposed"
    is_mine = any(of.by_id == me.id for of in signed.values())
    # what is to be decided shows its changes at once; what is in force reads as it is
    usual = "yes" if asked or state in {"draft", "proposed"} else "no"
    marked = request.GET.get("marks", usual) == "yes"
    old = loads(agreements.text(before)).agreement if before and marked else None
    parts = contract(agreement, old)
    context = {
        "version": version,
        "parts": parts,
        "marked": marked,
        "changes": sentences(old, agreement) if old else None,
        "until": _until(version, at),
        "name": agreement.name,
        "signatures": signed,
        "versions": Version.objects.order_by("-number"),
        "in_force": agreements.current(at),
        "state": state,
        "before": before,
        "can_sign": signs and me.side not in signed and not is_mine,
        "signed_other": signs and me.side not in signed and is_mine,
        "can_sign_anew": signs and bool(signed),
        "sign": form or SignForm(initial=_to_sign(version, signed)),
        "zone": organisation().zone,
        "talks": by_clause(agreement, parts, threads.of(version), request.GET.get("about", "")),
        "people": [(threads.called(user), user) for user in threads.people() if user != me],
        "longest": threads.LONGEST,
        "asked": threads.asked(me)[:_ASKED],
        "watch": watched(version) if state in {"in_force", "past"} else None,
        **effect_of(version, me=me, at=at),
    }
    at_once = request.GET.get("figures") == "yes"  # a script asks for them later
    context |= figures(version, me) if at_once else {"figures": {}}
    status = 422 if form is not None else 200
    return render(request, "web/agreement.html", context, status=status)


@require_POST
def propose(request: HttpRequest, number: int) -> HttpResponse:
    """Put a draft before both sides."""
    return _step(request, number, agreements.propose, _("Proposed; both sides can sign now."))


@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take a draft or proposal back."""
    return _step(request, number, agreements.withdraw, _("Withdrawn."))


@require_POST
def propose_again(request: HttpRequest, number: int) -> HttpResponse:
    """Put what was in force before to both sides once more."""
    version = get_object_or_404(Version, number=number)
    try:
        made = agreements.propose_again(version, by=who(request), at=now())
    except agreements.NotNow:
        messages.error(request, _("This is not possible any more; nothing was changed."))
        return redirect("version", number)
    messages.success(request, _("Proposed; both sides can sign now."))
    return redirect("version", made.number)


@require_POST
def sign_anew(request: HttpRequest, number: int) -> HttpResponse:
    """Take the signature back, so that another moment can be chosen."""
    said = _("The signature counts no more; choose another moment.")
    return _step(request, number, agreements.sign_anew, said)


@require_POST
def sign(request: HttpRequest, number: int) -> HttpResponse:
    """Sign for one's side, with the password typed again."""
    me = who(request)
    require(me, "sign_agreement")
    version = get_object_or_404(Version, number=number)
    form = SignForm(request.POST)
    try:
        both = form.is_valid() and _sign(version, form, by=me)
    except agreements.NotNow:
        messages.error(request, _("This version cannot be signed now."))
    except agreements.Changed:
        messages.error(
            request, _("It was changed while you read it; nothing was signed. Look at it again.")
        )
    except agreements.OnePerson:
        messages.error(request, for_the_other_side())
    except Refused as refused:
        said = _("This version cannot be signed: %(why)s")
        messages.error(request, said % {"why": _why(refused)})
    else:
        if form.errors:
            return one(request, number, form=form)
        said = _("Signed by both.") if both else _("Signed for your side.")
        messages.success(request, said)
    return redirect("version", number)


def yaml(request: HttpRequest, number: int) -> HttpResponse:
    """Return a version as the file that it is."""
    require(who(request), "see_agreement")
    version = get_object_or_404(Version, number=number)
    response = HttpResponse(
        agreements.text(version), content_type="application/yaml; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="agreement-{number}.yaml"'
    return response


def _sign(version: Version, form: SignForm, *, by: User) -> bool:
    """Sign what the form says; what is wrong with it is said in the form."""
    given = form.cleaned_data
    try:
        passwords.confirm(by, given["password"], at=now())
        moment = form.in_force_from()
        return agreements.sign(version, by=by, at=now(), in_force_from=moment, seen=given["seen"])
    except passwords.WrongPassword:
        form.add_error("password", _("This is not your password; nothing was signed."))
    except passwords.TooManyTries:
        form.add_error(
            "password", _("Too many wrong passwords; nothing was signed. Try again in 15 minutes.")
        )
    except agreements.InThePast:
        form.add_error(
            "moment", _("This moment has passed; nothing was signed. Choose a later one.")
        )
    return False


def _to_sign(version: Version, signed: Mapping[str, Signature]) -> dict[str, str]:
    """Return what a sign form begins with: the content that is seen, and the agreed moment."""
    agreed = str(version.begins_at or SignForm.AT_ONCE) if signed else ""
    return {"seen": version.content_hash, "agreed": agreed, "moment": SignForm.AT_ONCE}


def _step(request: HttpRequest, number: int, step: Any, said: str) -> HttpResponse:
    version = get_object_or_404(Version, number=number)
    try:
        step(version, by=who(request), at=now())
    except agreements.NotNow:
        messages.error(request, _("This is not possible any more; nothing was changed."))
    except Refused as refused:
        said = _("This draft cannot be proposed: %(why)s")
        messages.error(request, said % {"why": _why(refused)})
    else:
        messages.success(request, said)
    return redirect("version", number)


def for_the_other_side() -> str:
    """Return why whoever signed for one side does not sign for the other."""
    return _("You signed for the other side already, so somebody else has to sign for this one.")


def _why(refused: Refused) -> str:
    return " ".join(map(told, refused.issues))


def _before(version: Version) -> Version | None:
    """Return the version that this one would replace, or replaced."""
    earlier = Version.objects.filter(in_force_from__isnull=False).exclude(id=version.id)
    if version.in_force_from is not None:
        earlier = earlier.filter(in_force_from__lt=version.in_force_from)
    return earlier.order_by("-in_force_from").first()


def _with(request: HttpRequest) -> Version | None:
    """Return the version with which this one is to be compared."""
    number = request.GET.get("with", "")
    if not number.isdecimal() or len(number) > 8:
        return None
    return Version.objects.filter(number=int(number)).first()


def _until(version: Version, at: int) -> int | None:
    """Return when the next version came into force after this one, if it did."""
    if version.in_force_from is None:
        return None
    later = Version.objects.filter(in_force_from__gt=version.in_force_from, in_force_from__lte=at)
    return later.order_by("in_force_from").values_list("in_force_from", flat=True).first()
