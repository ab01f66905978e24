"""Names as they are compared: of people, however Germans write them, and of companies.

Müller is Mueller, Strauß is Strauss, Dr. Anna Müller is Müller, Anna, and Müller GmbH & Co. KG is
Mueller GmbH und Co KG. What is only similar is not equal here.
"""

from __future__ import annotations

import functools
import re
import unicodedata

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l"})
_TITLE_WORDS = (
    "dr prof mag dipl ing kfm kff betrw inf oec med jur phil rer nat pol habil hc h c mba llm msc"
    " bsc ma ba phd frau herr hr fr mr mrs ms mx"
)
_FORM_WORDS = (
    "gmbh ggmbh mbh kgaa kg ohg gbr ug haftungsbeschraenkt aktiengesellschaft gesellschaft"
    " kommanditgesellschaft partg partgmbb ltd limited llc llp inc sarl srl"
)
_LAST_WORDS = "ag se eg ev ek ekfm corp plc sa sas spa bv nv oy ab as aps co und company"
_TITLES = frozenset(_TITLE_WORDS.split())
_FORMS = frozenset(_FORM_WORDS.split())  # of companies, wherever they stand
_LAST = frozenset(_LAST_WORDS.split())  # only at the end: they are words, too
_BETWEEN = re.compile(r"[^\w]+")
_POINTED = re.compile(r"\b(\w)\.\s?(?=\w\b)")  # e. K., e.V., a. D.: letters that belong together


def plain(text: str) -> str:
    """Return a text in small letters a to z and digits, umlauts written out, words apart."""
    letters = text.casefold()
    if not letters.isascii():
        folded = unicodedata.normalize("NFC", letters).translate(_GERMAN)
        if not folded.isascii():
            bare = unicodedata.normalize("NFKD", folded)
            folded = "".join(c for c in bare if not unicodedata.combining(c))
        letters = folded
    return " ".join(_BETWEEN.sub(" ", letters.replace("'", "").replace("’", "")).split())


@functools.lru_cache(65536)
def person(name: str) -> str:
    """Return the name of a person as it is compared: its words in order, without titles.

    Empty for what is no name, such as an address or a number.
    """
    if "@" in name or sum(c.isdigit() for c in name) > 2:
        return ""
    words = plain(name).split()
    return " ".join(sorted(word for word in words if word not in _TITLES))


@functools.lru_cache(65536)
def company(name: str) -> str:
    """Return the name of a company as it is compared: without its legal form.

    A name that is nothing but a legal form stays as it is.
    """
    whole = plain(_POINTED.sub(r"\1", re.sub(r"[&+]", " und ", name))).split()
    words = [word for word in whole if word not in _FORMS]
    while words and words[-1] in _LAST:
        words.pop()
    return " ".join(words or whole)
