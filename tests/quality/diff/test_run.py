"""A run of diff: files, folders and indexes, and how far meanings move."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import semsearch
from semsearch.core.errors import EncoderMismatch, ImportFailed
from semsearch.ingest.build import build_index
from semsearch.ingest.corpus_build import build
from semsearch.quality.diff import PairKind, diff
from tests.conftest import ENTRIES
from tests.quality.lint.support import table
from tests.quality.lint.test_run import Steps

OLD = table("Leaven,A piece of fermented dough.", "Crumb,The inside of a loaf.", "Peel,A shovel.")
NEW = table(
    "Leaven,A bit of fermented dough.", "Crumb,What oceans are made of.", "Shovel,A shovel."
)


@pytest.fixture
def states(tmp_path: Path) -> tuple[Path, Path]:
    """Give two files, which are glossaries of different names."""
    files = tmp_path / "old.csv", tmp_path / "new.csv"
    for file, text in zip(files, (OLD, NEW), strict=True):
        file.write_text(text)
    return files


def test_meanings_move_the_more_the_less_two_definitions_share(states: tuple[Path, Path]) -> None:
    """The farthest first; the cosine is that of the encoder."""
    found = semsearch.diff(*states, model="hashed")
    assert [(one.kind, one.entry.term) for one in found.differences] == [
        (PairKind.RENAMED, "Shovel"), (PairKind.REWORDED, "Crumb"), (PairKind.REWORDED, "Leaven"),
    ]  # fmt: skip
    crumb, leaven = (one.moved for one in found.of(PairKind.REWORDED))
    assert crumb is not None
    assert leaven is not None
    assert 1 > crumb > 0.5 > leaven > 0
    assert (found.old, found.old_entries, found.new_entries) == (str(states[0]), 3, 3)


def test_nothing_is_embedded_when_nothing_was_reworded(states: tuple[Path, Path]) -> None:
    """A state compared with itself needs no encoder."""
    steps = Steps()
    found = diff(states[0], states[0], model="no/such-model", progress=steps)
    assert found.differences == ()
    assert set(steps.steps) == {"reading"}


def test_indexes_are_states_too_and_lend_their_vectors(
    states: tuple[Path, Path], tmp_path: Path
) -> None:
    """An index with a file, two indexes, and one that is only used for its vectors."""
    for file, name in zip(states, ("a", "b"), strict=True):
        build([f"bakery={file}"], tmp_path / name, model="hashed")
    steps = Steps()
    expected = diff(*states, model="hashed")
    for old, new in ((tmp_path / "a", tmp_path / "b"), (tmp_path / "a", states[1])):
        found = diff(old, new, progress=steps)
        assert [(o.kind, o.moved) for o in found.differences] == [
            (o.kind, o.moved) for o in expected.differences
        ]
    again = diff(*states, index=tmp_path / "b")
    assert [one.moved for one in again.differences] == [one.moved for one in expected.differences]
    with pytest.raises(EncoderMismatch):
        diff(*states, index=tmp_path / "b", model="base")


def test_an_index_shows_what_was_edited_live(tmp_path: Path) -> None:
    """Its store is read, so an edit counts before it is published."""
    build_index(ENTRIES, tmp_path / "a", model="hashed")
    build_index(ENTRIES, tmp_path / "b", model="hashed")
    with semsearch.edit(tmp_path / "b") as editor:
        editor.change("bakery:crumb", definition="The soft part of a loaf.")
    (one,) = diff(tmp_path / "a", tmp_path / "b").differences
    assert (one.kind, one.entry.id) == (PairKind.REWORDED, "bakery:crumb")


def test_folders_are_compared_glossary_by_glossary(tmp_path: Path) -> None:
    """A file that is there on one side alone is a glossary that was added."""
    for side in ("a", "b"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "bread.csv").write_text(OLD)
    (tmp_path / "b" / "ships.csv").write_text(table("Hull,The body of a ship."))
    found = diff(tmp_path / "a", tmp_path / "b")
    assert [(one.kind, one.entry.id) for one in found.differences] == [
        (PairKind.ADDED, "ships:hull")
    ]


def test_what_cannot_be_read_is_named(states: tuple[Path, Path], tmp_path: Path) -> None:
    """The error names an unreadable file on either side."""
    for pair in ((states[0], tmp_path / "x"), (tmp_path / "x", states[0])):
        with pytest.raises(ImportFailed, match="no such file or folder"):
            diff(*pair)


def test_equal_vectors_have_not_moved(tmp_path: Path) -> None:
    """A capital changes a text and no meaning, to the hashed encoder: never less than nothing."""
    crumb = ENTRIES[1]
    build_index([crumb], tmp_path / "a", model="hashed")
    build_index(
        [replace(crumb, definition=crumb.definition.upper())], tmp_path / "b", model="hashed"
    )
    (one,) = diff(tmp_path / "a", tmp_path / "b").differences
    assert (one.kind, one.moved) == (PairKind.REWORDED, 0.0)
