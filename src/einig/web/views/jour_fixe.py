"""The Jour fixe: thirty minutes on one screen, approved by both at the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from einig.engine.agreement import loads
from einig.engine.document import Refused
from einig.flow import agreements, beginnings, disputed, jour_fixe, passwords, signatures
from einig.flow.permissions import may, require
from einig.store.models import JourFixe, Role, Side, User, Version
from einig.web.changed import changed
from einig.web.clock import now, who
from einig.web.typed import id_of
from einig.web.views.agreement import for_the_other_side
from einig.web.voices import heard

_ROLES = {Side.MARKETING: Role.MARKETING_LEAD, Side.SALES: Role.SALES_LEAD}
_PAST = 50


@dataclass(slots=True)
class Sent:
    """What was sent, and what is wrong with it: by field what stands there, by side why not.

    `texts` is what was typed anew, `seen` the name of what stood there for whoever typed it.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    seen: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    lost: bool = False  # it was over before this came


def index(request: HttpRequest) -> HttpResponse:
    """Show what was promised at which Jour fixe, and begin the next one."""
    me = who(request)
    require(me, "see_agreement")
    past = list(jour_fixe.ended()[:_PAST])
    held = jour_fixe.running()
    fresh = disputed.draw(but=disputed.on_tables(jour_fixe.ended())) if held is None else []
    context = {
        "running": held,
        "holds": may(me, "hold_jour_fixe"),
        "past": [(one, jour_fixe.promised(one), set(one.approved) == set(Side.values))
                 for one in past],
        "waiting": len(fresh),
    }  # fmt: skip
    return render(request, "web/jour_fixes.html", context)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Sit down at a table."""
    return redirect("jour_fixe", jour_fixe.start(by=who(request), at=now()).id)


def one(request: HttpRequest, number: int) -> HttpResponse:
    """Show a table, and keep what is written on it."""
    me = who(request)
    require(me, "see_agreement")
    meeting = get_object_or_404(JourFixe.objects.select_related("change"), id=number)
    if request.method != "POST":
        return _shown(request, meeting, Sent())
    require(me, "hold_jour_fixe")
    try:
        return _kept(request, meeting)
    except jour_fixe.Over:
        meeting.refresh_from_db()
        return _shown(request, meeting, Sent(_texts(request), lost=True))


def change(request: HttpRequest, number: int) -> HttpResponse:
    """Show a change with its replay, as soon as it is chosen."""
    require(who(request), "see_agreement")
    meeting = get_object_or_404(JourFixe, id=number)
    asked = request.GET.get(jour_fixe.CHANGE, "")
    found = next((of for of in jour_fixe.changes() if str(of.number) == asked), None)
    context = {"meeting": meeting, "may_write": True} | _change(found)
    return render(request, "web/parts/table_change.html", context)


@require_POST
def leave(request: HttpRequest, number: int) -> HttpResponse:
    """End it without both sides' yes."""
    meeting = get_object_or_404(JourFixe, id=number)
    try:
        jour_fixe.leave(meeting, by=who(request), at=now())
    except jour_fixe.Over:
        messages.error(request, _("This is not possible any more; nothing was changed."))
    return redirect("jour_fixe", number)


@require_POST
def send_again(request: HttpRequest, number: int) -> HttpResponse:
    """Send the minutes once more."""
    meeting = get_object_or_404(JourFixe, id=number)
    told = jour_fixe.send_again(meeting, by=who(request), at=now())
    said = ngettext("The minutes go to %(n)s person.", "The minutes go to %(n)s people.", told)
    messages.success(
        request, said % {"n": told} if told else _("They were sent again within the last hour.")
    )
    return redirect("jour_fixe", number)


# --- keeping ----------------------------------------------------------------------------------


