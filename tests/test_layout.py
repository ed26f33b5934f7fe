"""Where tests lie: every module has its own, or is named by the tests that cover it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.conftest import PROJECT

PACKAGE = PROJECT / "semsearch"
TESTS = PROJECT / "tests"
WITHOUT_TESTS = {
    "core/answers": "declarations, checked by types",
    "core/arrays": "names of array types",
    "core/index_info": "declarations, checked by types",
    "core/version": "one constant",
}
"""Modules that no test is about, and why."""


def _modules() -> set[str]:
    files = (path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return {file.as_posix() for file in files if file.name != "__init__"}


def _has_own_file(module: str) -> bool:
    """Tell whether the tests of its room have a file of its name."""
    room, _, name = module.partition("/")
    return any((TESTS / room).rglob(f"test_{Path(name).name}.py"))


def _named() -> dict[str, Path]:
    """Return the modules after the word Covers in docstrings of test files, and the file."""
    found: dict[str, Path] = {}
    for file in TESTS.rglob("test_*.py"):
        said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        covers = said.partition("\nCovers ")[2].partition("\n\n")[0]
        found |= dict.fromkeys(re.findall(r"`([\w/]+)`", covers), file)
    return found


def test_every_module_has_its_tests() -> None:
    """In a file of its name in the tests of its room, or in one whose docstring says so."""
    named = _named()
    assert "cli/serve" in named
    missing = {m for m in _modules() - named.keys() if not _has_own_file(m)}
    assert missing - WITHOUT_TESTS.keys() == set()
    assert WITHOUT_TESTS.keys() - missing == set(), "these have tests now"


def test_only_modules_that_are_there_are_named() -> None:
    """A module that is moved or removed is named no longer."""
    assert {name: file for name, file in _named().items() if name not in _modules()} == {}
