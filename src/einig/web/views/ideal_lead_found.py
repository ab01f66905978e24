"""What the page Ideal lead shows of a study, in the language of whoever reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from einig.engine.learning import label_words, leak_words
from einig.engine.learning.discoveries import SHARE_FALSE
from einig.engine.learning.target_words import target_of
from einig.engine.learning.targets import Target
from einig.engine.learning.told_words import NONE, Figures, say
from einig.flow import words
from einig.store.models import Study
from einig.web.templatetags.einig import capital, hundred

_FIRM = ("industry", "branche", "employees", "mitarbeiter", "company_size", "revenue", "umsatz")
_PERSON = ("title", "job title", "function", "funktion", "seniority", "position", "role", "age")
_PLACE = (
    "country",
    "land",
    "state",
    "bundesland",
    "city",
    "ort",
    "zip",
    "plz",
    "region",
    "postal code area",
)
_SOURCE = ("source", "quelle", "origin", "campaign", "kampagne", "channel", "medium")
PARTS: list[tuple[str, Any]] = [
    ("firm", gettext_lazy("Firm")),
    ("person", gettext_lazy("Person")),
    ("place", gettext_lazy("Place")),
    ("behaviour", gettext_lazy("Behaviour")),
    ("source", gettext_lazy("Lead source")),
    ("other", gettext_lazy("Other")),
]
_NO_COST = {"cost_of_lead": None, "cost_of_won": None}  # studies from before say nothing of it
_STEADY: dict[str, Any] = {"columns": []}
OTHERS = [
    ("auc_before", gettext_lazy("the agreement in force")),
    ("auc_naive_bayes", gettext_lazy("naive Bayes, as other tools do it")),
    ("auc_logistic", gettext_lazy("logistic regression")),
    ("auc_lightgbm", gettext_lazy("LightGBM, which nobody can read")),
]


@dataclass(frozen=True, slots=True)
class Trait:
    """One row of the table: what it is, and how often such leads close."""

    column: str
    label: str
    of: Mapping[str, Any]
    title: str


def found_of(study: Study) -> dict[str, Any]:
    """Return what the page shows of a study."""
    found = study.result or {}
    of = _Told(found)
    ideal, card, drift = found["ideal"], found["card"], found["drift"] or _STEADY
    traits = ideal["traits"] if ideal else []
    return {
        "portrait": of.either("portrait"),
        "brief": of.either("brief"),
        "counted": of.either("counted"),
        "refused": of.either("refused"),
        "beyond": of.either("beyond"),
        "channels": [_NO_COST | each for each in found["channels"]],
        "parts": _parts([of.trait(each) for each in traits]),
        "pairs": [of.pair(each) for each in ideal["pairs"][:10]] if ideal else [],
        "changed": [of.changed(each) for each in drift["columns"][:5]],
        "explored": [of.correction(each) for each in found.get("explored", [])[:8]],
        "best": _best([of.trait(each) for each in traits]),
        "card": of.card(card) if card else None,
        "aside": [of.finding(f) for f in found["set_aside"] if f["kind"] != "declared"],
        "dropped": [
            f["column"]
            for f in found["set_aside"]
            if f["kind"] == "declared" and f["column"] in study.question["drop"]
        ],
        "blank": [of.finding(f) for f in found["blank_aside"]],
        "awkward": [of.awkward(each) for each in found.get("awkward", [])],
        "flagged": [of.finding(f) for f in found["flagged"]],
        "others": [(key, label, found[key]) for key, label in OTHERS if found[key] is not None],
        "curve": _some(found["draft"]["curve"], 12) if found["draft"] else [],
        "groups": _groups(found["quality"]),
        "weekly": of.weekly,
        "said": of.said(),
        "found": found,
    }


class _Told:
    """The words of a study: what its target, its values and its columns are called."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.found = found
        self.language = "de" if (translation.get_language() or "de").startswith("de") else "en"
        self.target: Target = target_of(found["target"])
        self.weekly: bool = found["examples"]["kind"] == "weekly"
        self.numeric = frozenset(found.get("numeric", ()))
        traits = found["ideal"]["traits"] if found["ideal"] else ()
        self.names = {each["column"]: _column(each) for each in traits}

    def say(self, key: str, figures: Figures = NONE, *, ever: bool = False) -> str:
        target = replace(self.target, within=None) if ever else self.target
        return say(key, self.language, figures, target=target, weekly=self.weekly)

    def either(self, key: str) -> str:
        """Return what was told in both languages; what was told in one is as it is."""
        told = self.found.get(key) or ""
        return told if isinstance(told, str) else str(told.get(self.language, ""))

    def said(self) -> dict[str, str]:
        """Return the sentences that speak of the target."""
        keys = ("apart", "of handed over", "of reached", "of 100", "of 100 without", "in common")
        made = {key.replace(" ", "_"): self.say(key) for key in (*keys, "units")}
        made |= {
            "channel_reached": self.say("reached", ever=True),
            "cost_of_one": self.say("cost of one", ever=True),
        }
        if draft := self.found["draft"]:
            made["newer"] = self._handed_over(draft.get("newer"))
        quality, ideal = self.found["quality"], self.found["ideal"]
        if shuffled := self.found.get("shuffled"):
            made["shuffled"] = self.say("shuffled", shuffled)
        if ideal and "test" in ideal:
            test = self.say(ideal["test"])
            made["method"] = self.say("false discoveries", {"test": test, "limit": SHARE_FALSE})
        if ideal and ideal.get("shuffled"):
            made["alarms"] = self.say("false alarms", ideal["shuffled"])
        return made | (self._quality(quality) if quality else {})

    def _handed_over(self, of: Mapping[str, Any] | None) -> str:
        """Return what a threshold comes to among leads with a known end; empty without any."""
        if of is None or of["precision"] is None or of["recall"] is None:
            return ""
        shares = {name: self.say("between", _of(of, name)) for name in ("precision", "recall")}
        return self.say("handed over", shares)

    def _quality(self, of: Mapping[str, Any]) -> dict[str, str]:
        auc = {name: hundred(share) for name, share in of["auc"].items()}
        made = {
            "pairs": self.say("pairs", _n(auc)),
            "best_tenth": self.say("best tenth", _n(of["lift"])),
        }
        if calibration := of["calibration"]:
            came = {name: hundred(share) for name, share in calibration["came"].items()}
            error = {name: hundred(share) for name, share in calibration["error"].items()}
            off = {"error": error["value"], "error_low": error["low"], "error_high": error["high"]}
            expected = {"expected": hundred(calibration["expected"]), "came": came["value"]}
            made["calibration"] = self.say("calibration", _n(came) | expected | off)
            base = {"base": calibration["came"]["value"]}
            made["average_precision"] = self.say(
                "average precision", _n(of["average_precision"]) | base
            )
        return made

    def label(self, column: str, label: str) -> str:
        """Return a value or a range as people read it."""
        return label_words.shown(column, label, self.language, numeric=self.numeric)

    def name(self, column: str) -> str:
        return self.names.get(column, words.attribute(column))

    def trait(self, of: Mapping[str, Any]) -> Trait:
        label = f"{of['label']}×" if of["behaviour"] else self.label(of["column"], of["label"])
        figures = {"column": capital(_column(of)), "label": label, "n": of["lift"]["value"]}
        return Trait(_column(of), label, of, self.say("title", figures))

    def pair(self, of: Mapping[str, Any]) -> dict[str, Any]:
        sides = zip(of["columns"], of["labels"], strict=True)
        return {"names": [f"{self.name(c)}: {self.label(c, v)}" for c, v in sides], **of}

    def changed(self, of: Mapping[str, Any]) -> dict[str, Any]:
        moved = self.label(of["column"], of["moved_most"])
        return {**of, "name": self.name(of["column"]), "moved_most": moved}

    def correction(self, of: Mapping[str, Any]) -> dict[str, Any]:
        column = of["column"]
        name = _("all leads") if column is None else self.name(column)
        return {"name": name, "shown": self.label(column or "", of["label"]), **of}

    def card(self, of: Mapping[str, Any]) -> list[dict[str, Any]]:
        fit = [
            {
                "name": words.attribute(part["attribute"]),
                "rows": [
                    row | {"label": self.label(part["attribute"], row["label"])}
                    for row in part["rows"]
                ],
            }
            for part in of["fit"]
        ]
        engaged = [
            {
                "name": words.counted(part["activity"], part["days"], list(part["where"].items())),
                "rows": [part | {"label": _("each, at most %(n)s times") % {"n": part["times"]}}],
            }
            for part in of["engagement"]
        ]
        return fit + engaged

    def awkward(self, of: Mapping[str, Any]) -> dict[str, str]:
        said = self.say(of["kind"], {"share": of["share"]})
        return {"name": words.attribute(of["column"]), "said": said}

    def finding(self, of: Mapping[str, Any]) -> dict[str, str]:
        said = leak_words.sentence(of["kind"], of["figures"], self.language, target=self.target)
        return {"column": of["column"], "name": words.attribute(of["column"]), "said": said}


