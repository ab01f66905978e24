"""The documents that data protection asks for, generated from what is configured here.

The record of processing activities (GDPR Art. 30), the list of processors (Art. 28) and the
deletion concept: each a document of sections, shown as a page that prints, and as Markdown. They
are as right as the settings are; what only people know stands there as a question to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from einig.connectors.registry import CONNECTORS
from einig.flow import purposes, retention, suppression
from einig.flow.organisation import organisation
from einig.flow.purposes import Wording
from einig.store.models import Basis, Organisation, Source
from einig.store.models.sources import Kind

KINDS = {
    "leads": gettext_lazy("Leads of which nothing was heard, with everything known of them"),
    "contacts": gettext_lazy("Contacts who never became a lead, with everything known of them"),
    "unconfirmed": gettext_lazy("Consents that nobody confirmed"),
    "deliveries": gettext_lazy("What senders delivered, once it was understood"),
    "unusable": gettext_lazy("What could not be used"),
    "files": gettext_lazy("Imported files, and what became of each of their rows"),
    "tasks": gettext_lazy("Tasks that are done"),
    "notices": gettext_lazy("Notices to people of ours"),
}
BASES = {
    Basis.CONSENT: gettext_lazy("Consent (Art. 6 (1) a GDPR)"),
    Basis.INTEREST: gettext_lazy("Legitimate interest (Art. 6 (1) f GDPR)"),
    Basis.REQUEST: gettext_lazy("Request before a contract (Art. 6 (1) b GDPR)"),
    Basis.CUSTOMER: gettext_lazy("Customer exception (section 7 (3) UWG)"),
    Basis.PRESUMED: gettext_lazy("Presumed consent of a business (section 7 (2) no. 1 UWG)"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, what is said below it, and a table."""

    title: str
    said: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Document:
    """A document of sections. `name` is that of its file."""

    name: str
    title: str
    sections: tuple[Section, ...]


def missing() -> list[str]:
    """Return which particulars are missing, by field: mails and pages have to carry them."""
    us = organisation()
    return [name for name in ("name", "particulars", "privacy_url") if not getattr(us, name)]


def recipients() -> list[str]:
    """Return who else sees what is known of somebody."""
    return [row[0] for row in _processors()]


def kept_for() -> dict[str, int]:
    """Return for how many days each kind is kept, where a rule is in force."""
    return {rule.kind: rule.days for rule in retention.rules() if rule.active}


def record() -> Document:
    """Return the record of processing activities."""
    us, language = organisation(), get_language() or "de"
    sections = [
        Section(_("Controller"), (us.name or _("(fill in)"), us.particulars or _("(fill in)"))),
        Section(
            _("What is processed"),
            (
                _("Of leads: name, contact details, company and position, attributes, activities."),
                _("Of leads: consents and objections, hand-offs, contact attempts, outcomes."),
                _("Of people who work here: account, role, absence, and what they did."),
            ),
        ),
        *(_of_purpose(of, language) for of in purposes.every() if not of.retired),
        Section(
            _("Where the data comes from"),
            head=(_("Lead source"), _("Kind"), _("In use")),
            rows=tuple(
                (of.name, of.sender or of.kind, _("yes") if of.active else _("no"))
                for of in Source.objects.order_by("name")
            ),
        ),
        _recipients(),
        _for_how_long(),
        Section(
            _("Measures"),
            (
                _("Roles allow each person no more than their work needs, on the server."),
                _("Who did what is written down, and the database refuses to change it."),
                _("Passwords are hashed; keys are kept as hashes; pages load nothing from others."),
                _("Connection: %(url)s") % {"url": settings.URL},
                _("Database: %(name)s") % {"name": _database()},
            ),
        ),
    ]
    return Document("record", _("Record of processing activities"), tuple(sections))


def processors() -> Document:
    """Return the list of processors and other recipients."""
    said = _("Check for each whether there is a contract (Art. 28 GDPR), and where it processes.")
    rows = tuple((*row, _("(fill in)")) for row in _processors())
    head = (_("Who"), _("What for"), _("Contract of"))
    title = _("Processors and recipients")
    return Document("processors", title, (Section(title, (said,), head, rows),))


