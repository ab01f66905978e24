"""What leads reach, in words: the parts of a sentence that depend on the target.

A template has these parts as slots, so that one sentence says *bought*, *became an opportunity* or
*were accepted by sales*, in English and German, of one or of several.
"""

from __future__ import annotations

from collections.abc import Mapping

from einig.engine.learning.german import German, is_german
from einig.engine.learning.targets import WON, Target
from einig.engine.values import fold

_Forms = Mapping[str, str]

# English: each form of one lead and of several; German: what stands before and behind a number.
_ENGLISH: Mapping[str, tuple[_Forms, _Forms]] = {
    "won": (
        {"did": "bought", "do": "buys", "reached": "won", "were": "was won"},
        {"did": "bought", "do": "buy", "reached": "won", "were": "were won"},
    ),
    "accepted": (
        {"did": "was accepted by sales", "do": "is accepted by sales"},
        {"did": "were accepted by sales", "do": "are accepted by sales"},
    ),
    "opportunity": (
        {"did": "became an opportunity", "do": "becomes an opportunity"},
        {"did": "became opportunities", "do": "become opportunities"},
    ),
    "sales_qualified": (
        {"did": "was qualified by sales", "do": "is qualified by sales"},
        {"did": "were qualified by sales", "do": "are qualified by sales"},
    ),
    "activity": (
        {"did": "did {name}", "do": "does {name}"},
        {"did": "did {name}", "do": "do {name}"},
    ),
}
_NOT: Mapping[str, tuple[str, str]] = {
    "won": ("not won", "not won"),
    "accepted": ("was not accepted by sales", "were not accepted by sales"),
    "opportunity": ("did not become an opportunity", "did not become opportunities"),
    "sales_qualified": ("was not qualified by sales", "were not qualified by sales"),
    "activity": ("did not do {name}", "did not do {name}"),
}
_GERMAN: Mapping[str, tuple[_Forms, _Forms]] = {
    "won": ({"did": "kaufte", "do": "kauft"}, {"did": "kauften", "do": "kaufen"}),
    "be": ({"did": "wurde", "do": "wird"}, {"did": "wurden", "do": "werden"}),
    "activity": ({"did": "hatte", "do": "hat"}, {"did": "hatten", "do": "haben"}),
}
_REST: Mapping[str, str] = {
    "won": "",
    "accepted": " vom Vertrieb angenommen",
    "opportunity": " zur Opportunity",
    "sales_qualified": " vom Vertrieb qualifiziert",
    "activity": " die Aktivität {name}",
}
_STAGES = ("opportunity", "sales_qualified")


def put(
    template: str,
    language: str,
    figures: Mapping[str, float | str],
    *,
    target: Target = WON,
    many: bool = True,
    weekly: bool = False,
) -> str:
    """Return a sentence with the target's words and figures in it.

    `many` says whether the target's words are of several leads, and `weekly` that examples are
    leads in a week.
    """
    if is_german(language):
        slots = _german(target, many=many) | _units_german(weekly=weekly)
        return German().vformat(template, (), {**slots, **figures})
    slots = _english(target, many=many) | _units_english(weekly=weekly)
    return template.format(**slots, **figures)


def target_of(told: Mapping[str, object]) -> Target:
    """Return the target that plain values tell of (see `told`)."""
    kind, within, activities = told["kind"], told["within_days"], told["activities"]
    assert isinstance(activities, list)  # as it was written
    return Target(
        kind="won" if kind == "won" else "accepted" if kind == "accepted" else "activity",
        activities=tuple(map(str, activities)),
        within=int(str(within)) if within else None,
    )


def _kind(target: Target) -> str:
    if target.kind != "activity":
        return target.kind
    only = fold(target.activities[0]).replace(" ", "_") if len(target.activities) == 1 else ""
    return only if only in _STAGES else "activity"


def _english(target: Target, *, many: bool) -> dict[str, str]:
    kind, of = _kind(target), target.within
    name = " or ".join(target.activities)
    soon = "" if of is None else f" within {of} {'day' if of == 1 else 'days'}"
    one, several = ({k: v.format(name=name) for k, v in f.items()} for f in _ENGLISH[kind])
    forms = several if many else one
    won = kind == "won"
    return {
        "did": forms["did"] + soon,
        "ever": forms["did"],
        "do": forms["do"] + soon,
        "one_did": one["did"] + soon,
        "one_does": one["do"] + soon,
        "often": ("closes" if won else one["do"]) + soon,
        "reached": forms.get("reached", forms["did"]) + soon,
        "unreached": _NOT[kind][many].format(name=name) + soon,
        "were": forms.get("were", forms["did"]) + soon,
        "who": "buyers" if won and not soon else f"leads that {several['did']}{soon}",
        "a_lead": "won lead" if won and not soon else f"lead that {one['did']}{soon}",
        "those": "winners" if won else f"leads that {several['did']}{soon}",
        "others": "losers" if won else "others",
    }


def _german(target: Target, *, many: bool) -> dict[str, str]:
    kind, of = _kind(target), target.within
    names = " oder ".join(f"„{name}“" for name in target.activities)
    one, several = _GERMAN[kind if kind in ("won", "activity") else "be"]
    forms = several if many else one
    soon = "" if of is None else f" innerhalb {'eines Tages' if of == 1 else f'von {of} Tagen'}"
    rest = _REST[kind].format(name=names)
    that = f"die{soon}{rest} {several['did']}"
    won, plain = kind == "won", kind == "won" and not soon
    return {
        "did": forms["did"],
        "do": forms["do"],
        "one_does": one["do"],
        "rest": f"{soon}{rest}",
        "ever": rest,
        "that": that,
        "often": "schließt" if won else one["do"],
        "so": f"{soon} ab" if won else f"{soon}{rest}",
        "reached": "gewonnen" if plain else f"{forms['did']}{soon}{rest}",
        "unreached": "nicht gewonnen" if plain else f"{forms['did']}{soon} nicht{rest}",
        "whom": "Käufern" if plain else f"Leads, {that},",
        "a_lead": "gewonnenem Lead" if plain else f"Lead, der{soon}{rest} {one['did']},",
        "one_lead": "gewonnener Lead" if plain else f"Lead, der{soon}{rest} {one['did']},",
        "of_those": "der Käufer" if plain else f"derer, {that},",
        "those": "Käufern" if plain else f"Leads, {that}",
        "accused": "Käufer" if plain else f"Leads, {that},",
        "of_others": "der Verlorenen" if plain else "der übrigen",
        "others": "Verlorenen" if plain else "den übrigen",
    }


def _units_english(*, weekly: bool) -> dict[str, str]:
    one = "lead week" if weekly else "lead"
    return {"unit": one, "units": f"{one}s"}


def _units_german(*, weekly: bool) -> dict[str, str]:
    return {"units": "Lead-Wochen" if weekly else "Leads"}
