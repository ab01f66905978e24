"""What to copy so that a form stands in a website, and what that website's policy has to allow."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from einig.flow import hosted_forms
from einig.flow.form_answers import Answers
from einig.store.models import Source
from einig.web import asked


@dataclass(frozen=True, slots=True)
class Snippet:
    """Something to copy: HTML, and the directives of a content policy that let it work."""

    html: str
    policy: str


@dataclass(frozen=True, slots=True)
class Snippets:
    """The ways into a website: a script, a frame without one, and a form of the website's own."""

    script: Snippet
    frame: Snippet
    form: Snippet


def snippets(source: Source, *, base: str, language: str) -> Snippets:
    """Return what to copy for a website in a language."""
    design = hosted_forms.current(source)
    spoken = design.spoken(language)
    with translation.override(spoken):
        context = {
            "form": asked.shown(design, spoken, {}, Answers()),
            "address": f"{base}{reverse('form', args=[source.key])}",
            "script": f"{base}{reverse('embed')}",
            "key": source.key,
            "language": language,
        }
        html = {
            name: render_to_string(f"web/snippets/{name}.html", context).strip()
            for name in ("script", "frame", "form")
        }
    return Snippets(
        script=Snippet(html["script"], f"script-src {base}; frame-src {base}"),
        frame=Snippet(html["frame"], f"frame-src {base}"),
        form=Snippet(_without_blank_lines(html["form"]), f"form-action {base}"),
    )


def _without_blank_lines(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip())