def deletion() -> Document:
    """Return the deletion concept."""
    sections = (
        _for_how_long(),
        Section(
            _("Erasure of one person"),
            (
                _("Whoever protects data erases a lead on its page: all rows of the lead go."),
                _("What others wrote about it loses its address, number and name."),
                _("What senders delivered of it is emptied; mails in the folder are removed."),
                _("The audit trail says that a number was erased; the number leads nowhere."),
            ),
        ),
        Section(
            _("Who was erased does not come back"),
            (
                _("A keyed hash (HMAC-SHA-256) of each address and number is kept for that."),
                _("Imports and connections that would bring somebody back are refused by it."),
                _("A request of their own is a new one, and is kept."),
            ),
        ),
        Section(
            _("Backups"),
            (
                _("A backup that is restored erases again who was erased since (einig restore)."),
                _("The list for that lies beside the store: %(file)s")
                % {"file": suppression.file().name},
                _("Nothing can be taken out of a backup: overwrite each within 90 days."),
            ),
        ),
    )
    return Document("deletion", _("Deletion concept"), sections)


def markdown(of: Document) -> str:
    """Return a document as Markdown."""
    return "\n".join(_lines(of)) + "\n"


DOCUMENTS: dict[str, Callable[[], Document]] = {
    "record": record,
    "processors": processors,
    "deletion": deletion,
}


def _of_purpose(of: Wording, language: str) -> Section:
    said = [str(BASES.get(Basis(of.basis), of.basis)), of.text(language)]
    if of.weighing:
        said.append(_("Weighing: %(text)s") % {"text": of.weighing})
    if of.confirmed:
        said.append(_("A consent is confirmed by a link in a mail first (double opt-in)."))
    title = _("Purpose: %(name)s") % {"name": of.name(language)}
    return Section(title, tuple(said))


def _recipients() -> Section:
    head = (_("Who"), _("What for"))
    return Section(_("Who else gets data"), (), head, tuple(_processors()))


def _for_how_long() -> Section:
    rows = tuple(
        (
            str(KINDS[rule.kind]),
            ngettext("%(n)s day", "%(n)s days", rule.days) % {"n": rule.days},
            _("every night") if rule.active else _("switched off"),
        )
        for rule in retention.rules()
    )
    return Section(_("For how long"), (), (_("What"), _("Kept for"), _("Removed")), rows)


def _processors() -> list[tuple[str, str]]:
    """Return everybody outside who sees data: senders that are connected, and the mail server."""
    kinds = sorted(set(Source.objects.filter(active=True).values_list("sender", flat=True)) - {""})
    found = [
        (CONNECTORS[kind].name if kind in CONNECTORS else kind, _("brings leads")) for kind in kinds
    ]
    webhooks = Source.objects.filter(active=True, kind__in=[Kind.WEBHOOK, Kind.API]).order_by("id")
    found += [(of.name, _("brings leads")) for of in webhooks]
    if host := getattr(settings, "EMAIL_HOST", "") if _sends() else "":
        found.append((host, _("sends mails to leads and to people of ours")))
    return found


def _sends() -> bool:
    return settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")


def _database() -> str:
    of = settings.DATABASES["default"]
    return f"PostgreSQL, {of['HOST']}" if "postgresql" in str(of["ENGINE"]) else "SQLite"


def _lines(of: Document) -> Iterator[str]:
    yield f"# {of.title}"
    us: Organisation = organisation()
    yield f"\n{us.name}" if us.name else ""
    for section in of.sections:
        yield f"\n## {section.title}\n"
        yield from (f"- {line}" for text in section.said for line in text.splitlines() if line)
        if section.rows:
            yield ""
            yield f"| {' | '.join(section.head)} |"
            yield f"|{'---|' * len(section.head)}"
            yield from (f"| {' | '.join(map(_cell, row))} |" for row in section.rows)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
