"""The README and the how-to pages hold what they say, and every link leads somewhere."""

import re
from pathlib import Path

import pytest

from einig.engine.agreement import check, loads
from einig.engine.history import EventRow, FactRow, LeadRow, build
from einig.engine.history.mapping_grammar import load_mapping
from einig.engine.instants import DAY
from einig.engine.scoring import lead_of, ledger, plan

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def yaml_in(page: str) -> str:
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_the_smallest_agreement_gives_the_points_that_the_readme_tells() -> None:
    document = loads(yaml_in("README.md"))
    assert check(document) == []
    history = build(
        leads=[LeadRow(lead_id="A", created_at=0)],
        facts=[
            FactRow(lead_id="A", attribute=name, value=value, known_from=0)
            for name, value in (("industry", "Software"), ("country", "AT"))
        ],
        events=[EventRow(event_id="1", lead_id="A", type="webinar_attended", at=DAY)],
    )
    page = ledger(plan(document.agreement), lead_of(history, "A"), 2 * DAY)
    assert page is not None
    assert [(line.criterion, line.points) for line in page.fit_lines] == [
        ("industry", 20),
        ("country", 10),
    ]
    assert [(line.criterion, line.points) for line in page.engagement_lines] == [
        ("webinar_attended", 10)
    ]
    assert (page.score, page.sales_ready) == (40, False)


def test_the_mapping_of_the_how_to_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "history.yaml"
    path.write_text(yaml_in("docs/how-to/own-data.md"), encoding="utf-8")
    assert load_mapping(path).mapping.name == "Our leads"
