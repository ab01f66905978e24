"""Documents: what our people give away, and the page on which somebody downloads one."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from einig.flow import documents
from einig.flow.permissions import require
from einig.store.models import Document
from einig.web import slip
from einig.web.clock import now, who
from einig.web.typed import id_of


def index(request: HttpRequest) -> HttpResponse:
    """Show the documents that are given away, and add one or withdraw one."""
    me = who(request)
    require(me, "edit_sources")
    if request.method == "POST":
        if "withdraw" in request.POST:
            found = get_object_or_404(Document, id=id_of(request, "withdraw"))
            documents.withdraw(found, by=me, at=now())
            messages.success(request, _("The document is given away no more."))
        elif (problem := _add(request)) is not None:
            messages.error(request, problem)
        return redirect("documents")
    downloads = documents.downloads()
    context = {
        "documents": [(of, downloads.get(of.name, 0)) for of in documents.offered()],
        "kinds": ",".join(documents.KINDS),
        "most": documents.LARGEST // (1024 * 1024),
    }
    return render(request, "web/documents.html", context)


def _add(request: HttpRequest) -> str | None:
    """Keep what was chosen; return what is wrong with it."""
    upload, name = request.FILES.get("file"), request.POST.get("name", "").strip()
    if upload is None or not name:
        return _("Choose a file first, and give it a name.")
    try:
        file_name = upload.name or ""
        documents.keep(name, file_name, upload.chunks(), by=who(request), at=now())
    except documents.TooLarge:
        return _("The file is too large; nothing was kept.")
    except documents.UnknownKind:
        told = _("This is not one of these kinds of files, or not what its name says: %(kinds)s")
        return told % {"kinds": " ".join(documents.KINDS)}
    messages.success(request, _("Kept. Choose it on the page of a form."))
    return None


@csrf_exempt  # it is reached from a mail or a form, where there is no session of ours
def download(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show a button, and hand a document out to whoever presses it."""
    at = now()
    found = documents.ticket(token, at=at)
    if found is None:
        return render(request, "web/document_gone.html", status=404)
    if request.method != "POST":
        return render(request, "web/document.html", {"document": found.document})
    documents.downloaded(found, id_=slip.name(request), at=at)
    answer = FileResponse(
        documents.path(found.document).open("rb"),
        as_attachment=True,
        filename=found.document.file_name,
        content_type=found.document.kind,
    )
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
