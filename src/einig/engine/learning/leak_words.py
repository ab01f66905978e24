"""The sentences in which findings tell their evidence, in English and German."""

from __future__ import annotations

from collections.abc import Mapping

from einig.engine.learning.german import is_german
from einig.engine.learning.target_words import put
from einig.engine.learning.targets import WON, Target

_ENGLISH = {
    "declared": "It was declared as not to be used.",
    "winners only": (
        "It is filled in for {leads:,.0f} leads, and {won_filled:.1%} of them {were}, against "
        "{base:.1%} of all: it is known only of {those}."
    ),
    "losers only": (
        "It is filled in for {leads:,.0f} leads, and {won_filled:.1%} of them {were}, against "
        "{base:.1%} of all: it is known only of {others}."
    ),
    "on contact": (
        "It is filled in for {winners:.0%} of the {those} and {losers:.0%} of the {others}: that "
        "it is filled in already tells the outcome (AUC {auc:.2f})."
    ),
    "verdict": (
        "It is filled in for {winners:.0%} of the {those} and {losers:.0%} of the {others}, and "
        "what is filled in tells {those} from {others} with an AUC of {auc:.3f}: it reads like a "
        "verdict."
    ),
    "blank": (
        "Where it is filled in, {won_filled:.1%} {were}, and where it is blank {won_blank:.1%}; "
        "it is filled in for {winners:.0%} of the {those} and {losers:.0%} of the {others}."
    ),
    "disguise": (
        "Alone it tells {those} from {others} with an AUC of {auc:.3f}; {told:.0%} of the leads "
        "have values that settle it almost surely."
    ),
    "pure values": (
        "{share:.0%} of the {whose} have values that nearly nobody else has "
        "({leads:,.0f} leads, {rate:.1%} of them {reached})."
    ),
    "after closing": (
        "Of {leads:,.0f} decided leads with a value, {late:.0%} got it only when they were closed, "
        "or later."
    ),
    "changed later": (
        "For {late:.0%} of {leads:,.0f} decided leads its value was changed when they were closed, "
        "or later."
    ),
    "calendar": (
        "It stands in for the calendar: time explains {by_time:.0%} of it, and it explains "
        "{time:.0%} of the order in which leads came."
    ),
    "identifier": (
        "{distinct:,.0f} of {leads:,.0f} values are different and they have the form of an "
        "identifier, so that it says nothing of other leads."
    ),
    "unique": (
        "{distinct:,.0f} of {leads:,.0f} values are different: it says little of other leads."
    ),
}
_GERMAN = {
    "declared": "Es ist angegeben, dass das Merkmal nicht verwendet wird.",
    "winners only": (
        "Ausgefüllt bei {leads:,.0f} Leads, von denen {won_filled:.1%}{rest} {did}, gegenüber "
        "{base:.1%} aller: Das weiß man nur von {those}."
    ),
    "losers only": (
        "Ausgefüllt bei {leads:,.0f} Leads, von denen {won_filled:.1%}{rest} {did}, gegenüber "
        "{base:.1%} aller: Das weiß man nur von {others}."
    ),
    "on contact": (
        "Ausgefüllt bei {winners:.0%} {of_those} und {losers:.0%} der übrigen: Schon dass es "
        "ausgefüllt ist, verrät das Ergebnis (AUC {auc:.2f})."
    ),
    "verdict": (
        "Ausgefüllt bei {winners:.0%} {of_those} und {losers:.0%} der übrigen, und was dort steht, "
        "trennt sie mit einer AUC von {auc:.3f}: Es liest sich wie ein Urteil."
    ),
    "blank": (
        "Wo es ausgefüllt ist, {did} {won_filled:.1%}{rest}, wo es leer ist {won_blank:.1%}; "
        "ausgefüllt ist es bei {winners:.0%} {of_those} und {losers:.0%} der übrigen."
    ),
    "disguise": (
        "Allein trennt es {accused} von den übrigen mit einer AUC von {auc:.3f}; {told:.0%} der "
        "Leads haben Werte, die das Ergebnis fast sicher festlegen."
    ),
    "pure values": (
        "{share:.0%} {whose} haben Werte, die sonst fast niemand hat "
        "({leads:,.0f} Leads, von denen {rate:.1%}{rest} {did})."
    ),
    "after closing": (
        "Von {leads:,.0f} entschiedenen Leads mit einem Wert bekamen ihn {late:.0%} erst zum "
        "Abschluss oder danach."
    ),
    "changed later": (
        "Bei {late:.0%} von {leads:,.0f} entschiedenen Leads wurde der Wert zum Abschluss oder "
        "danach geändert."
    ),
    "calendar": (
        "Es steht für den Kalender: Die Zeit erklärt {by_time:.0%} davon, und es erklärt "
        "{time:.0%} der Reihenfolge, in der die Leads kamen."
    ),
    "identifier": (
        "{distinct:,.0f} von {leads:,.0f} Werten sind verschieden und haben die Form einer "
        "Kennung: Über andere Leads sagen sie nichts."
    ),
    "unique": (
        "{distinct:,.0f} von {leads:,.0f} Werten sind verschieden: Über andere Leads sagen sie "
        "wenig."
    ),
}
_OUTCOMES = {"winners": ("{those}", "{of_those}"), "losers": ("{others}", "{of_others}")}


def sentence(
    kind: str,
    figures: Mapping[str, float | str],
    language: str = "en",
    *,
    target: Target = WON,
) -> str:
    """Return the evidence of a finding in a sentence, in English (`en`) or German (`de`)."""
    template = (_GERMAN if is_german(language) else _ENGLISH)[kind]
    of = {name: value for name, value in figures.items() if name != "outcome"}
    for name, slot in _OUTCOMES.items():
        if figures.get("outcome") == name:
            template = template.replace("{whose}", slot[is_german(language)])
    return put(template, language, of, target=target)
