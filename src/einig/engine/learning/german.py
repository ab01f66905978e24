"""Numbers as German sentences have them."""

from __future__ import annotations

from string import Formatter


def is_german(language: str) -> bool:
    """Return whether a language is German; whatever else it is, English is told."""
    return language.startswith("de")


class German(Formatter):
    """Formats numbers as German has them: 1.234,5 and 48 %."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return one value as it stands in a sentence."""
        text = str(super().format_field(value, format_spec))
        if isinstance(value, str):
            return text
        swapped = text.replace(",", "\0").replace(".", ",").replace("\0", ".")
        return swapped.replace("%", "\N{NO-BREAK SPACE}%")
