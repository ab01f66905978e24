"""An agreement that uses everything, and Hypothesis strategies that write agreements as text."""

from __future__ import annotations

from hypothesis import strategies as st

FULL = """\
name: Inbound DACH
lead:
  reachable_by: [email, phone]
  never:
    - email_domain: [mailinator.com]
    - {profiling: objected, country: {known: true}}
  inquiries: [form_sent]
fit:
  industry: {Software: 20, Mechanical engineering: 15, otherwise: 1, unknown: 2}
  employees: {1-49: 0, 50-249: 10, 250-999: 20, 1000+: 12}
engagement:
  webinar_attended: {points: 10, for: 30 days, at_most: 20}
  pricing: {activity: page_viewed, where: {path: /pricing}, points: 5, for: 2 weeks, per: company}
  paper: {steps: [{points: 8, until: 14 days}, {points: 4, until: 60 days}], after_inquiry: true}
  unsubscribed: {points: -15, for: 90 days}
  quiet: {nothing_for: 30 days, points: -10, activities: [page_viewed]}
intent:
  demo_requested: {for: 14 days}
  pricing_often: {activity: page_viewed, where: {seconds: {above: 5}}, times: 3, within: 7 days}
sales_ready:
  fit: 20
  any: [intent, {engagement: 30}, {score: 60, attributes: {country: [DE, AT]}}]
sales:
  respond_within: 1 working hour
  attempts: {at_least: 6, within: 10 working days, channels: 2, minutes: 10}
  return_reasons: [not reached, no budget]
marketing: {sales_ready_a_month: 60, required: [company], answer_feedback_within: 5 working days}
outside_fit: {answered_by: marketing, within: 1 working day}
verify: 50%
explore: 2%
"""

_WORDS = st.sampled_from(["DE", "de", "Software", "software", "5", "5.0", "NO", "on", "12:30", "x"])
_POINTS = st.integers(-20, 20).map(str)
_WINDOWS = st.sampled_from(["1 day", "7 days", "1 week", "14 days", "ever", "0 days"])
_CONDITIONS = st.one_of(
    _WORDS,
    st.lists(_WORDS, min_size=1, max_size=2).map(lambda words: f"[{', '.join(words)}]"),
    st.sampled_from(
        ["{at_least: 5}", "{above: 5}", "{below: 9}", "{at_most: 9.5}", "{known: true}", "{not: x}"]
    ),
)
_WHERE = st.one_of(st.none(), st.tuples(st.sampled_from(["path", "plan"]), _CONDITIONS))


def _entries(pairs: dict[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"


@st.composite
def _tables(draw: st.DrawFn) -> str:
    rows = draw(st.dictionaries(_WORDS, _POINTS, max_size=3))
    ranges = draw(st.sampled_from([[], ["1-49", "50-249"], ["0-10", "10+"], ["<5", "5-9"]]))
    rest = draw(st.dictionaries(st.sampled_from(["otherwise", "unknown"]), _POINTS))
    rows = {key: of for key, of in rows.items() if key not in ("5", "5.0") or not ranges}
    return _entries(rows | {each: draw(_POINTS) for each in ranges} | rest)


@st.composite
def _actions(draw: st.DrawFn, *, intent: bool) -> str:
    entries: dict[str, str] = {}
    where = draw(_WHERE)
    if where:
        entries["where"] = _entries(dict([where]))
    if draw(st.booleans()):
        entries["activity"] = draw(_WORDS)
    entries |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "per": st.sampled_from(["person", "company"]),
                "after_inquiry": st.sampled_from(["true", "false"]),
            },
        )
    )
    if intent:
        times = draw(st.integers(1, 3))
        window = draw(_WINDOWS)
        entries |= {"times": str(times), "within": window} if times > 1 else {"for": window}
    else:
        entries |= {"points": draw(_POINTS), "for": draw(_WINDOWS)}
        if draw(st.booleans()):
            entries["at_most"] = draw(st.integers(-40, 40).map(str))
    return _entries(entries)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Draw the text of an agreement; not every one of them is accepted."""
    names = st.sampled_from(["visit", "demo", "Demo", "paper"])
    fit = draw(st.dictionaries(st.sampled_from(["country", "size"]), _tables(), max_size=2))
    engagement = draw(st.dictionaries(names, _actions(intent=False), max_size=2))
    intent = draw(st.dictionaries(names, _actions(intent=True), max_size=2))
    rule = st.dictionaries(
        st.sampled_from(["fit", "engagement", "score"]), st.integers(-5, 60).map(str), min_size=1
    ).map(_entries)
    ready = draw(st.one_of(rule, st.lists(rule, min_size=1, max_size=3).map(_any), st.just(_ALL)))
    sections = {"name": draw(st.sampled_from(["A", "B"])), "fit": _entries(fit)}
    sections |= {"engagement": _entries(engagement), "intent": _entries(intent)}
    sections |= {"sales_ready": ready}
    sections |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "verify": st.sampled_from(["100%", "50%"]),
                "explore": st.sampled_from(["0%", "2%"]),
                "outside_fit": st.just("{answered_by: sales, within: 1 working day}"),
                "sales": st.sampled_from(
                    ["{respond_within: 1 working hour}", "{attempts: {at_least: 3}}"]
                ),
                "lead": st.sampled_from(
                    ["{reachable_by: [email]}", "{never: [{country: de}]}", "{inquiries: [demo]}"]
                ),
            },
        )
    )
    return "".join(f"{key}: {value}\n" for key, value in sections.items())


_ALL = "{all: [intent, {attributes: {country: {known: true}}}]}"


def _any(rules: list[str]) -> str:
    return _entries({"any": f"[{', '.join(rules)}]"})
