"""The sentences in which findings tell their evidence, in English."""

from __future__ import annotations

SENTENCES = {
    "declared": "It was declared as not to be used.",
    "winners only": (
        "It is filled in for {leads:,.0f} leads, and {won_filled:.1%} of them were won, against "
        "{base:.1%} of all: it is known only of winners."
    ),
    "losers only": (
        "It is filled in for {leads:,.0f} leads, and {won_filled:.1%} of them were won, against "
        "{base:.1%} of all: it is known only of losers."
    ),
    "on contact": (
        "It is filled in for {winners:.0%} of the winners and {losers:.0%} of the losers: that it "
        "is filled in already tells the outcome (AUC {auc:.2f})."
    ),
    "verdict": (
        "It is filled in for {winners:.0%} of the winners and {losers:.0%} of the losers, and what "
        "is filled in tells winners from losers with an AUC of {auc:.3f}: it reads like a verdict."
    ),
    "blank": (
        "Where it is filled in, {won_filled:.1%} were won, and where it is blank {won_blank:.1%}; "
        "it is filled in for {winners:.0%} of the winners and {losers:.0%} of the losers."
    ),
    "disguise": (
        "Alone it tells winners from losers with an AUC of {auc:.3f}; {told:.0%} of the leads have "
        "values that settle it almost surely."
    ),
    "pure values": (
        "{share:.0%} of the {outcome} have values that nearly nobody else has "
        "({leads:,.0f} leads, {rate:.1%} of them won)."
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
