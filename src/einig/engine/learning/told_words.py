"""The sentences in which a proposal is told, in English and German, whatever its target is."""

from __future__ import annotations

from collections.abc import Mapping

from einig.engine.learning.german import is_german
from einig.engine.learning.target_words import put
from einig.engine.learning.targets import WON, Target

_ENGLISH = {
    # whether anything can be learned
    "learned": (
        "A card puts {n:.0%} of pairs of a newer {unit} that {one_did} and another one in the "
        "right order."
    ),
    "chance": (
        "Nothing to learn here: a card puts {n:.0%} of pairs of a newer {unit} that {one_did} and "
        "another one in the right order, which chance explains."
    ),
    "no column": "Nothing to learn here: no column says anything about the outcome.",
    "too few": "Not enough: {there:,.0f} leads {reached}; about {missing:,.0f} more are needed.",
    "too few others": (
        "Not enough: {there:,.0f} leads {unreached}; about {missing:,.0f} more are needed."
    ),
    "too few one": "Not enough: 1 lead {reached}; about {missing:,.0f} more are needed.",
    "too few others one": "Not enough: 1 lead {unreached}; about {missing:,.0f} more are needed.",
    "shuffled": (
        "With the outcomes of the newer leads shuffled, {claimed:,.0f} of {shuffles:,.0f} times "
        "the same points would have passed for something learned; the test allows for {limit:.0%}."
    ),
    # why no threshold serves a goal
    "no goal": "A goal is more than nothing.",
    "alike": "Every lead has the same score: no threshold tells them apart.",
    "undated": "Without dates nobody can say how many leads a week that is.",
    "precision": "Of 100 handed over, at best {share:.0f} {do}, from {points} on.",
    "revenue": (
        "No threshold brings more than {amount:,.10g}{currency} for each lead handed over."
    ),
    "signals": (
        "The buying signals alone bring {leads:,.0f} leads, whatever their score; of 100 of them "
        "{share:.0f} {do}."
    ),
    "signals share": (
        "The buying signals alone bring {leads:,.0f} of {every:,.0f} leads, whatever their score: "
        "{of_100:.1f} of 100. The goal is {goal:.1f}."
    ),
    "signals weekly": (
        "The buying signals alone bring {weekly:.1f} leads a week, whatever their score. The goal "
        "is {goal:,.10g}."
    ),
    # how sure that is
    "pairs": (
        "Of 100 pairs of a newer {unit} that {one_did} and another one, the points put {n} in the "
        "right order ({low} to {high}). They were learned from older leads only."
    ),
    "best tenth": (
        "Of the newer {units}, the best tenth {often} {n:.1f} times as often as all ({low:.1f} to "
        "{high:.1f})."
    ),
    "average precision": (
        "Average precision: {n:.3f} ({low:.3f} to {high:.3f}), where chance alone gives {base:.3f}."
    ),
    "calibration": (
        "Of 100 newer {units}, {expected} were expected, and {came} {did} ({low} to {high}); the "
        "groups are off by {error} of 100 on average ({error_low} to {error_high})."
    ),
    "apart": "Leads that {did} can be told apart",
    "title": "{column} {label} {often} {n:.1f} times as often",
    "handed over": (
        "Of 100 handed over, {precision} {did}; of 100 {who}, {recall} were handed over."
    ),
    "between": "{n} ({low} to {high})",
    "of handed over": "Of 100 handed over, {did}",
    "of reached": "Of 100 {who}, handed over",
    "of 100": "Of 100, {did}",
    "of 100 without": "Of 100, {did}, without explored leads",
    "cost of one": "Cost of a {a_lead}",
    "reached": "{reached}",
    "units": "{units}",
    # the table
    "in common": "What leads that {did} have in common",
    "false discoveries": (
        "Each value is tested against all other leads ({test}); of what is called more than chance "
        "at most {limit:.0%} is false on average (Benjamini and Hochberg 1995)."
    ),
    "exact": "Fisher's exact test",
    "robust": "normal, with errors by lead",
    "false alarms": (
        "With outcomes shuffled, {claimed:,.0f} of {shuffles:,.0f} times anything at all was "
        "called more than chance ({leads:,.0f} leads)."
    ),
    # columns of which little can be learned
    "constant": "It is the same for every lead, so that it tells none apart.",
    "dates": (
        "{share:.0%} of its values are dates written as text: each counts as a word, and none is "
        "earlier or later than another."
    ),
    "mixed": (
        "{share:.0%} of the leads have a number there and the others a text: each value counts as "
        "a word, and none is more or less than another."
    ),
    # the portrait
    "nothing": "Leads that {did} have nothing in common that chance would not explain.",
    "ideal": "The ideal lead: {traits}.",
    "trait": "{column} {labels} ({often} {n:.1f} times as often)",
    "or": " or ",
    "avoid": "Hardly any lead {one_does} here: {traits}.",
    "all": "Of {leads:,.0f} leads whose end is known, {share:.1%} {were}.",
    "weeks": (
        "Of all {leads:,.0f} leads, {share:.1%} {ever}; of the {weeks:,.0f} weeks in which they "
        "were open, {rate:.1%} were followed by that within {days}."
    ),
    # the brief
    "amount": "{n:,.0f}",
    "brief": "{value} brings most ideal leads for its size: {share:.0%} of {leads:,.0f}.",
    "cost": "There a lead costs {lead}, and an ideal lead {ideal}.",
    "cost too": "There a lead costs {lead}, an ideal lead {ideal}, and a {a_lead} {one}.",
    "poor": "{value} brings fewest: {share:.0%} of {leads:,.0f}.",
    "counted": (
        "Spend is what was booked so far; it is shared by all leads of a source so far, those "
        "without an end too."
    ),
    "counted until": (
        "The cost of a {a_lead} is told by leads created until {day}: after {days} nine of ten of "
        "those that get so far have done so."
    ),
}
_GERMAN = {
    "learned": (
        "Eine Karte bringt {n:.0%} der Paare aus neueren {units}, von denen nur die einen "
        "{did}{rest}, in die richtige Reihenfolge."
    ),
    "chance": (
        "Hier gibt es nichts zu lernen: Eine Karte bringt {n:.0%} der Paare in die richtige "
        "Reihenfolge, und das erklärt der Zufall."
    ),
    "no column": "Hier gibt es nichts zu lernen: Kein Merkmal sagt etwas über das Ergebnis.",
    "too few": (
        "Nicht genug: {there:,.0f} Leads {reached}; etwa {missing:,.0f} weitere werden gebraucht."
    ),
    "too few others": (
        "Nicht genug: {there:,.0f} Leads {unreached}; etwa {missing:,.0f} weitere werden gebraucht."
    ),
    "too few one": "Nicht genug: 1 Lead {reached}; etwa {missing:,.0f} weitere werden gebraucht.",
    "too few others one": (
        "Nicht genug: 1 Lead {unreached}; etwa {missing:,.0f} weitere werden gebraucht."
    ),
    "shuffled": (
        "Mit vertauschten Ergebnissen der neueren Leads hätten dieselben Punkte in {claimed:,.0f} "
        "von {shuffles:,.0f} Fällen als gelernt gegolten; der Test lässt {limit:.0%} zu."
    ),
    "no goal": "Ein Ziel ist mehr als nichts.",
    "alike": "Alle Leads haben gleich viele Punkte: Keine Schwelle trennt sie.",
    "undated": "Ohne Datum kann niemand sagen, wie viele Leads in der Woche das sind.",
    "precision": "Von 100 übergebenen {do} höchstens {share:.0f}{rest}, ab {points}.",
    "revenue": "Keine Schwelle bringt mehr als {amount:,.10g}{currency} je übergebenem Lead.",
    "signals": (
        "Die Kaufsignale allein bringen {leads:,.0f} Leads, wie viele Punkte sie auch haben; von "
        "100 davon {do} {share:.0f}{rest}."
    ),
    "signals share": (
        "Die Kaufsignale allein bringen {leads:,.0f} von {every:,.0f} Leads, wie viele Punkte sie "
        "auch haben: {of_100:.1f} von 100. Das Ziel sind {goal:.1f}."
    ),
    "signals weekly": (
        "Die Kaufsignale allein bringen {weekly:.1f} Leads in der Woche, wie viele Punkte sie auch "
        "haben. Das Ziel sind {goal:,.10g}."
    ),
    "pairs": (
        "Vergleicht man neuere {units}, {that}, mit den übrigen, so bringen die Punkte von 100 "
        "Paaren {n} in die richtige Reihenfolge ({low} bis {high}). Gelernt wurden sie nur aus "
        "älteren."
    ),
    "best tenth": (
        "Das beste Zehntel der neueren {units} {often} {n:.1f}-mal so oft{so} wie alle ({low:.1f} "
        "bis {high:.1f})."
    ),
    "average precision": (
        "Mittlere Präzision (Average Precision): {n:.3f} ({low:.3f} bis {high:.3f}); der Zufall "
        "allein ergibt {base:.3f}."
    ),
    "calibration": (
        "Von 100 neueren {units} waren {expected} erwartet, und {came} {did}{rest} ({low} bis "
        "{high}); die Gruppen liegen im Mittel um {error} von 100 daneben ({error_low} bis "
        "{error_high})."
    ),
    "apart": "Leads, {that}, lassen sich unterscheiden",
    "title": "{column} {label}: {often} {n:.1f}-mal so oft{so}",
    "handed over": (
        "Von 100 übergebenen {did} {precision}{rest}; von 100 {whom} wurden {recall} übergeben."
    ),
    "between": "{n} ({low} bis {high})",
    "of handed over": "Von 100 übergebenen {did}{rest}",
    "of reached": "Von 100 {whom} wurden übergeben",
    "of 100": "Von 100 {did}{rest}",
    "of 100 without": "Von 100 {did}{rest}, ohne erkundete Leads",
    "cost of one": "Kosten je {a_lead}",
    "reached": "{reached}",
    "units": "{units}",
    "in common": "Was Leads, {that}, gemeinsam haben",
    "false discoveries": (
        "Jeder Wert wird gegen alle übrigen Leads geprüft ({test}); von dem, was mehr als Zufall "
        "heißt, sind im Mittel höchstens {limit:.0%} falsch (Benjamini und Hochberg 1995)."
    ),
    "exact": "exakter Test nach Fisher",
    "robust": "Normalverteilung, Fehler je Lead",
    "false alarms": (
        "Mit vertauschten Ergebnissen hieß in {claimed:,.0f} von {shuffles:,.0f} Fällen überhaupt "
        "etwas mehr als Zufall ({leads:,.0f} Leads)."
    ),
    "constant": "Es ist bei allen Leads dasselbe und trennt deshalb keine.",
    "dates": (
        "{share:.0%} der Werte sind als Text geschriebene Tage: Jeder zählt als ein Wort, und "
        "keiner ist früher oder später als ein anderer."
    ),
    "mixed": (
        "Bei {share:.0%} der Leads steht eine Zahl und bei den übrigen ein Text: Jeder Wert zählt "
        "als ein Wort, und keiner ist mehr oder weniger als ein anderer."
    ),
    "nothing": "Leads, {that}, haben nichts gemeinsam, was nicht Zufall sein kann.",
    "ideal": "Der ideale Lead: {traits}.",
    "trait": "{column} {labels} ({often} {n:.1f}-mal so oft{so})",
    "or": " oder ",
    "avoid": "Hier {one_does} kaum ein Lead{rest}: {traits}.",
    "all": "Von {leads:,.0f} Leads, deren Ende bekannt ist, {did} {share:.1%}{rest}.",
    "weeks": (
        "Von allen {leads:,.0f} Leads {did} {share:.1%}{ever}; auf {rate:.1%} der {weeks:,.0f} "
        "Wochen, in denen sie offen waren, folgte das innerhalb von {days}."
    ),
    "amount": "{n:,.0f}",
    "brief": (
        "{value} bringt gemessen an der Menge die meisten idealen Leads: {share:.0%} von "
        "{leads:,.0f}."
    ),
    "cost": "Dort kostet ein Lead {lead} und ein idealer Lead {ideal}.",
    "cost too": "Dort kostet ein Lead {lead}, ein idealer Lead {ideal} und ein {one_lead} {one}.",
    "poor": "{value} bringt die wenigsten: {share:.0%} von {leads:,.0f}.",
    "counted": (
        "Die Kosten sind, was bisher gebucht wurde; sie verteilen sich auf alle bisherigen Leads "
        "einer Quelle, auch auf die noch ohne Ende."
    ),
    "counted until": (
        "Die Kosten je {a_lead} stammen von Leads, die bis {day} angelegt wurden: Nach {days} sind "
        "neun von zehn derer, die so weit kommen, auch so weit."
    ),
}
LANGUAGES = ("en", "de")
Figures = Mapping[str, float | str]
NONE: Figures = {}


def say(
    key: str,
    language: str = "en",
    figures: Figures = NONE,
    *,
    target: Target = WON,
    many: bool = True,
    weekly: bool = False,
) -> str:
    """Return a sentence about what was learned, in English (`en`) or German (`de`)."""
    template = (_GERMAN if is_german(language) else _ENGLISH)[key]
    return put(template, language, figures, target=target, many=many, weekly=weekly)


def days_of(number: int, language: str) -> str:
    """Return so many days as they stand in a sentence (in German in the dative)."""
    if is_german(language):
        return f"{number} {'Tag' if number == 1 else 'Tagen'}"
    return f"{number} {'day' if number == 1 else 'days'}"


def points_of(number: int, language: str) -> str:
    """Return so many points as they stand in a sentence (in German in the dative)."""
    if is_german(language):
        return f"{number} {'Punkt' if abs(number) == 1 else 'Punkten'}"
    return f"{number} {'point' if abs(number) == 1 else 'points'}"
