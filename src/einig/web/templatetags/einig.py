"""Times, money and words in templates."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_currency, format_decimal
from django import template
from django.utils import formats, html, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from einig.engine.agreement.flow import Plain, flow
from einig.engine.agreement.model import WorkingTime
from einig.engine.instants import DAY, HOUR, SECOND, moment
from einig.flow import words
from einig.flow.organisation import organisation
from einig.flow.permissions import may as allowed
from einig.store.models import User
from einig.web import issue_words, labels

register = template.Library()
register.filter("told", issue_words.told)
MINUTE = 60 * SECOND


@register.simple_tag
def now() -> int:
    """Return the present instant."""
    return time.time_ns() // 1000


@register.filter
def when(at: int | None) -> SafeString:
    """Show an instant: the time if it is today, the day and month of this year, else the date."""
    if at is None:
        return SafeString("")
    local = _local(at)
    today = _local(time.time_ns() // 1000)
    if local.date() == today.date():
        shown = formats.time_format(local, "TIME_FORMAT")
    elif local.year == today.year:
        shown = formats.date_format(local, "MONTH_DAY_FORMAT")
    else:
        shown = formats.date_format(local, "SHORT_DATE_FORMAT")
    full = formats.date_format(local, "SHORT_DATETIME_FORMAT")
    zone = local.tzname() or ""
    return html.format_html(
        '<time datetime="{}" title="{} {}">{}</time>', local.isoformat(), full, zone, shown
    )


@register.filter
def exactly(at: int | None) -> str:
    """Show an instant with date, time and zone."""
    if at is None:
        return ""
    local = _local(at)
    return f"{formats.date_format(local, 'SHORT_DATETIME_FORMAT')} {local.tzname()}"


@register.filter
def day(at: int | None) -> str:
    """Show the date of an instant."""
    return formats.date_format(_local(at), "DATE_FORMAT") if at is not None else ""


@register.filter
def left(at: int | None) -> str:
    """Show how much time is left until an instant, or how long it is over."""
    if at is None:
        return ""
    gone = at - time.time_ns() // 1000
    return _("overdue by %(time)s") % {"time": span(-gone)} if gone < 0 else span(gone)


@register.filter
def span(length: int) -> str:
    """Show a length of time in its largest unit."""
    for unit, one in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if length >= unit or one == "minute":
            n = int(length // unit)
            break
    if one == "day":
        return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}
    if one == "hour":
        minutes = int(length % HOUR // MINUTE)
        return f"{n} h {minutes:02}"
    return f"{n} min"


@register.filter
def money(amount: Decimal | float | None) -> str:
    """Show an amount in the organisation's currency, without cents."""
    if amount is None:
        return ""
    language = translation.get_language() or "de"
    return format_currency(
        amount, organisation().currency, format="#,##0 ¤", locale=language, currency_digits=False
    )


@register.filter
def number(amount: float | None, digits: int = 0) -> str:
    """Show a number as people write it here."""
    if amount is None:
        return "–"
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(amount, format=pattern, locale=translation.get_language() or "de")


@register.filter
def unlocalized(amount: float) -> str:
    """Show a number as a drawing or a field needs it: with a point, or to the last digit."""
    return str(amount) if isinstance(amount, int) else f"{amount:g}"


@register.filter
def hundred(share: float | None) -> str:
    """Show a share as so many of 100."""
    return "–" if share is None else number(100 * share, digits=0 if share >= 0.095 else 1)


@register.filter
def step(name: str) -> str:
    """Show what is being done."""
    return str(labels.STEPS.get(name, name))


@register.filter
def trend(code: str) -> str:
    """Show where something is going."""
    return str(labels.TRENDS.get(code, code))


@register.filter
def unknown_reason(code: str) -> str:
    """Show why it is not known what would have become of leads."""
    return str(labels.UNKNOWN.get(code, code))


@register.filter
def quoted(text: object) -> str:
    """Put text between the quotation marks of the language."""
    german = (translation.get_language() or "").startswith("de")
    return f"„{text}“" if german else f"“{text}”"


@register.filter
def did(name: str) -> str:
    """Show what somebody did."""
    return words.activity(name)


@register.filter
def attribute(name: str) -> str:
    """Show the name of an attribute."""
    return words.attribute(name)


@register.filter
def criterion(path: str) -> str:
    """Show what a criterion is about."""
    return words.criterion(path)


@register.filter
def working_time(of: WorkingTime) -> str:
    """Show a span of working time."""
    return words.working_time(of)


@register.filter
def capital(text: object) -> str:
    """Begin with a capital letter, and leave the rest."""
    said = str(text)
    return said[:1].upper() + said[1:]


_LABELS: dict[str, dict[str, object]] = {
    "results": dict(labels.RESULTS),
    "closings": dict(labels.CLOSINGS),
    "verdicts": dict(labels.ALL_VERDICTS),
    "stages": dict(labels.STAGES),
    "relations": dict(labels.RELATIONS),
    "sides": dict(labels.SIDES),
    "roles": dict(labels.ROLES),
    "kinds": dict(labels.KINDS),
    "senders": dict(labels.SENDERS),
    "doubts": labels.DOUBTS,
    "rules": dict(labels.RULES),
}


@register.filter
def label(code: str, of: str) -> str:
    """Show the label of a code."""
    return str(_LABELS[of].get(code, code))


@register.simple_tag
def may(user: User, action: str) -> bool:
    """Return whether somebody may do something."""
    return bool(user.is_authenticated) and allowed(user, action)


def _local(at: int) -> datetime:
    return moment(at).astimezone(ZoneInfo(organisation().zone))


@register.filter
def as_yaml(value: Plain) -> str:
    """Show a value of an agreement as it is written."""
    return "–" if value is None else flow(value)


@register.filter
def item(of: Mapping[str, Any] | str, key: str) -> Any:
    """Return what a mapping has under a key; nothing where it has none, or is not there itself."""
    return of.get(key, ()) if isinstance(of, Mapping) else ()
