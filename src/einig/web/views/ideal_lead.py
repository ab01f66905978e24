"""The ideal lead: what leads that closed have in common, how sure that is, and a draft of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from einig.engine.learning import leak_words
from einig.flow import ideal_lead, words
from einig.flow.permissions import may, require
from einig.store.models import Study
from einig.web.clock import now, who
from einig.web.export import csv_of, wanted
from einig.web.forms import StudyForm
from einig.web.labels import ROW_LABELS

_FIRM = ("industry", "branche", "employees", "mitarbeiter", "company_size", "revenue", "umsatz")
_PERSON = ("title", "job title", "function", "funktion", "seniority", "position", "role", "age")
_PLACE = (
    "country",
    "land",
    "state",
    "bundesland",
    "city",
    "ort",
    "zip",
    "plz",
    "region",
    "postal code area",
)
_SOURCE = ("source", "quelle", "origin", "campaign", "kampagne", "channel", "medium")
PARTS: list[tuple[str, Any]] = [
    ("firm", gettext_lazy("Firm")),
    ("person", gettext_lazy("Person")),
    ("place", gettext_lazy("Place")),
    ("behaviour", gettext_lazy("Behaviour")),
    ("source", gettext_lazy("Lead source")),
    ("other", gettext_lazy("Other")),
]
_STEADY: dict[str, Any] = {"columns": []}
OTHERS = [
    ("auc_before", gettext_lazy("the agreement in force")),
    ("auc_naive_bayes", gettext_lazy("naive Bayes, as other tools do it")),
    ("auc_logistic", gettext_lazy("logistic regression")),
    ("auc_lightgbm", gettext_lazy("LightGBM, which nobody can read")),
]


@dataclass(frozen=True, slots=True)
class Trait:
    """One row of the table: what it is, and how often such leads close."""

    column: str
    label: str
    of: Mapping[str, Any]


def index(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Show what was found last, what is being looked for, and how to ask again."""
    me = who(request)
    require(me, "see_agreement")
    study, running = ideal_lead.latest(), ideal_lead.running()
    asked = study.question if study is not None else {}
    form = StudyForm(request.POST or None, initial=StudyForm.said(asked))
    if request.method == "POST":
        require(me, "study_leads")
        if form.is_valid():
            kept = {name: asked.get(name, []) for name in ("keep", "drop")}
            return _ask(request, form.asked() | kept)
    if study is not None and wanted(request):
        return _csv(study)
    if request.headers.get("HX-Target") == "looking":  # htmx asks how far it is
        if running is None:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "web/parts/looking.html", {"running": running})
    context = {
        "study": study,
        "running": running,
        "failed": ideal_lead.failed(),
        "form": form if may(me, "study_leads") else None,
        "can_draft": may(me, "draft_agreement"),
        **(_told(study) if study is not None else {}),
    }
    return render(request, "web/ideal_lead.html", context)


@require_POST
def draft(request: HttpRequest, study_id: int) -> HttpResponse:
    """Make what was found a draft."""
    study, at = get_object_or_404(Study, id=study_id), now()
    try:
        made = ideal_lead.make_draft(study, by=who(request), at=at)
    except ideal_lead.NothingToDraft:
        messages.error(request, _("There is nothing in this that could be agreed on."))
        return redirect("ideal_lead")
    messages.success(request, _("This is a draft now. Change it, test it, and propose it."))
    newer = ideal_lead.overtaken_by(study, at=at)
    if newer is not None:
        said = _("Version %(n)s came into force since: the points were written into that one.")
        messages.success(request, said % {"n": newer.number})
    return redirect("version", made.number)


@require_POST
def column(request: HttpRequest, study_id: int) -> HttpResponse:
    """Use a column all the same, or no longer, and look again."""
    study, me = get_object_or_404(Study, id=study_id), who(request)
    require(me, "study_leads")
    name, use = request.POST.get("column", "")[:200], request.POST.get("use") == "yes"
    asked = study.question
    keep = [of for of in asked["keep"] if of != name] + ([name] if use else [])
    drop = [of for of in asked["drop"] if of != name] + ([] if use else [name])
    if not name:
        return redirect("ideal_lead")
    return _ask(request, asked | {"keep": keep, "drop": drop})


def _ask(request: HttpRequest, question: dict[str, Any]) -> HttpResponse:
    try:
        ideal_lead.ask(by=who(request), at=now(), **question)
    except ideal_lead.AlreadyLooking:
        messages.error(request, _("Another look is running. Ask again when it is done."))
    else:
        messages.success(request, _("We are looking. You can leave this page and come back."))
    return redirect("ideal_lead")


def _told(study: Study) -> dict[str, Any]:
    found, language = study.result or {}, translation.get_language() or "de"
    short = language[:2] if language[:2] in {"de", "en"} else "en"
    ideal, card = found["ideal"], found["card"]
    names = {of["column"]: _column(of) for of in (ideal["traits"] if ideal else ())}
    return {
        "portrait": (found["portrait"] or {}).get(short, ""),
        "brief": found["brief"].get(short, ""),
        "channels": found["channels"],
        "parts": _parts(ideal["traits"]) if ideal else [],
        "pairs": [_pair(of, names) for of in ideal["pairs"][:10]] if ideal else [],
        "changed": [_changed(of, names) for of in (found["drift"] or _STEADY)["columns"][:5]],
        "explored": [_correction(of, names) for of in found.get("explored", [])[:8]],
        "method": ideal["method"] if ideal else "",
        "best": _best(ideal["traits"]) if ideal else None,
        "card": _card(card) if card else None,
        "aside": [_finding(of, language) for of in found["set_aside"] if of["kind"] != "declared"],
        "dropped": [of["column"] for of in found["set_aside"] if of["kind"] == "declared"
                    and of["column"] in study.question["drop"]],
        "blank": [_finding(of, language) for of in found["blank_aside"]],
        "flagged": [_finding(of, language) for of in found["flagged"]],
        "others": [(label, found[key]) for key, label in OTHERS if found[key] is not None],
        "curve": _some(found["draft"]["curve"], 12) if found["draft"] else [],
        "found": found,
    }  # fmt: skip


