"""The figures beside the clauses: what each criterion moved, and what was kept of each promise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from einig.engine.agreement.model import Agreement
from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.moved import Key, Moved, Moves, leaves
from einig.engine.instants import DAY
from einig.flow import words
from einig.flow.kept import Case, Record
from einig.web.clause_words import rule
from einig.web.contract import place
from einig.web.templatetags.einig import number, quoted

Link = Callable[[str, str, str], str]  # a criterion, its row, and which leads
_MONTH = 365.25 / 12 * DAY


@dataclass(frozen=True, slots=True)
class Part:
    """A number in words, and the page with its leads."""

    said: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What stands beside a criterion; `label` is the part of it that is meant."""

    parts: tuple[Part, ...]
    label: str = ""


Figures = dict[str, list[Line]]  # by the place where they stand


def link_to(version: int) -> Link:
    """Return how the pages with the leads behind the figures of a version are called."""

    def link(criterion: str, row: str, which: str) -> str:
        asked = {"criterion": criterion, "row": row, "which": which}
        return f"{reverse('version_moved_leads', args=[version])}?{urlencode(asked)}"

    return link


# --- criteria ---------------------------------------------------------------------------------


def moved(of: Moves, agreement: Agreement, link: Link) -> Figures:
    """Return what each criterion moved."""
    figures: Figures = {}
    for key, found in of.by.items():
        if key[0] != "sales_ready":
            figures[place(key)] = [Line(tuple(_criterion(key, found, link)))]
    figures[place(("sales_ready", ""))] = [
        Line(tuple(_everyone(of, link))),
        *(
            Line(tuple(_criterion(key, of.by[key], link)), quoted(rule(leaf)))
            for n, leaf in enumerate(leaves(agreement.sales_ready))
            if (key := ("sales_ready", str(n))) in of.by
        ),
    ]
    return figures


def _everyone(of: Moves, link: Link) -> Iterator[Part]:
    n = len(of.handed)
    told = ngettext("%(n)s handed over", "%(n)s handed over", n) % {"n": number(n)}
    yield Part(told, link("sales_ready", "", "had"))
    yield from _bought(of.bought, link("sales_ready", "", "bought"))


def _criterion(key: Key, of: Moved, link: Link) -> Iterator[Part]:
    had, only, more = len(of.had), len(of.only), len(of.more)
    if not had and not more:
        yield Part(_("nobody had it"))
        return
    told = ngettext("%(n)s had it", "%(n)s had it", had) % {"n": number(had)}
    yield Part(told, link(*key, "had") if had else "")
    if only:
        told = ngettext("%(n)s only by it", "%(n)s only by it", only) % {"n": number(only)}
        yield Part(told, link(*key, "only"))
    elif had:
        yield Part(_("nobody only by it"))
    if more:
        told = ngettext("%(n)s more without it", "%(n)s more without it", more)
        yield Part(told % {"n": number(more)}, link(*key, "more"))
    yield from _bought(of.bought, link(*key, "bought"))


def _bought(of: Proportion, url: str) -> Iterator[Part]:
    if of.whole:
        told = ngettext(
            "%(part)s of %(n)s decided bought", "%(part)s of %(n)s decided bought", of.whole
        )
        yield Part(told % {"part": number(of.part), "n": number(of.whole)}, url if of.part else "")


# --- promises ---------------------------------------------------------------------------------


def kept(of: Record, agreement: Agreement, link: Link | None) -> Figures:
    """Return what was kept of each promise; without a link where its leads are not to be seen."""
    figures: Figures = {}
    for key, found in of.of.items():
        named = {"kept": found.kept, "broken": found.broken, "waiting": found.waiting}
        parts = [
            Part(said, link(*key, which) if link and which else "")
            for which, said in _promise(key, named, of, agreement)
        ]
        figures[place(key)] = [Line(tuple(parts))]
    if of.too_few:
        told = _("The figures of sales are shown from five people on who sell.")
        for path in ("sales.respond_within", "sales.attempts", "sales.return_reasons"):
            figures[place((path, ""))] = [Line((Part(told),))]
    return figures


def _promise(
    key: Key, named: dict[str, tuple[Case, ...]], of: Record, agreement: Agreement
) -> Iterator[tuple[str, str]]:
    """Yield which leads are meant, and how many they are in words."""
    counts = {which: len(cases) for which, cases in named.items()}
    match key:
        case ("sales.return_reasons", reason):
            yield from _returned(counts["kept"], of, reason)
        case ("marketing.sales_ready_a_month", _row):
            yield from _a_month(counts["kept"], of, agreement.marketing.sales_ready_a_month)
        case _ if not counts["kept"] + counts["broken"]:
            yield "", _("nothing yet to judge it by")
            yield from _waiting(counts["waiting"])
        case ("marketing.required", _row):
            yield from _share(counts, _("with all of it"), _("with less"))
            for name, n in of.missing.items():
                told = {"attribute": words.attribute(name), "n": number(n)}
                yield "", _("%(attribute)s missing: %(n)s") % told
        case ("sales.attempts", _row):
            yield from _share(counts, _("given up after enough attempts"), _("too early"))
        case _:
            yield from _share(counts, _("in time"), _("too late, or not at all"))
            yield from _waiting(counts["waiting"])


def _a_month(n: int, of: Record, agreed: int | None) -> Iterator[tuple[str, str]]:
    months = (of.until - of.since) / _MONTH
    if months < 1:  # a few days say nothing of a month
        yield "kept", _("%(n)s so far") % {"n": number(n)}
        yield "", _("%(n)s a month agreed") % {"n": number(agreed)}
        return
    yield "kept", _("%(n)s a month") % {"n": number(n / months)}
    yield "", _("%(n)s agreed") % {"n": number(agreed)}


def _share(counts: dict[str, int], kept: str, broken: str) -> Iterator[tuple[str, str]]:
    told = {"part": number(counts["kept"]), "all": number(counts["kept"] + counts["broken"])}
    yield "kept", f"{_('%(part)s of %(all)s') % told} {kept}"
    if counts["broken"]:
        yield "broken", f"{number(counts['broken'])} {broken}"


def _waiting(n: int) -> Iterator[tuple[str, str]]:
    if n:
        yield (
            "waiting",
            ngettext("%(n)s not due yet", "%(n)s not due yet", n) % {"n": number(n)},
        )


def _returned(n: int, of: Record, reason: str) -> Iterator[tuple[str, str]]:
    if reason:
        yield "kept", number(n)
        return
    yield "kept", ngettext("%(n)s returned", "%(n)s returned", n) % {"n": number(n)}
    if wrongly := len(of.overruled):
        told = ngettext(
            "%(n)s sales-ready all the same at the second look",
            "%(n)s sales-ready all the same at the second look",
            wrongly,
        )
        yield "overruled", told % {"n": number(wrongly)}
