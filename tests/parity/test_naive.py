"""The naive evaluator is small enough to be read against the rules, and shares no code."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).with_name("naive.py")
TREE = ast.parse(SOURCE.read_text(encoding="utf-8"))


def test_the_naive_evaluator_has_fewer_than_150_lines_of_code():
    documented = (ast.Module, ast.FunctionDef, ast.ClassDef)
    docstrings = [
        node.body[0]
        for node in ast.walk(TREE)
        if isinstance(node, documented) and ast.get_docstring(node) is not None
    ]
    left_out = {n for doc in docstrings for n in range(doc.lineno, (doc.end_lineno or 0) + 1)}
    lines = enumerate(SOURCE.read_text(encoding="utf-8").splitlines(), 1)
    code = [n for n, line in lines if line.strip() and not line.strip().startswith("#")]
    assert len(set(code) - left_out) < 150


def test_the_naive_evaluator_imports_only_what_is_written_and_what_is_given():
    imported: set[str] = set()
    for node in ast.walk(TREE):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = {name for name in imported if name.startswith(("einig", "tests"))}
    assert ours == {
        "einig.engine.agreement.model",
        "einig.engine.history.contract.EventRow",
        "tests.parity.rows.Rows",
    }
    rows = ast.parse(SOURCE.with_name("rows.py").read_text(encoding="utf-8"))
    given = {node.module for node in ast.walk(rows) if isinstance(node, ast.ImportFrom)}
    assert {name for name in given if name and name.startswith("einig")} == {
        "einig.engine.history.contract"
    }
