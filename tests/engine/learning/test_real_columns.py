"""What is found in the real histories with every column of their files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from einig.engine.history import History, read_history
from einig.engine.learning.examples import Examples
from einig.engine.learning.findings import Examination
from einig.engine.learning.gather import examples_of, gather
from einig.engine.learning.leakage import examine
from einig.engine.learning.targets import Target
from tests.data import DATA, needs_data

ROOT = Path(__file__).parents[3]
pytestmark = needs_data


def read(name: str, cache: Path) -> History:
    return read_history(ROOT / f"examples/histories/{name}.yaml", data=DATA, cache=cache)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def examined(name: str, cache: Path) -> Examination:
    history = read(f"raw/{name}", cache)
    return examine(examples_of(history), history=history)


def test_tags_and_quality_of_xeducation_are_set_aside(cache: Path) -> None:
    found = examined("xeducation", cache)
    assert found.set_aside == (
        "Lead Number",
        "Lead Quality",
        "Prospect ID",
        "Tags",
        "What matters most to you in choosing a course",
    )
    assert found.blank_aside == ("What is your current occupation",)
    assert found.flagged == ("Lead Profile", "Specialization")


def test_the_length_of_the_call_is_set_aside_and_the_calendar_flagged(cache: Path) -> None:
    found = examined("bank", cache)
    assert (found.set_aside, found.blank_aside) == (("duration", "period_derived"), ())
    assert found.flagged == (
        "cons.conf.idx",
        "cons.price.idx",
        "contact",
        "default",
        "emp.var.rate",
        "euribor3m",
        "month",
        "nr.employed",
        "pdays",
        "poutcome",
    )


def test_every_column_of_the_deals_of_olist_is_set_aside(cache: Path) -> None:
    found, history = examined("olist", cache), read("raw/olist", cache)
    honest = {"origin", "landing_page"}
    assert found.set_aside == tuple(a for a in history.about.attributes if a not in honest)
    assert (len(found.set_aside), found.flagged) == (13, ())


def test_what_comes_with_the_approval_is_no_column_of_bpic2012(cache: Path) -> None:
    found = gather(read("raw/bpic2012", cache))
    types = {each.behaviour.type for each in found.examples.columns if each.behaviour}
    assert not types & {"A_APPROVED", "A_ACTIVATED", "A_REGISTERED", "O_ACCEPTED", "A_DECLINED"}
    assert found.target == Target(within=14)


def test_counts_of_activities_tell_a_win_within_14_days(cache: Path) -> None:
    examples = examples_of(read("bpic2012", cache), target=Target(within=14))
    assert (len(examples), len(np.unique(examples.lead))) == (15_646, 6_046)
    until = int(0.7 * len(examples))
    counts = _counts(examples)
    scale = counts[:until].std(0)
    model = LogisticRegression(C=0.1, solver="newton-cholesky")
    model.fit(counts[:until] / scale, examples.won[:until])
    told = model.predict_proba(counts[until:] / scale)[:, 1]
    assert roc_auc_score(examples.won[until:], told) >= 0.78


def _counts(examples: Examples) -> np.ndarray:
    counts = [np.log1p(each.numbers) for each in examples.columns if each.behaviour]
    return np.stack(counts, 1)
