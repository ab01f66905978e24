"""The forms of a page, filled in as a browser would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str]


@dataclass
class Form:
    """A form: where it goes, what stands in its fields, and the buttons that send it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    has_file: bool = False

    def sent(self, button: tuple[str, str], **more: str) -> dict[str, str]:
        """Return what a click on a button sends."""
        name, value = button
        return self.fields | ({name: value} if name else {}) | more

    @property
    def is_the_same_as(self) -> tuple[object, ...]:
        """Return what two forms have in common that stand on many pages."""
        return self.action, tuple(sorted(set(self.fields) - {"next"})), tuple(self.buttons)


def forms(page: str, address: str) -> list[Form]:
    """Return the forms of a page that change something."""
    reader = _Reader(address)
    reader.feed(page)
    return [form for form in reader.forms if form.method == "post"]


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.address = address
        self.form: Form | None = None
        self.text = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(of.get("action") or self.address, of.get("method", "get"))
            self.forms.append(self.form)
        elif self.form is not None:
            self._field(self.form, tag, of)

    def _field(self, form: Form, tag: str, of: Attributes) -> None:
        name = of.get("name", "")
        if tag == "button":
            form.buttons.append((name, of.get("value", "")))
        elif tag == "textarea":
            self.text = name
            form.fields[name] = ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            if of.get("value") and (self.select not in form.fields or "selected" in of):
                form.fields[self.select] = of["value"]
        elif tag == "input" and of.get("type") == "file":
            form.has_file = True
        elif tag == "input" and name:
            self._input(form, name, of)

    def _input(self, form: Form, name: str, of: Attributes) -> None:
        kind = of.get("type", "text")
        if kind == "checkbox" and "checked" not in of:
            return
        typed = {"email": "new@pumpen.example", "date": "2036-01-01", "text": "12"}
        typed["password"] = "correct horse battery"  # as everybody's in tests.live
        form.fields.setdefault(name, of.get("value") or typed.get(kind, ""))

    def handle_data(self, data: str) -> None:
        if self.form is not None and self.text:
            self.form.fields[self.text] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.form is not None:
            self.form.fields[self.text] = self.form.fields[self.text].removeprefix("\n") or "Text"
            self.text = ""
