"""The reference says what the code does: its generated parts are fresh, and its examples run."""

import re
from pathlib import Path

import pytest

from docs import generate
from einig.engine.agreement import check, loads
from einig.engine.history import History
from einig.engine.history.mapping_grammar import load_mapping

REFERENCE = Path(__file__).parents[2] / "docs/reference"


@pytest.mark.parametrize(("path", "text"), list(generate.pages()), ids=lambda of: str(of)[-30:])
def test_generated_parts_are_fresh(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, "run: python docs/generate.py"


def blocks(page: str, language: str) -> list[str]:
    text = (REFERENCE / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_example_agreement_is_accepted_without_a_warning() -> None:
    assert check(loads(blocks("agreement.md", "yaml")[0])) == []


def test_the_example_mapping_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "history.yaml"
    path.write_text(blocks("history.md", "yaml")[0], encoding="utf-8")
    assert load_mapping(path).mapping.name == "Small"


def test_the_example_in_python_runs() -> None:
    (block,) = blocks("history.md", "python")
    names: dict[str, object] = {}
    exec(compile(block, "history.md", "exec"), names)
    assert isinstance(names["history"], History)


def test_every_command_is_documented() -> None:
    page = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    from einig.cli.main import _COMMANDS

    assert [f"einig {name}" for name in _COMMANDS] == re.findall(r"## (einig \w+)", page)