def _kept(request: HttpRequest, meeting: JourFixe) -> HttpResponse:
    """Keep what was written; then do what was asked for. Raises jour_fixe.Over."""
    me, at, texts = who(request), now(), _texts(request)
    seen = {name: request.POST.get(f"seen-{name}", "") for name in texts}
    written = {name: jour_fixe.Written(text, seen[name]) for name, text in texts.items()}
    anew = {name: of.text for name, of in written.items() if of.is_new}
    try:
        theirs = jour_fixe.write(meeting, written, by=me, at=at)
    except jour_fixe.TooLong:
        wrong = _("At most %(n)s characters in a field; nothing was kept.") % {
            "n": jour_fixe.LONGEST
        }
        return _shown(request, meeting, Sent(anew, seen, errors={"": wrong}))
    if theirs:
        meeting.refresh_from_db()
        return _shown(request, meeting, Sent(anew, theirs=theirs))
    _looked_at(request, meeting, by=me, at=at)
    do = request.POST.get("do", "")
    if do == "start":
        return _started(request, meeting, by=me, at=at)
    if do == "approve":
        errors = _approved(request, meeting, texts, at=at)
        if errors:
            meeting.refresh_from_db()
            return _shown(request, meeting, Sent(errors=errors))
    else:
        messages.success(request, _("Kept."))
    return redirect("jour_fixe", meeting.id)


def _texts(request: HttpRequest) -> dict[str, str]:
    names = (jour_fixe.CHANGE, *jour_fixe.FIELDS)
    return {name: request.POST[name] for name in names if name in request.POST}


def _looked_at(request: HttpRequest, meeting: JourFixe, *, by: User, at: int) -> None:
    """Keep which of the last promises were kept, where somebody said so just now."""
    last = jour_fixe.before(meeting)
    if last is None:
        return
    for side, lines in jour_fixe.promised(last).items():
        for n in range(len(lines)):
            said = request.POST.get(f"kept-{side}-{n}", "")
            if said in {"yes", "no"} and said != request.POST.get(f"was-{side}-{n}", ""):
                jour_fixe.keep(last, side, n, said == "yes", by=by, at=at)


def _started(request: HttpRequest, meeting: JourFixe, *, by: User, at: int) -> HttpResponse:
    """Begin a draft from the version in force, and put it on the table."""
    base = agreements.current(at)
    text = beginnings.text_of("in_force", at=at)
    made = agreements.draft(text, by=by, at=at, begun_from="in_force", base=base)
    before = jour_fixe.name_of(jour_fixe.value(meeting, jour_fixe.CHANGE))
    written = {jour_fixe.CHANGE: jour_fixe.Written(str(made.number), before)}
    if jour_fixe.write(meeting, written, by=by, at=at):
        messages.error(request, _("Somebody else put another change on the table meanwhile."))
    return redirect("version_edit", made.number)


def _approved(
    request: HttpRequest, meeting: JourFixe, texts: Mapping[str, str], *, at: int
) -> dict[str, str]:
    """Say yes for each side whose password was typed; return by side why one could not."""
    typed = [side for side in Side if request.POST.get(f"password-{side}")]
    if not typed:
        return {"": _("Type your password to approve; what you wrote is kept.")}
    content = request.POST.get("content", "")
    seen = jour_fixe.table_of(texts, content)
    for side in typed:
        if wrong := _yes(request, meeting, side, seen=seen, content=content, at=at):
            return {side: wrong}
    if meeting.ended_at is not None:
        said = _("Approved by both. The minutes are on their way to both teams.")
        messages.success(request, said)
    else:
        messages.success(request, _("Approved for one side."))
    return {}


