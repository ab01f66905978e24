"""A proposal for people: what `einig propose` prints."""

from __future__ import annotations

from typing import Any

from einig.cli.output import count, money, of_100, out, table
from einig.engine.learning.discoveries import SHARE_FALSE
from einig.engine.learning.label_words import shown
from einig.engine.learning.target_words import target_of
from einig.engine.learning.told_words import NONE, Figures, say

_OTHERS = {
    "auc_before": "the agreement so far",
    "auc_naive_bayes": "naive Bayes",
    "auc_logistic": "logistic regression",
    "auc_lightgbm": "LightGBM",
}
_ENDS = {"n": "", "low": "_low", "high": "_high"}  # of a share, by what a sentence calls them
_RESTRICTED = (
    "The agreement so far picked itself the leads whose end is known; among these it looks worse "
    "than among all."
)


def print_proposal(found: dict[str, Any], *, in_full: bool) -> None:
    """Print what was told; `in_full` with average precision, calibration and all of the table."""
    said = _Said(found)
    out().print(found["verdict"])
    if found["shuffled"]:
        out().print(said("shuffled", found["shuffled"]))
    if found["auc_test"] is not None:
        _print_quality(found)
    if in_full and found["quality"]:
        _print_in_full(found["quality"], said)
    if found["portrait"]:
        out().print(f"\n{found['portrait']['en']}")
    if found["ideal"]:
        _print_method(found, said)
    _print_channels(found, said, in_full=in_full)
    if found["card"]:
        _print_card(found["card"], said)
    _print_columns(found)
    if found["draft"]:
        chosen, newer = found["draft"]["chosen"], found["draft"]["newer"]
        out().print(f"\nFrom {chosen['score']} points on: {_comes_to(chosen, said)}")
        out().print(f"On newer leads, from which nothing was learned: {_comes_to(newer, said)}")
    if found["beyond"]:
        out().print(f"{found['beyond']['en']} So the threshold is the highest one.")
    if found["refused"]:
        out().print(f"\nNo draft: {found['refused']['en']}")


class _Said:
    """Sentences that speak of what a proposal was made for."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.target = target_of(found["target"])
        self.weekly = found["examples"]["kind"] == "weekly"
        self.numeric = frozenset(found["numeric"])

    def __call__(self, key: str, figures: Figures = NONE) -> str:
        return say(key, figures=figures, target=self.target, weekly=self.weekly)

    def label(self, column: str, label: str) -> str:
        return shown(column, label, "en", numeric=self.numeric)


def _print_quality(found: dict[str, Any]) -> None:
    rows = table("on newer leads", "AUC>")
    low, high = found["auc_test_low"], found["auc_test_high"]
    rows.add_row("this card", f"{found['auc_test']:.3f} ({low:.3f} to {high:.3f})")
    for key, name in _OTHERS.items():
        if found[key] is not None:
            rows.add_row(name, f"{found[key]:.3f}")
    out().print()
    out().print(rows)
    if found["before_restricted"]:
        out().print(_RESTRICTED)


def _print_in_full(quality: dict[str, Any], said: _Said) -> None:
    calibration = quality["calibration"]
    came, error = calibration["came"], calibration["error"]
    precise, lift = quality["average_precision"], quality["lift"]
    shown_ = {name: of_100(of) for name, of in came.items()}
    off = {"error": of_100(error["value"]), "error_low": of_100(error["low"])}
    figures = {"expected": of_100(calibration["expected"]), "came": shown_["value"]}
    figures |= off | {"error_high": of_100(error["high"])}
    out().print()
    out().print(said("best tenth", _n(lift)))
    out().print(said("average precision", {**_n(precise), "base": came["value"]}))
    out().print(said("calibration", {**_n(shown_), **figures}))
    rows = table(f"{said('units')}>", "expected of 100>", "came>", "from>", "to>")
    for of in calibration["groups"]:
        seen = [of_100(of["came"][name]) for name in ("value", "low", "high")]
        rows.add_row(count(of["count"]), of_100(of["expected"]), *seen)
    out().print(rows)


def _n(of: dict[str, Any]) -> dict[str, Any]:
    return {"n": of["value"], "low": of["low"], "high": of["high"]}


def _print_method(found: dict[str, Any], said: _Said) -> None:
    ideal = found["ideal"]
    method: Figures = {"test": said(ideal["test"]), "limit": SHARE_FALSE}
    out().print(said("false discoveries", method))
    if ideal["shuffled"]:
        out().print(said("false alarms", ideal["shuffled"]))
    if found["examples"]["share"] < 1:
        drawn = of_100(found["examples"]["share"])
        out().print(f"There are more weeks; {drawn} of 100 leads were drawn by chance.")


def _print_channels(found: dict[str, Any], said: _Said, *, in_full: bool) -> None:
    if found["brief"]["en"]:
        out().print(f"\n{found['brief']['en']}")
    if found["counted"]["en"]:
        out().print(found["counted"]["en"])
    if not in_full or not found["channels"]:
        return
    rows = table("source", "leads>", "ideal of 100>", f"{said('reached')}>", "revenue per lead>")
    for of in found["channels"]:
        each = money(of["revenue_per_lead"], found["currency"])
        rows.add_row(of["value"], count(of["leads"]), of_100(of["share"]), count(of["won"]), each)
    out().print(rows)


def _print_card(card: dict[str, Any], said: _Said) -> None:
    rows = table("fit", "", "points>", f"{said('units')}>", "times as often>")
    for attribute in card["fit"]:
        name = attribute["attribute"]
        for row in attribute["rows"]:
            lift = "–" if row["lift"] is None else f"{row['lift']:.1f}x"
            label = said.label(attribute["attribute"], row["label"])
            rows.add_row(name, label, str(row["points"]), count(row["count"]), lift)
            name = ""
    for of in card["engagement"]:
        lift = "–" if of["lift"] is None else f"{of['lift']:.1f}x"
        each = f"each, at most {of['times']}"
        rows.add_row(of["name"], each, str(of["points"]), count(of["count"]), lift)
    out().print()
    out().print(rows)


def _print_columns(found: dict[str, Any]) -> None:
    for title, key in (
        ("Set aside", "set_aside"),
        ("Blank not used", "blank_aside"),
        ("To be looked at", "flagged"),
        ("Little can be learned of", "awkward"),
    ):
        if found[key]:
            out().print(f"\n{title}")
            for of in found[key]:
                out().print(f"  {of['column']}: {of['reason']}")
    if found["examples"]["unknown"]:
        out().print("\nOf these leads nobody knows what would have become; they count neither way")
        for of in found["examples"]["unknown"]:
            out().print(f"  {of['reason']}: {count(of['leads'])}")


def _comes_to(of: dict[str, Any], said: _Said) -> str:
    weekly = f", {of['weekly']:.1f} a week" if of["weekly"] is not None else ""
    shares = {
        name: said("between", {n: of_100(of[f"{name}{end}"]) for n, end in _ENDS.items()})
        for name in ("precision", "recall")
    }
    return f"{count(of['leads'])} leads{weekly}. {said('handed over', shares)}"
