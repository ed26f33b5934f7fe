"""Bounds of the layout: rooms, lines of modules, class names, dependencies, tests of modules."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import packages_distributions
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
PARTS_OF = {
    "anyio": "starlette",
    "pydantic-core": "pydantic",
    "huggingface-hub": "tokenizers",
}
"""Libraries that come with a declared one, which is of no use without them."""
HOSTS = {"mkdocs", "sphinx"}
"""Programs that load a plugin of ours, so that they are there when it runs."""


def _modules() -> set[str]:
    files = (path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py"))
    return {file.as_posix() for file in files if file.name != "__init__"}


def _has_own_file(module: str) -> bool:
    """Tell whether the tests of its room have a file of its name."""
    room, _, name = module.partition("/")
    return any((TESTS / room).rglob(f"test_{Path(name).name}.py"))


def _named() -> dict[str, Path]:
    """Return the modules after the word Covers in docstrings of test files, and the file.

    The docstring is cut out, not parsed: hundreds of parsed files take a second, and Python 3.11
    fails one now and then beside other threads (python/cpython#106905).
    """
    found: dict[str, Path] = {}
    for file in TESTS.rglob("test_*.py"):
        said = file.read_text(encoding="utf-8").split('"""')[1]
        covers = said.partition("\nCovers ")[2].partition("\n\n")[0]
        found |= dict.fromkeys(re.findall(r"`([\w/]+)`", covers), file)
    return found


def test_every_module_has_its_tests() -> None:
    """A test file has the name of the module, or names it after the word Covers."""
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


def _imported(file: Path) -> set[str]:
    """Return the top-level packages that a module imports, wherever it does."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_each_imported_library_is_declared() -> None:
    """`pyproject.toml` requires what the package imports, and DESIGN says what for."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    required = [
        *project["dependencies"],
        *(
            one
            for extra in ("build", "mcp", "objects", "postgres", "ray", "tracing")
            for one in extras[extra]
        ),
    ]
    declared = {re.split(r"[^\w.-]", one)[0].lower() for one in required}
    assert "numpy" in declared
    distributions = packages_distributions()
    ours = sys.stdlib_module_names | {"semsearch"}
    used = set().union(*(_imported(file) for file in PACKAGE.rglob("*.py"))) - ours
    libraries = {
        name: {one.lower().replace("_", "-") for one in distributions.get(name, [name])}
        for name in used
    }
    allowed = declared | HOSTS | {part for part, whole in PARTS_OF.items() if whole in declared}
    assert {name for name, dists in libraries.items() if not dists & allowed} == set()
    told = (PROJECT / "DESIGN.md").read_text(encoding="utf-8").lower()
    assert {name for name in declared if not re.search(rf"\b{re.escape(name)}\b", told)} == set()
