"""Editing on the command line: what it prints, its exit codes, and what a build says of it.

Covers `cli/output/edits`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from semsearch.cli import completion
from tests.cli.running import run


@pytest.fixture
def index(own_hashed_index: Path) -> str:
    """Give an index that a test may edit."""
    return str(own_hashed_index)


def _said(*arguments: str, stdin: bytes = b"") -> str:
    done = run(*arguments, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
    return done.stdout.decode()


def test_an_entry_is_added_changed_deleted_and_restored(index: str) -> None:
    """Each command names the entry and its revision, and asking shows what was done."""
    added = _said("add", "bakery", "Scoring", "Cutting the dough.", "-a", "slashing", "-i", index)
    assert added == "added bakery:scoring (revision 8)\n"
    assert json.loads(_said("ask", "slashing", "--json", "-i", index))["verdict"] == "exact"
    changed = _said("change", "bakery:scoring", "-d", "-", "-i", index, stdin="Éclat.\n".encode())
    assert changed == "changed bakery:scoring (revision 9)\n"
    assert _said("delete", "bakery:scoring", "-i", index).endswith("(revision 10)\n")
    assert run("ask", "scoring", "-i", index).returncode == 1
    assert _said("restore", "bakery:scoring", "9", "-i", index).endswith("(revision 11)\n")
    versions = json.loads(_said("history", "bakery:scoring", "--json", "-i", index))
    assert [(v["revision"], v["kind"]) for v in versions] == [
        (8, "added"),
        (9, "changed"),
        (10, "deleted"),
        (11, "restored"),
    ]
    assert [v["entry"] and v["entry"]["definition"] for v in versions] == [
        "Cutting the dough.",
        "Éclat.",
        None,
        "Éclat.",
    ]


def test_edits_are_published_on_demand(index: str) -> None:
    """Once: then there is nothing to publish, and `info` names the new generation."""
    _said("add", "bakery", "Scoring", "Cutting the dough.", "-i", index)
    done = run("publish", "-i", index)
    assert (done.returncode, done.stdout) == (0, b"published all edits\n")
    assert json.loads(_said("info", "--json", "-i", index))["generation"] == 2
    again = run("publish", "-i", index)
    assert (again.returncode, again.stdout) == (0, b"there was nothing to publish\n")


def test_history_says_what_was_changed(index: str) -> None:
    """The newest version first, and of each what it says that the one before did not."""
    _said("change", "bakery:crumb", "--no-aliases", "--see-also", "Leaven", "-i", index)
    rows = [line.split() for line in _said("history", "bakery:crumb", "-i", index).splitlines()]
    assert rows[0] == ["Revision", "When", "Who", "What"]
    assert (rows[1][0], rows[1][3:]) == ("8", ["changed", "aliases:", "(none)"])
    assert rows[2] == ["see_also:", "Leaven"]
    assert (rows[3][0], rows[3][2:7]) == ("2", ["build", "added", "The", "inside", "of"])


def test_extra_fields_are_edited_and_shown(index: str) -> None:
    """One without the others; the history and `related` say them."""
    _said("change", "bakery:crumb", "--extra", "Owner=Jane Doe", "--extra", "Team=a=b", "-i", index)
    _said("change", "bakery:crumb", "--extra", "Owner=", "-i", index)
    rows = [row.rstrip() for row in _said("history", "bakery:crumb", "-i", index).splitlines()]
    assert rows[1].split()[-2:] == ["extra:", "Team=a=b"]
    assert rows[2].endswith("extra: Owner=Jane Doe, Team=a=b")
    shown = _said("related", "crumb", "-i", index).splitlines()
    assert shown[:2] == ["Crumb", "Team: a=b"]


def test_an_edit_as_json(index: str) -> None:
    """The state of the entry, all that can be edited of it; null when it is gone."""
    changed = json.loads(_said("change", "bakery:crumb", "--term", "Pores", "--json", "-i", index))
    assert changed == {
        "revision": 8,
        "id": "bakery:crumb",
        "entry": {
            "id": "bakery:crumb",
            "term": "Pores",
            "definition": "The inside of a loaf, between the crusts.",
            "aliases": ["inner loaf"],
            "glossary": "bakery",
            "language": "en",
            "source": {"file": "x.md", "line": 1},
            "see_also": [],
        },
    }
    gone = json.loads(_said("delete", "bakery:crumb", "--json", "-i", index))
    assert gone == {"revision": 9, "id": "bakery:crumb", "entry": None}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("change", "bakery:crumb"), "no change was given"),
        (("change", "bakery:crumb", "-a", "x", "--no-aliases"), "'x' was given, and its"),
        (("change", "bakery:crumb", "--extra", "Owner"), "'Owner' is not NAME=TEXT, such as"),
        (("change", "crumb", "--term", "x"), "did you mean 'bakery:crumb'?"),
        (("change", "bakery:crumb", "--term", " "), "no term"),
        (("change", "bakery:crumb", "--term", "x", "--expected", "1"), "has revision 2, not 1"),
        (("delete", "nothing"), "no entry with the id 'nothing'; `semsearch ask` finds entries"),
        (("restore", "bakery:crumb", "1"), "it has versions of 2"),
        (
            ("restore", "bakery:crumb"),
            "such as `semsearch restore bakery:crumb 2`; it has versions",
        ),
        (("restore", "crumb"), "did you mean 'bakery:crumb'?"),
        (("restore", "nothing"), "`semsearch show NAME` tells the id"),
        (("history", "nothing"), "there is no entry with the id 'nothing'; `semsearch ask` finds"),
        (("history", "dutch"), "did you mean 'bakery:dutch-oven'?"),
        (("add", "bakery", "Crumb", "Any.", "--id", "crumb"), "there is an entry 'bakery:crumb'"),
        (("add", "", "Crumb", "Any."), "the name of a glossary cannot be made of ''"),
        (("add", "bakery", "Oven", "-"), "the definition on standard input is not UTF-8"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    index: str, arguments: tuple[str, ...], message: str
) -> None:
    """A refused edit has exit code 2 and prints nothing on standard output."""
    done = run(*arguments, "-i", index, stdin=b"\xff")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith("semsearch: ")
    assert message in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_an_index_that_is_not_there(tmp_path: Path) -> None:
    """Editing a missing index has exit code 3."""
    done = run("delete", "bakery:crumb", "-i", str(tmp_path))
    assert done.returncode == 3
    assert b"there is no index in" in done.stderr


def test_a_build_shows_both_sides_of_what_was_edited(tmp_path: Path) -> None:
    """The message says how to take the other side, and then what that replaced."""
    (tmp_path / "ship.csv").write_text("term,definition\nKeel,The lowest beam.\nMast,A pole.\n")
    build = ("build", str(tmp_path / "ship.csv"), "--model", "hashed", "-i", str(tmp_path / "ix"))
    _said_build = run(*build).stdout
    assert b"kept" not in _said_build
    _said("change", "ship:keel", "-d", "The lowest beam of a hull.", "-i", str(tmp_path / "ix"))
    _said("delete", "ship:mast", "-i", str(tmp_path / "ix"))
    kept = run(*build).stdout.decode()
    assert "edited live ship:keel\n   live: Keel: The lowest beam of a hull.\n" in kept
    assert "   corpus: Keel: The lowest beam.\n" in kept
    assert "edited live ship:mast\n   live: not there\n   corpus: Mast: A pole.\n" in kept
    assert (
        "2 entries kept as edited live; `--overwrite-edits` replaces the edits by the corpus"
        in kept
    )
    taken = run(*build, "--overwrite-edits", "--json").stdout
    report = json.loads(taken)
    assert [c["id"] for c in report["conflicts"]] == ["ship:keel", "ship:mast"]
    assert report["overwritten"] is True
    assert "kept" not in run(*build).stdout.decode()


def test_a_build_names_the_parts_in_which_an_edit_differs(tmp_path: Path) -> None:
    """Of entries that look the same: what was taught, and what was called outdated."""
    (tmp_path / "ship.csv").write_text("term,definition\nKeel,The lowest beam.\n")
    index = str(tmp_path / "ix")
    build = ("build", str(tmp_path / "ship.csv"), "--model", "hashed", "-i", index)
    run(*build)
    _said("change", "ship:keel", "--status", "deprecated", "--asked-as", "what lies", "-i", index)
    kept = run(*build).stdout.decode()
    assert "   live status: deprecated\n   corpus status: (none)\n" in kept
    assert "   live asked_as: what lies\n   corpus asked_as: (none)\n" in kept
    assert "Keel: The lowest beam." not in kept


def test_an_outdated_term_says_so_in_answers(index: str) -> None:
    """Also beside terms that are related to another."""
    asked = ("ask", "leaven", "-i", index)
    assert "veraltet" not in _said(*asked)
    _said("change", "bakery:leaven", "--status", "veraltet: Sauerteig", "-i", index)
    for shown in (_said(*asked), _said(*asked, "--why"), _said("related", "Leaven", "-i", index)):
        assert "veraltet: Sauerteig" in shown
    _said("change", "bakery:leaven", "--status", "approved", "-i", index)
    assert "approved" not in _said(*asked)


def test_another_entry_of_the_same_name_is_noticed(index: str) -> None:
    """The new one is added, since a term may mean two things."""
    done = run("add", "bakery", "Crumb", "A grain of bread on the table.", "-i", index)
    assert done.stdout.startswith(b"added bakery:crumb-2 ")
    assert done.stderr == b"bakery:crumb has the same name; change that entry if you meant it\n"
    done = run("add", "bakery", "Peel", "A shovel for loaves.", "-i", index)
    assert done.stderr == b""


def test_tab_offers_ids(index: str) -> None:
    """Completion offers ids of entries whose names begin so, with or without the glossary."""
    context = typer.Context(typer.main.get_command(typer.Typer(callback=lambda: None)))
    context.params["index"] = index
    assert completion.ids(context, "bakery:dutch") == ["bakery:dutch-oven"]
    assert "bakery:crumb" in completion.ids(context, "")
    assert completion.ids(context, "nowhere:") == []


_STATED = {
    "category": "tools",
    "notation": "K-7",
    "status": "draft",
    "example": "Score it.",
    "source": "A book, p. 3",
    "broader": "Crumb",
    "narrower": "Leaven",
    "related": "Dutch Oven",
    "hidden-label": "scroing",
}
_SINGLE = ("category", "notation", "status", "broader", "narrower", "related")


def test_details_are_added_changed_and_removed(index: str) -> None:
    """Each by an option of its own; what is not given stays."""
    given = [word for name, value in _STATED.items() for word in (f"--{name}", value)]
    _said("add", "bakery", "Scoring", "Cutting the dough.", *given, "-i", index)
    _said("change", "bakery:scoring", "--status", "approved", "--related", "Leaven", "-i", index)
    removals = [f"--no-{name}" if name in _SINGLE else f"--no-{name}s" for name in _STATED]
    _said("change", "bakery:scoring", *removals, "-i", index)
    history = json.loads(_said("history", "bakery:scoring", "--json", "-i", index))
    added, changed, emptied = (version["entry"] for version in history)
    members = {"example": "examples", "source": "sources", "hidden-label": "hidden_labels"}
    expected = {
        members.get(name, name): value if name in _SINGLE[:3] else [value]
        for name, value in _STATED.items()
    }
    assert expected.items() <= added.items()
    assert changed == added | {"status": "approved", "related": ["Leaven"]}
    assert not expected.keys() & emptied.keys()


@pytest.mark.parametrize("name", _STATED)
def test_a_detail_is_not_stated_and_removed_at_once(index: str, name: str) -> None:
    """Which of both is meant cannot be known."""
    removal = f"--no-{name}" if name in _SINGLE else f"--no-{name}s"
    done = run("change", "bakery:crumb", f"--{name}", "x", removal, "-i", index)
    assert done.returncode == 2
    assert b"removal too; choose one" in done.stderr
