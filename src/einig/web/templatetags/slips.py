"""The slip of a form. It comes with the CSRF token, so that no form can be without it."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from einig.web import slip as slips

register = template.Library()


@register.simple_tag(takes_context=True)
def slip(context: Context) -> SafeString:
    """Return the slip of a form that has no CSRF token."""
    value = slips.made_for(context["request"])
    return format_html('<input type="hidden" name="{}" value="{}">', slips.FIELD, value)


@register.simple_tag(takes_context=True)
def csrf_token(context: Context) -> SafeString:
    """Return Django's own, and the slip."""
    return SafeString(CsrfTokenNode().render(context)) + slip(context)