def _n(of: Mapping[str, Any]) -> dict[str, Any]:
    """Return an estimate as a sentence has it."""
    return {"n": of["value"], "low": of["low"], "high": of["high"]}


def _of(of: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return a share of a choice as a sentence has it."""
    keys = {"n": name, "low": f"{name}_low", "high": f"{name}_high"}
    return {as_: hundred(of[key]) for as_, key in keys.items()}


def _groups(quality: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return the groups of the calibration, with places on a line from 0 to 100."""
    if not quality or not quality["calibration"]:
        return []
    groups = quality["calibration"]["groups"]
    most = max([max(g["came"]["high"], g["expected"]) for g in groups] + [1e-9])
    return [
        {
            **of,
            "low": 100 * of["came"]["low"] / most,
            "width": 100 * (of["came"]["high"] - of["came"]["low"]) / most,
            "at": 100 * of["came"]["value"] / most,
            "meant": 100 * of["expected"] / most,
        }
        for of in groups
    ]


def _parts(traits: Iterable[Trait]) -> list[tuple[Any, list[Trait], list[Trait]]]:
    """Return by part what is more than chance, and everything else that is not too thin."""
    sorted_in: dict[str, list[Trait]] = {code: [] for code, _label in PARTS}
    for trait in traits:
        sorted_in[_part(trait.of)].append(trait)
    found = []
    for code, label in PARTS:
        rows = sorted(sorted_in[code], key=lambda t: -t.of["lift"]["value"])
        clear = _clearest([t for t in rows if t.of["discovery"]])
        if rows:
            found.append((label, clear, [t for t in rows if t not in clear]))
    return found


def _clearest(traits: list[Trait]) -> list[Trait]:
    """Return the traits to be shown at once: of an activity the strongest window only."""
    kept: dict[object, Trait] = {}
    for number, trait in enumerate(traits):
        did = trait.of["behaviour"]
        if did and trait.of["label"] != "0":
            kept.setdefault((did["type"], str(did["where"])), trait)
        elif not did:
            kept[number] = trait
    return list(kept.values())


def _part(of: Mapping[str, Any]) -> str:
    if of["behaviour"]:
        return "behaviour"
    name = of["column"].casefold()
    known = {"firm": _FIRM, "person": _PERSON, "place": _PLACE, "source": _SOURCE}
    return next((code for code, names in known.items() if name in names), "other")


def _column(of: Mapping[str, Any]) -> str:
    behaviour = of["behaviour"]
    if not behaviour:
        return words.attribute(of["column"])
    return words.counted(behaviour["type"], behaviour["days"], behaviour["where"])


def _best(traits: Iterable[Trait]) -> Trait | None:
    """Return what says most, for the title of the page: who a lead is before what it did."""
    nobody = {"unknown", "otherwise", "0"}
    clear = [t for t in traits if t.of["discovery"] and t.of["label"] not in nobody]
    clear = [t for t in clear if t.of["lift"]["low"] > 1]
    if not clear:
        return None
    return max(clear, key=lambda t: (not t.of["behaviour"], float(t.of["lift"]["low"])))


def _some(curve: list[Any], most: int) -> list[Any]:
    """Return some of many thresholds, evenly, with both ends."""
    if len(curve) <= most:
        return curve
    return [curve[round(n * (len(curve) - 1) / (most - 1))] for n in range(most)]