def _yes(
    request: HttpRequest, meeting: JourFixe, side: Side, *, seen: str, content: str, at: int
) -> str:
    """Say yes for one side, with that person's own password; return why that could not be."""
    people = User.objects.filter(is_active=True, role=_ROLES[side])
    person = people.filter(id=id_of(request, f"person-{side}")).first()
    if person is None:
        return _("Choose who you are.")
    signs = request.POST.get(f"sign-{side}") == "yes"
    signed: dict[str, Any] = {"content": content, "begins_at": _agreed(request)} if signs else {}
    try:
        password = request.POST[f"password-{side}"]
        passwords.confirm(person, password, at=at, signed_in=who(request))
        jour_fixe.approve(meeting, by=person, at=at, seen=seen, **signed)
    except passwords.WrongPassword:
        return _("This is not your password; nothing was approved.")
    except passwords.TooManyTries:
        return _("Too many wrong passwords; nothing was approved. Try again in 15 minutes.")
    except (jour_fixe.Changed, agreements.Changed):
        return _("Something on the table was changed meanwhile; look at it again.")
    except agreements.OnePerson:
        return for_the_other_side()
    except (agreements.NotNow, agreements.InThePast, Refused):
        return _("This version cannot be signed now; nothing was approved.")
    return ""


def _agreed(request: HttpRequest) -> int | None:
    """Return the moment that whoever signs saw; None for as soon as both have signed."""
    given = request.POST.get("agreed", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else None


# --- showing ----------------------------------------------------------------------------------


def _shown(request: HttpRequest, meeting: JourFixe, sent: Sent) -> HttpResponse:
    me = who(request)
    may_write = meeting.ended_at is None and may(me, "hold_jour_fixe")
    given = jour_fixe.approved(meeting)
    last = jour_fixe.before(meeting)
    context: dict[str, Any] = {
        "meeting": meeting,
        "leads": [heard(of) for of in disputed.read(meeting.leads)],
        "fields": _fields(meeting, sent),
        "last": last,
        "last_promised": jour_fixe.promised(last) if last is not None else {},
        "promised": jour_fixe.promised(meeting),
        "approved": given,
        "both": set(given) == set(Side.values),
        "taken_back": [of["name"] for side, of in meeting.approved.items() if side not in given],
        "may_write": may_write,
        "holds": may(me, "hold_jour_fixe"),
        "sides": _sides(given, sent, meeting.change) if may_write else [],
        "sent": sent,
        "gone": (now() - meeting.at) // 1_000_000,
        "lasts": jour_fixe.LASTS * 60,
        "longest": jour_fixe.LONGEST,
        "agreed": jour_fixe.agreed_moment(meeting.change),
        "clash": sent.theirs.get(jour_fixe.CHANGE),
    } | _change(meeting.change)
    status = 409 if sent.theirs or sent.lost else 422 if sent.errors else 200
    return render(request, "web/jour_fixe.html", context, status=status)


def _fields(meeting: JourFixe, sent: Sent) -> dict[str, dict[str, str | None]]:
    """Return each field: what is in it, the name of what stands there, and theirs in a clash."""
    stands = {n: jour_fixe.value(meeting, n) for n in (jour_fixe.CHANGE, *jour_fixe.FIELDS)}
    return {
        name: {
            "text": sent.texts.get(name, text),
            "seen": sent.seen.get(name) or jour_fixe.name_of(text),
            "theirs": sent.theirs.get(name),
        }
        for name, text in stands.items()
    }


def _change(of: Version | None) -> dict[str, Any]:
    """Return a change in the words of the contract, and what else could be on the table."""
    context: dict[str, Any] = {"change": of, "changes": jour_fixe.changes()}
    if of is None:
        return context
    at = now()
    current = agreements.current(at)
    before = loads(agreements.text(current)).agreement if current else None
    state = agreements.state(of, at)
    return context | {
        "state": state,
        "clauses": changed(loads(agreements.text(of)).agreement, before),
        "before": current,
    }


def _sides(given: Mapping[str, object], sent: Sent, of: Version | None) -> list[dict[str, Any]]:
    """Return the two places at the table: who can sit there, and what they can sign."""
    proposed = of is not None and of.proposed_at is not None
    signed = signatures.valid(of) if of is not None and proposed else {}
    return [
        {
            "side": side,
            "people": User.objects.filter(is_active=True, role=role).order_by("name"),
            "approved": given.get(side),
            "signs": proposed and side not in signed,
            "error": sent.errors.get(side, ""),
        }
        for side, role in _ROLES.items()
    ]
