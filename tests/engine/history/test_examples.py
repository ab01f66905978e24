"""The four real histories are read as their descriptions say."""

from pathlib import Path

from einig.engine.history import History, read_history
from tests.data import DATA, needs_data

ROOT = Path(__file__).parents[3]
pytestmark = needs_data


def example(name: str, cache: Path) -> History:
    return read_history(ROOT / f"examples/histories/{name}.yaml", data=DATA, cache=cache)


def won(history: History) -> int:
    return int(sum(history.outcomes["won"].to_pylist()))


def test_bpic2012_holds_every_application_and_its_end(tmp_path: Path) -> None:
    history = example("bpic2012", tmp_path)
    assert (len(history.leads), history.about.events, won(history)) == (13_087, 262_200, 2_246)
    assert history.about.unknown == (("open", 399),)
    assert sum(history.outcomes["revenue"].to_pylist()) == 35_290_338
    assert (history.about.set_aside, history.about.assumed_known) == (0, frozenset())


def test_olist_leaves_out_the_leads_of_before_the_deals_were_listed(tmp_path: Path) -> None:
    history = example("olist", tmp_path)
    assert (len(history.leads), won(history)) == (5_998, 781)
    assert history.about.unknown == (("too young", 494),)
    assert round(sum(history.outcomes["revenue"].to_pylist()), 2) == 739_217.63


def test_xeducation_is_undated_and_says_so(tmp_path: Path) -> None:
    history = example("xeducation", tmp_path)
    assert (len(history.leads), won(history), history.about.dated) == (9_240, 3_561, False)
    assert len(history.about.assumed_known) == len(history.about.attributes) == 11


def test_bank_names_its_leads_by_their_lines(tmp_path: Path) -> None:
    history = example("bank", tmp_path)
    assert (len(history.leads), won(history), history.about.set_aside) == (41_188, 4_640, 0)
    assert history.leads["lead_id"].to_pylist()[0] == "10"  # sorted as text; line 1 is the header


def test_every_column_of_the_files_can_be_an_attribute(tmp_path: Path) -> None:
    names = ("xeducation", "bank", "olist")
    told = {name: example(f"raw/{name}", tmp_path).about for name in names}
    assert {name: len(about.attributes) for name, about in told.items()} == {
        "xeducation": 36,
        "bank": 21,
        "olist": 15,
    }
    assert {name: about.set_aside for name, about in told.items()} == dict.fromkeys(told, 0)
