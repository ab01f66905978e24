"""Imports: a file is brought, its columns are mapped, tried out, imported, and taken back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from einig.connectors.files.limits import Refused
from einig.flow import import_check, import_rows, imports
from einig.flow.permissions import require
from einig.store.models import Import, ImportRow, Source
from einig.store.models.sources import Kind
from einig.web import import_words
from einig.web.clock import now, who
from einig.web.export import csv_of
from einig.web.typed import id_of

_SHOWN = 50  # rows of what was set aside or stays


def index(request: HttpRequest) -> HttpResponse:
    """Bring a file, and show those that were brought before."""
    me = who(request)
    require(me, "import_leads")
    if (upload := request.FILES.get("file")) is not None:
        try:
            of = imports.keep(upload.name or "", upload.chunks(), by=me, at=now())
        except Refused as refused:
            messages.error(request, import_words.problem([refused.code, *refused.what]))
        else:
            return redirect("import_one", of.id)
    elif request.method == "POST":
        messages.error(request, _("Choose a file first."))
    past = Import.objects.select_related("by").order_by("-id")[:_SHOWN]
    shown = [(of, import_words.STATES[of.state]) for of in past]
    return render(request, "web/import.html", {"past": shown})


def one(request: HttpRequest, import_id: int) -> HttpResponse | StreamingHttpResponse:
    """Show how far an import is, and the next step."""
    require(who(request), "import_leads")
    of = get_object_or_404(Import.objects.select_related("by", "undone_by"), id=import_id)
    if request.GET.get("format") == "csv" and of.state != "cleared":
        return _report(of)
    working = imports.is_working(of)
    if request.headers.get("HX-Target") == "working":  # htmx asks how far it is
        if not working:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "web/parts/import_working.html", {"of": of, "state": _state(of)})
    context: dict[str, Any] = {
        "of": of,
        "state": _state(of),
        "working": working,
        "problem": import_words.problem(of.problem),
        "counts": {
            code: of.counts.get(code, 0) for code in (*import_words.RESULTS, "gone", "kept")
        },
    }
    if of.state in {"kept", "checked"}:
        context |= _mapping(of)
    if of.state == "checked":
        told = itertools.islice(import_check.found(of), _SHOWN)
        context["told"] = [_in_words(one) for one in told]
    if of.state in {"imported", "undone"}:
        context["rows"] = [_row_in_words(row) for row in _worth_showing(of)[:_SHOWN]]
    return render(request, "web/import_one.html", context)


@require_POST
def step(request: HttpRequest, import_id: int) -> HttpResponse:
    """Go on with an import: try it out, import it, take it back, or let go of it."""
    me, at = who(request), now()
    require(me, "import_leads")
    of = get_object_or_404(Import, id=import_id)
    try:
        match request.POST.get("do"):
            case "check":
                said = [request.POST.get(f"column-{n}", "") for n in range(len(of.columns))]
                dates, decimal = (request.POST.get(name, "") for name in ("dates", "decimal"))
                imports.check(
                    of,
                    said,
                    dates=dates,
                    decimal=decimal,
                    source=Source.objects.filter(id=id_of(request, "source")).first(),
                    contacts="contacts" in request.POST,
                    by=me,
                    at=at,
                )
            case "begin":
                imports.begin(of, by=me, at=at)
            case "undo":
                imports.undo(of, by=me, at=at)
            case "discard":
                imports.discard(of, by=me, at=at)
                messages.success(request, _("The file is let go of; nothing was imported."))
                return redirect("import")
    except imports.NothingMapped:
        messages.error(
            request,
            _("Say which column holds an email, a phone number, a profile or the record number."),
        )
    except imports.Impossible:
        messages.error(request, _("That is not possible any more; this is how far it is."))
    return redirect("import_one", import_id)


def _state(of: Import) -> str:
    return str(import_words.STATES[of.state])


def _mapping(of: Import) -> dict[str, Any]:
    seen = imports.preview(of)
    columns = [
        (n, name, meaning, next((row[n] for row in seen.rows if n < len(row) and row[n]), ""))
        for n, (name, meaning) in enumerate(zip(seen.columns, seen.meanings, strict=True))
    ]
    return {
        "columns": columns,
        "meanings": import_words.meanings(),
        "rows": seen.rows,
        "export": seen.export,
        "unmapped": sum(not meaning for meaning in seen.meanings),
        "before": imports.before(of),
        "sources": Source.objects.exclude(kind=Kind.IMPORT).filter(active=True).order_by("name"),
    }


def _in_words(told: import_check.Told) -> dict[str, Any]:
    return {
        "row": told.row,
        "result": import_words.RESULTS[told.result],
        "lead": told.joins if not told.joins.isdecimal() else "",
        "joins": import_words.joins(told.joins) if told.joins else "",
        "reason": import_words.reason(told.reason),
    }


def _worth_showing(of: Import) -> Any:
    rows = ImportRow.objects.filter(of=of).select_related("lead").order_by("row")
    if of.state == "undone":
        return rows.exclude(undone__in=["", "gone"])
    return rows.exclude(result__in=["new", "unchanged"])


def _row_in_words(row: ImportRow) -> dict[str, Any]:
    return {
        "row": row.row,
        "result": import_words.RESULTS[row.result],
        "lead": row.lead.lead_id if row.lead is not None else "",
        "joins": str(row.lead or ""),
        "reason": import_words.stays(row.undone) or import_words.reason(row.reason),
    }


def _report(of: Import) -> StreamingHttpResponse:
    """Return every row with what became of it, why, and its cells, to be mended."""
    head = [_("row"), _("what became of it"), _("lead"), _("reason"), *of.columns]
    return csv_of(f"import-{of.id}", head, _report_rows(of))


def _report_rows(of: Import) -> Iterator[list[object]]:
    if of.state in {"kept", "checking", "checked"}:
        tried = {one.row: _in_words(one) for one in import_check.found(of)}
        for n, cells in enumerate(import_rows.cells(of), 2):
            new = {"result": import_words.RESULTS["new"], "joins": "", "reason": ""}
            told = tried.get(n, new if of.state == "checked" else dict.fromkeys(new, ""))
            yield [n, str(told["result"]), told["joins"], told["reason"], *cells]
        return
    rows = ImportRow.objects.filter(of=of).select_related("lead").order_by("row").iterator(500)
    cells_of = enumerate(import_rows.cells(of), 2)
    for row in rows:
        cells = next((cells for n, cells in cells_of if n == row.row), [])  # none: it was removed
        told = _row_in_words(row)
        yield [row.row, str(told["result"]), told["lead"], told["reason"], *cells]
