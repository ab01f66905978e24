"""How fields of a form stand on a page: a box before what it says, and no colons."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Django's own templates, but for the field itself."""

    field_template_name = "web/parts/field.html"
