"""Everything that people read is there in German, too."""

from __future__ import annotations

from pathlib import Path

from babel.messages import pofile

import einig

PO = Path(einig.__file__).parent / "locale" / "de" / "LC_MESSAGES" / "django.po"


def test_every_sentence_is_translated() -> None:
    with PO.open("rb") as file:
        catalog = pofile.read_po(file, locale="de")
    assert not catalog.fuzzy  # or it would not be compiled
    texts = [m for m in catalog if m.id]
    assert len(texts) > 300
    for message in texts:
        said = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        assert (message.id, all(said), message.fuzzy) == (message.id, True, False)


def test_placeholders_are_the_same_in_both_languages() -> None:
    with PO.open("rb") as file:
        catalog = pofile.read_po(file, locale="de")
    problems = [(m.id, str(error)) for m, errors in catalog.check() for error in errors]
    assert problems == []
