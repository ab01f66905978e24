from __future__ import annotations

import pytest

from einig.engine.learning import leak_words, told_words
from einig.engine.learning.label_words import shown
from einig.engine.learning.learnable import Verdict
from einig.engine.learning.target_words import target_of
from einig.engine.learning.targets import WON, Target
from einig.engine.learning.thresholds import OutOfReach
from einig.engine.learning.told_words import say

OPPORTUNITY = Target(kind="activity", activities=("Opportunity",))
ACCEPTED = Target(kind="accepted", within=30)
SIGNED = Target(kind="activity", activities=("signed {it}",))
SHARES = {"precision": "12.5", "recall": "40"}


@pytest.mark.parametrize(
    ("target", "language", "said"),
    [
        (WON, "en", "Of 100 handed over, 12.5 bought; of 100 buyers, 40 were handed over."),
        (
            OPPORTUNITY,
            "en",
            "Of 100 handed over, 12.5 became opportunities; of 100 leads that became "
            "opportunities, 40 were handed over.",
        ),
        (
            ACCEPTED,
            "en",
            "Of 100 handed over, 12.5 were accepted by sales within 30 days; of 100 leads that "
            "were accepted by sales within 30 days, 40 were handed over.",
        ),
        (
            SIGNED,
            "en",
            "Of 100 handed over, 12.5 did signed {it}; of 100 leads that did signed {it}, 40 were "
            "handed over.",
        ),
        (
            WON,
            "de",
            "Von 100 übergebenen kauften 12.5; von 100 Käufern wurden 40 übergeben.",
        ),
        (
            OPPORTUNITY,
            "de",
            "Von 100 übergebenen wurden 12.5 zur Opportunity; von 100 Leads, die zur Opportunity "
            "wurden, wurden 40 übergeben.",
        ),
        (
            ACCEPTED,
            "de",
            "Von 100 übergebenen wurden 12.5 innerhalb von 30 Tagen vom Vertrieb angenommen; von "
            "100 Leads, die innerhalb von 30 Tagen vom Vertrieb angenommen wurden, wurden 40 "
            "übergeben.",
        ),
        (
            SIGNED,
            "de",
            "Von 100 übergebenen hatten 12.5 die Aktivität „signed {it}“; von 100 Leads, die die "
            "Aktivität „signed {it}“ hatten, wurden 40 übergeben.",
        ),
    ],
)
def test_a_sentence_speaks_of_its_target(target: Target, language: str, said: str) -> None:
    assert say("handed over", language, SHARES, target=target) == said


def test_no_sentence_of_another_target_says_that_somebody_bought() -> None:
    slots: dict[str, float | str] = {
        "share": 0.1,
        "points": "5",
        "column": "x",
        "label": "y",
        "labels": "y",
        "traits": "t",
    }
    numbers = ("n", "low", "high", "there", "missing", "claimed", "shuffles", "limit", "leads")
    texts = ("expected", "came", "precision", "recall", "value", "day", "days", "lead", "ideal")
    more = ("one", "currency", "test", "error", "error_low", "error_high")
    others = ("amount", "base", "weeks", "rate", "every", "of_100", "weekly", "goal")
    figures = slots | dict.fromkeys((*numbers, *others), 1.0)
    figures |= dict.fromkeys((*texts, *more), "1")
    for keys, language in ((told_words._ENGLISH, "en"), (told_words._GERMAN, "de")):
        told = [say(key, language, figures, target=OPPORTUNITY) for key in keys]
        told = [text.replace("buying signals", "") for text in told]  # they are called so
        for word in ("bought", "buy", "won", "closes", "kauf", "Käuf", "gewonnen", "schließt"):
            assert [(word, text) for text in told if word in text] == []
    assert sorted(told_words._ENGLISH) == sorted(told_words._GERMAN)


@pytest.mark.parametrize(
    ("share", "target", "language", "said"),
    [
        (1.2, WON, "en", "Of 100 handed over, at best 1 buys, from 1 point on."),
        (1.2, OPPORTUNITY, "de", "Von 100 übergebenen wird höchstens 1 zur Opportunity, ab 1 "
         "Punkt."),
        (12, WON, "de", "Von 100 übergebenen kaufen höchstens 12, ab 1 Punkt."),
        (12, ACCEPTED, "en", "Of 100 handed over, at best 12 are accepted by sales within 30 days, "
         "from 1 point on."),
    ],
)  # fmt: skip
def test_a_goal_out_of_reach_is_told_of_the_target_in_both_languages(
    share: float, target: Target, language: str, said: str
) -> None:
    assert OutOfReach("precision", share=share, points=1).said(language, target=target) == said


def test_a_cost_out_of_reach_has_its_currency_and_the_decimals_of_the_language() -> None:
    out = OutOfReach("revenue", amount=1234.5)
    assert out.said("de", currency="EUR") == (
        "Keine Schwelle bringt mehr als 1.234,5 EUR je übergebenem Lead."
    )
    assert str(out) == "No threshold brings more than 1,234.5 for each lead handed over."


@pytest.mark.parametrize(
    ("there", "target", "language", "said"),
    [
        (5, WON, "en", "Not enough: 5 leads won; about 38 more are needed."),
        (1, OPPORTUNITY, "en", "Not enough: 1 lead became an opportunity; about 38 more are "
         "needed."),
        (5, OPPORTUNITY, "de", "Nicht genug: 5 Leads wurden zur Opportunity; etwa 38 weitere "
         "werden gebraucht."),
        (1, WON, "de", "Nicht genug: 1 Lead gewonnen; etwa 38 weitere werden gebraucht."),
    ],
)  # fmt: skip
def test_a_verdict_speaks_of_the_target(
    there: int, target: Target, language: str, said: str
) -> None:
    why = "too few one" if there == 1 else "too few"
    verdict = Verdict(False, why, (("there", there), ("missing", 38)), missing=38)
    assert verdict.said(language, target=target) == said


def test_evidence_speaks_of_the_target() -> None:
    figures: dict[str, float | str] = {
        "share": 0.4,
        "outcome": "winners",
        "leads": 120,
        "rate": 0.99,
    }
    assert leak_words.sentence("pure values", figures, target=OPPORTUNITY) == (
        "40% of the leads that became opportunities have values that nearly nobody else has (120 "
        "leads, 99.0% of them became opportunities)."
    )
    assert leak_words.sentence("pure values", figures, "de", target=OPPORTUNITY) == (
        "40\N{NO-BREAK SPACE}% derer, die zur Opportunity wurden, haben Werte, die sonst fast "
        "niemand hat (120 Leads, von denen 99,0\N{NO-BREAK SPACE}% zur Opportunity wurden)."
    )


def test_a_target_is_read_back_from_plain_values() -> None:
    told = {"kind": "activity", "activities": ["a", "b"], "within_days": 7}
    assert target_of(told) == Target(kind="activity", activities=("a", "b"), within=7)


@pytest.mark.parametrize(
    ("column", "label", "german"),
    [
        ("size", "<12.5", "<12,5"),
        ("size", "-1.5 to 3", "-1,5 bis 3"),
        ("size", "any number", "jede Zahl"),
        ("size", "unknown", "nicht bekannt"),
        ("version", "2.0", "2.0"),
        ("function", "finance", "Finanzen"),
        ("team", "finance", "finance"),
    ],
)
def test_ranges_are_german_on_a_german_page_and_values_stay(
    column: str, label: str, german: str
) -> None:
    assert shown(column, label, "de", numeric={"size"}) == german
