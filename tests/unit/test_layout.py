"""Rules of the house that a reader would otherwise have to watch over."""

import ast
from pathlib import Path
from statistics import median

import pytest

from tests.config import ROOT
from tests.unit.test_import_rules import MODULES

TESTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py"))
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def length(module: str) -> int:
    return len((ROOT / module).read_text().splitlines())


def functions(module: str) -> list[FUNCTION]:
    tree = ast.parse((ROOT / module).read_text())
    return [node for node in ast.walk(tree) if isinstance(node, FUNCTION)]


def test_half_of_the_modules_are_short() -> None:
    assert median(length(module) for module in MODULES if length(module)) <= 90


@pytest.mark.parametrize("module", MODULES)
def test_module_can_be_read_at_once(module: str) -> None:
    assert length(module) <= 250
    for function in functions(module):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        assert lines <= 40, f"{module}:{function.lineno} {function.name} has {lines} lines"


@pytest.mark.parametrize("module", TESTS)
def test_tests_do_not_patch(module: str) -> None:
    for node in ast.walk(ast.parse((ROOT / module).read_text())):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            assert not any(name.startswith("unittest.mock") for name in names), f"{module}:{node.lineno}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "monkeypatch":
            assert node.attr != "setattr", f"{module}:{node.lineno}"


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc"])
def test_no_module_without_a_subject(name: str) -> None:
    assert [module for module in MODULES if Path(module).stem == name] == []
