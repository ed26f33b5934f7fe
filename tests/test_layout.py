"""Bounds of the layout: rooms, lines a module, class names, and a test for every module."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

from tests.conftest import PROJECT

PACKAGE = PROJECT / "semsearch"
TESTS = PROJECT / "tests"
TOPS = ("semsearch", "benchmarks", "training", "tools", "requirements", "tests")
MAX_ROOMS = 17
MAX_LINES = 350
"""Of a module outside of `tests/`."""
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


def test_few_rooms() -> None:
    """A new room is a decision; `make lint` fails on one that has no floor."""
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert {"core", "search", "server"} <= rooms
    assert len(rooms) <= MAX_ROOMS


def test_modules_are_short() -> None:
    """A module that grows beyond the bound is split."""
    lengths = {
        str(file.relative_to(PROJECT)): len(file.read_text(encoding="utf-8").splitlines())
        for top in TOPS
        if top != "tests"
        for file in (PROJECT / top).rglob("*.py")
    }
    assert "semsearch/search/glossary.py" in lengths
    assert {file: lines for file, lines in lengths.items() if lines > MAX_LINES} == {}


def test_no_class_name_stands_twice() -> None:
    """A search for a class finds one class."""
    places = defaultdict(list)
    for file in (file for top in TOPS for file in (PROJECT / top).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{file.relative_to(PROJECT)}:{node.lineno}")
    assert "Glossary" in places
    assert {name: lines for name, lines in places.items() if len(lines) > 1} == {}
