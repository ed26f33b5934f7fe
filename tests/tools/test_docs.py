"""The checks of the documents find each fault, and the documents of this project have none."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.docs.checks import Document, problems
from tools.docs.tables import PARTS, ROOT, with_parts
from tools.docs.wrapping import wrapped

DECISION = """# 1. Small things first

**Question.** What first?

**Choice.** Small things.

**Evidence.** `make test`.

**Rules out.** Large things.

**Revisit.** When all are done.
"""
FILES = {
    "README.md": (
        "# Kitchen\n\nSee [design](DESIGN.md), [tools](docs/tools.md#a-whisk), ![W](docs/whisk.svg).\n\n"
        "<!-- reached -->\n<!-- /reached -->\n"
    ),
    "DESIGN.md": (
        "# Design\n\n[All decisions](docs/decisions/index.md)\n\n<!-- files -->\n<!-- /files -->\n"
    ),
    "docs/decisions/index.md": (
        "# Decisions\n\n<!-- decisions -->\n- [1. Small things first](0001-small-things.md)\n"
        "<!-- /decisions -->\n"
    ),
    "docs/tools.md": "# Tools\n\n## A whisk\n\nIt beats: `make test`, `semsearch ask whisk`, `docs/tools.md`.\n",
    "docs/decisions/0001-small-things.md": DECISION,
    "docs/whisk.svg": "<svg/>",
    "semsearch/kitchen/whisk.py": "",
    "Makefile": "test: ## Try it\n\ttrue\n\nbench: ## Measure\n\ttrue\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose documents have no fault."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "docs/benchmark.json", tmp_path / "docs")
    for name in ("README.md", "DESIGN.md"):
        (tmp_path / name).write_text(with_parts(tmp_path, name, FILES[name]), encoding="utf-8")
    return tmp_path


def test_documents_without_a_fault_have_no_problem(project: Path) -> None:
    """The other tests change one thing of these."""
    assert problems(project) == []


def _add(name: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        path = root / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(before + text, encoding="utf-8")

    return change


def _pad(name: str, lines: int) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        text = (root / name).read_text(encoding="utf-8")
        (root / name).write_text(text + "\n" * (lines - text.count("\n")), encoding="utf-8")

    return change


def _replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        text = (root / name).read_text(encoding="utf-8")
        assert old in text
        (root / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def _renumber(root: Path) -> None:
    """Number the decision otherwise, and list it so."""
    _replace(DECISION_FILE, "# 1.", "# 2.")(root)
    _replace("docs/decisions/index.md", "[1.", "[2.")(root)


DECISION_FILE = "docs/decisions/0001-small-things.md"
FAULTS = {
    "a README that is too long": (
        _pad("README.md", 251),
        "README.md: has 251 lines, at most 250 are allowed; move details to docs/",
    ),
    "a DESIGN that is too long": (
        _pad("DESIGN.md", 155),
        "DESIGN.md: has 155 lines, at most 150 are allowed; move details to docs/",
    ),
    "a decision of too many words": (
        _add(DECISION_FILE, "\n" + "word\n" * 200),
        f"{DECISION_FILE}: has 223 words, at most 200 are allowed",
    ),
    "a decision that lacks a part": (
        _replace(DECISION_FILE, "**Evidence.**", "Evidence:"),
        f"{DECISION_FILE}: has the parts Question, Choice, Rules out, Revisit, not Question, "
        "Choice, Evidence, Rules out, Revisit",
    ),
    "a decision whose number is not that of its file": (
        _renumber,
        f"{DECISION_FILE}: name it NNNN-title.md and begin it with '# N. Title', N being its number",
    ),
    "a line that is too wide": (
        _add("docs/tools.md", "\n" + "beat " * 21 + "it\n"),
        "docs/tools.md:7: has 107 columns, not 100; run `make docs`",
    ),
    "a link to no file": (
        _add("docs/tools.md", "\n[pan](pan.md)\n"),
        "docs/tools.md: the link pan.md leads to no file",
    ),
    "a link to no heading": (
        _replace("README.md", "#a-whisk", "#a-pan"),
        "README.md: the link docs/tools.md#a-pan leads to no heading",
    ),
    "a link to no heading of the page itself": (
        _add("docs/tools.md", "\n[pan](#pan)\n"),
        "docs/tools.md: the link #pan leads to no heading",
    ),
    "a page that nothing links to": (
        _add("docs/pan.md", "# Pan\n"),
        "docs/pan.md: nothing that the README leads to links to it",
    ),
    "a page that only itself links to": (
        _add("docs/pan.md", "# Pan\n\n[Pan](pan.md)\n"),
        "docs/pan.md: nothing that the README leads to links to it",
    ),
    "a picture that nothing shows": (
        _add("docs/pan.svg", "<svg/>"),
        "docs/pan.svg: nothing that the README leads to links to it",
    ),
    "a generated part that is not current": (
        _replace(DECISION_FILE, "Small things first", "Large things first"),
        "docs/decisions/index.md: a generated part is not current; run `make docs`",
    ),
    "a generated part without its marks": (
        _replace("docs/decisions/index.md", "<!-- /decisions -->", ""),
        "docs/decisions/index.md has 0 parts named decisions, not one",
    ),
    "a file that is not there": (
        _add("docs/tools.md", "\n`docs/pan.py`\n"),
        "docs/tools.md: there is no docs/pan.py",
    ),
    "a module of a room that is not there": (
        _add("docs/tools.md", "\n`kitchen/whisk.py`, `kitchen/`, `whisk.py`, `kitchen/pan.py`\n"),
        "docs/tools.md: there is no kitchen/pan.py in semsearch/",
    ),
    "a module named alone that is not there": (
        _add("docs/tools.md", "\n`whisk.py` and `pan.py`, not `pytest/pan.py`\n"),
        "docs/tools.md: there is no pan.py in semsearch/",
    ),
    "a module of a former folder": (
        _add("docs/tools.md", "\n`former/pan.py`, not `former/`\n"),
        "docs/tools.md: there is no former/pan.py in semsearch/",
    ),
    "a file of a proxy that is not there": (
        _add("docs/tools.md", "\n`deploy/pan.conf`\n"),
        "docs/tools.md: there is no deploy/pan.conf",
    ),
    "a module that is not there": (
        _add("docs/tools.md", "\n`python -m benchmarks.pan`\n"),
        "docs/tools.md: there is no module benchmarks.pan",
    ),
    "a target that is not there": (
        _add("docs/tools.md", "\n```sh\nmake pan\n```\n"),
        "docs/tools.md: the Makefile has no target pan",
    ),
    "a command that is not there": (
        _add("docs/tools.md", "\n```console\n$ semsearch bake bread\n```\n"),
        "docs/tools.md: semsearch has no command 'bake' (semsearch bake bread)",
    ),
    "an option that is not there": (
        _add("docs/tools.md", "\n```sh\nsemsearch ask bread --warm\n```\n"),
        "docs/tools.md: semsearch ask has no option --warm (semsearch ask bread --warm)",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found(project: Path, name: str) -> None:
    """One fault makes one line, which names the document."""
    change, said = FAULTS[name]
    change(project)
    assert problems(project) == [said]


@pytest.mark.parametrize("name", PARTS)
def test_each_generated_part_is_made_anew(name: str) -> None:
    """Only the text between the marks is replaced."""
    part = PARTS[name]
    text = (ROOT / part.document).read_text(encoding="utf-8")
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, rest = text.split(start)
    emptied = before + start + "nothing\n" + end + rest.split(end)[1]
    assert with_parts(ROOT, part.document, emptied) == text


def test_anchors_are_those_of_github(tmp_path: Path) -> None:
    """Marks go, blanks become hyphens, and the same heading again gets a number."""
    (tmp_path / "a.md").write_text(
        "# What's `new`, A & B?\n\n## x_y-z\n\n## x_y-z\n", encoding="utf-8"
    )
    assert Document(tmp_path, "a.md").anchors == {"whats-new-a--b", "x_y-z", "x_y-z-1"}


WIDE = "word " * 24 + "word"
LINES = "word " * 19 + "word\n{0}" + "word " * 4 + "word"


@pytest.mark.parametrize("marks", ["", "- ", "10. ", "> ", "> - "])
def test_wide_prose_is_wrapped_behind_its_marks(marks: str) -> None:
    """Further lines of an item are indented, those of a quotation quoted."""
    made = wrapped(f"# A\n\n{marks}{WIDE}\n")
    first, *others = made.splitlines()[2:]
    behind = "> " if marks == "> " else marks if marks == "> - " else " " * len(marks)
    assert first.startswith(marks)
    assert all(len(line) <= 100 and line.startswith(behind) for line in [first, *others][1:])
    assert " ".join(line[len(marks) :] for line in [first, *others]) == WIDE


def test_pictures_in_html_are_links_and_stay_on_a_line(tmp_path: Path) -> None:
    """Both files of a picture for light and dark pages must exist."""
    line = (
        f'<picture><source srcset="dark.png"><img src="light.png" alt="{"word " * 30}"></picture>'
    )
    assert wrapped(f"{line}\n") == f"{line}\n"
    (tmp_path / "README.md").write_text(f"# A\n\n{line}\n")
    assert Document(tmp_path, "README.md").links == ["dark.png", "light.png"]


def test_what_cannot_or_need_not_be_wrapped_stays() -> None:
    """Tables, code, pictures, and paragraphs that fit, however they are broken."""
    text = (
        f"Short\nlines.\n\n| {WIDE} |\n|---|\n\n```\n{WIDE}\n```\n\n![{WIDE}](a.svg)\n\n"
        f"1. [{WIDE}](b.md)\n"
    )
    assert wrapped(text) == text


def test_code_is_kept_on_one_line() -> None:
    """A command that is broken can be neither read nor copied."""
    made = wrapped("word " * 18 + "`semsearch ask --why bread` and more\n")
    assert made.splitlines()[1] == "`semsearch ask --why bread` and more"


def test_the_numbers_of_packages_are_those_of_the_locks() -> None:
    """Of the core with what a shared store needs, and with what building needs."""
    locks = {
        name: set(
            re.findall(r"^[\w.-]+(?===)", (ROOT / f"requirements/{name}.lock").read_text(), re.M)
        )
        for name in ("serve", "run", "torch")
    }
    text = " ".join((ROOT / "docs/operations.md").read_text().split())
    assert f"The core with `postgres` and `objects` has {len(locks['serve'])} packages" in text
    assert f"with `build` {len(locks['run'] | locks['torch'])} with" in text