def _parts(traits: Iterable[Mapping[str, Any]]) -> list[tuple[Any, list[Trait], list[Trait]]]:
    """Return by part what is more than chance, and everything else that is not too thin."""
    sorted_in: dict[str, list[Trait]] = {code: [] for code, _label in PARTS}
    for of in traits:
        sorted_in[_part(of)].append(Trait(_column(of), _label(of), of))
    found = []
    for code, label in PARTS:
        rows = sorted(sorted_in[code], key=lambda t: -t.of["lift"]["value"])
        clear = _clearest([t for t in rows if t.of["discovery"]])
        if rows:
            found.append((label, clear, [t for t in rows if t not in clear]))
    return found


def _clearest(traits: list[Trait]) -> list[Trait]:
    """Return the traits to be shown at once: of an activity the strongest window only."""
    kept: dict[object, Trait] = {}
    for number, trait in enumerate(traits):
        did = trait.of["behaviour"]
        if did and trait.of["label"] != "0":
            kept.setdefault((did["type"], str(did["where"])), trait)
        elif not did:
            kept[number] = trait
    return list(kept.values())


def _part(of: Mapping[str, Any]) -> str:
    if of["behaviour"]:
        return "behaviour"
    name = of["column"].casefold()
    known = {"firm": _FIRM, "person": _PERSON, "place": _PLACE, "source": _SOURCE}
    return next((code for code, names in known.items() if name in names), "other")


def _column(of: Mapping[str, Any]) -> str:
    behaviour = of["behaviour"]
    if not behaviour:
        return words.attribute(of["column"])
    return words.counted(behaviour["type"], behaviour["days"], behaviour["where"])


def _label(of: Mapping[str, Any]) -> str:
    if of["behaviour"]:
        return f"{of['label']}×"
    return _row_label(of["label"])


def _row_label(label: str) -> str:
    return str(ROW_LABELS.get(label, label))


def _pair(of: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    sides = zip(of["columns"], of["labels"], strict=True)
    told = [f"{names.get(c, words.attribute(c))}: {_row_label(label)}" for c, label in sides]
    return {"names": told, **of}


def _changed(of: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    name = names.get(of["column"], words.attribute(of["column"]))
    return {**of, "name": name, "moved_most": _row_label(of["moved_most"])}


def _correction(of: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    column = of["column"]
    name = _("all leads") if column is None else names.get(column, words.attribute(column))
    return {"name": name, "shown": _row_label(of["label"])} | dict(of)


def _best(traits: Iterable[Mapping[str, Any]]) -> Trait | None:
    """Return what says most, for the title of the page: who a lead is before what it did."""
    nobody = {"unknown", "otherwise", "0"}
    clear = [of for of in traits if of["discovery"] and of["label"] not in nobody]
    clear = [of for of in clear if of["lift"]["low"] > 1]
    if not clear:
        return None
    of = max(clear, key=lambda trait: (not trait["behaviour"], float(trait["lift"]["low"])))
    return Trait(_column(of), _label(of), of)


def _card(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    fit = [
        {
            "name": words.attribute(of["attribute"]),
            "rows": [row | {"label": _row_label(row["label"])} for row in of["rows"]],
        }
        for of in card["fit"]
    ]
    engaged = [
        {
            "name": words.counted(of["activity"], of["days"], list(of["where"].items())),
            "rows": [of | {"label": _("each, at most %(n)s times") % {"n": of["times"]}}],
        }
        for of in card["engagement"]
    ]
    return fit + engaged


def _finding(of: Mapping[str, Any], language: str) -> dict[str, str]:
    said = leak_words.sentence(of["kind"], of["figures"], language)
    return {"column": of["column"], "name": words.attribute(of["column"]), "said": said}


def _some(curve: list[Any], most: int) -> list[Any]:
    """Return some of many thresholds, evenly, with both ends."""
    if len(curve) <= most:
        return curve
    return [curve[round(n * (len(curve) - 1) / (most - 1))] for n in range(most)]


def _csv(study: Study) -> StreamingHttpResponse:
    ideal = (study.result or {})["ideal"]
    head = ["attribute", "value", "leads", "share", "conversion", "conversion_low"]
    head += ["conversion_high", "lift", "lift_low", "lift_high", "revenue_per_lead", "discovery"]
    rows = (
        [
            of["column"], of["label"], of["count"], of["share"], of["conversion"]["value"],
            of["conversion"]["low"], of["conversion"]["high"], of["lift"]["value"],
            of["lift"]["low"], of["lift"]["high"], of["revenue_per_lead"], of["discovery"],
        ]
        for of in (ideal["traits"] if ideal else ())
    )  # fmt: skip
    return csv_of("ideal-lead", head, rows)
