"""Editing from Python: what is taken, what is refused, and what a question sees afterwards.

Covers `ingest/drafts`, `ingest/edit_session`, `ingest/removals`, `ingest/store_reading`.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.entries import Changed, Entry, Source
from semsearch.core.errors import (
    EntryConflict,
    EntryNotFound,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    InvalidEntry,
)
from semsearch.index.manifest import read_manifest
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.search.glossary import Glossary
from semsearch.storage.files import atomic_files
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import ENTRIES, WITHOUT_HISTORY
from tests.own_indexes import being_edited

SCORING = Draft("Scoring", "Cutting the dough before it is baked.", ("slashing",))


def _first(index: Path, question: str) -> Entry:
    with Glossary.open(index) as glossary:
        return glossary.ask(question).hits[0].entry


def test_an_added_entry_is_found(editor: Editor, index: Path) -> None:
    """Name, alias and meaning find it; its source is no file."""
    made = Entry("bakery:scoring", "Scoring", SCORING.definition, "bakery", ("slashing",))
    assert editor.add("Bakery", SCORING) == Changed("bakery:scoring", made, 8)
    for question in ("scoring", "slashing", "cutting dough before it is baked"):
        assert _first(index, question) == made


@pytest.mark.model
def test_an_editor_embeds_with_the_encoder_it_is_lent(seed_index: Path, tmp_path: Path) -> None:
    """A service has loaded it already.

    An editor by itself needs the files, and so does one that is lent another.
    """
    index = Path(shutil.copytree(seed_index, tmp_path / "index"))
    with Glossary.open(index) as glossary:
        key = read_manifest(IndexLayout(index))[0].embedded_by
        assert glossary.encoder_for("another") is None
        assert glossary.encoder_for(key) is not None
        for file in (index / "encoders").rglob("*.onnx"):
            file.unlink()
        with Editor(index, encoder_for=glossary.encoder_for) as editor:
            editor.add("bakery", SCORING)
        assert glossary.ask("how is dough cut?").hits[0].entry.term == "Scoring"
        with Editor(index) as editor, pytest.raises(IndexDamaged, match="missing or altered"):
            editor.add("bakery", replace(SCORING, definition="Cuts."))


def test_a_changed_entry_says_the_new_words(editor: Editor, index: Path) -> None:
    """What is not given stays, also where it came from; the old words find it no more."""
    changed = editor.change("bakery:crumb", definition="Pores of bread.", expected=2)
    assert changed.entry is not None
    assert changed.entry.aliases == ("inner loaf",)
    assert changed.entry.source == Source("x.md", 1)
    assert _first(index, "pores of bread") == changed.entry
    assert _first(index, "inner loaf") == changed.entry


def test_a_deleted_entry_is_gone_and_can_be_restored(editor: Editor, index: Path) -> None:
    """Its history stays; restored, it is as it was at the revision that is named."""
    editor.change("bakery:crumb", definition="Pores of bread.")
    assert editor.delete("bakery:crumb", expected=8) == Changed("bakery:crumb", None, 9)
    with Glossary.open(index) as glossary:
        assert len(glossary) == 6
        with pytest.raises(EntryNotFound):
            glossary.entry("bakery:crumb")
    assert editor.restore("bakery:crumb", 2, expected=0).entry == ENTRIES[1]
    assert _first(index, "crumb") == ENTRIES[1]
    told = [(v.revision, v.kind.value, v.who) for v in editor.history("bakery:crumb")]
    assert told == [
        (2, "added", "build"),
        (8, "changed", "ann"),
        (9, "deleted", "ann"),
        (10, "restored", "ann"),
    ]


def test_a_version_is_that_of_any_revision_since(editor: Editor) -> None:
    """Between two changes the first one holds; when there was none, all versions are named."""
    editor.change("bakery:crumb", definition="Pores of bread.")
    editor.delete("bakery:crumb")
    assert editor.restore("bakery:crumb", 7).entry == ENTRIES[1]
    for revision in (1, 9):
        message = f"no entry 'bakery:crumb' at revision {revision}; it has versions of 2, 8, 10"
        with pytest.raises(EntryNotFound, match=message):
            editor.restore("bakery:crumb", revision)


def test_ids_are_given_as_importers_give_them(editor: Editor) -> None:
    """A used id gets a number, an own one is made readable, and the same entry twice is refused."""
    assert editor.add("bakery", Draft("Crumb", "A small piece.")).id == "bakery:crumb-2"
    assert editor.add("bakery", Draft("Crumb", "Some other thing.")).id == "bakery:crumb-3"
    assert editor.add("New Place", Draft("C++", "A language."), id_="C#").id == "new-place:c-sharp"
    with pytest.raises(InvalidEntry, match="duplicate of 'bakery:crumb-2'"):
        editor.add("bakery", Draft(" Crumb ", "A small piece."))
    with pytest.raises(EntryConflict, match="there is an entry 'bakery:crumb' already"):
        editor.add("bakery", Draft("Crumb", "Any."), id_="crumb")


def test_put_adds_or_replaces_everything(editor: Editor) -> None:
    """What a draft does not say, the entry does not say any more; its source stays."""
    made = editor.put("harbour:mole", Draft("Mole", "A wall in the sea."), expected=0)
    assert (made.id, made.revision) == ("harbour:mole", 8)
    crumb = editor.put("bakery:crumb", Draft("Crumb", "Pores of bread."), expected=2).entry
    assert crumb == Entry(
        "bakery:crumb", "Crumb", "Pores of bread.", "bakery", source=Source("x.md", 1)
    )
    with pytest.raises(
        InvalidEntry, match=r"'Harbour: a Mole' cannot be .* 'harbour:a-mole' could"
    ):
        editor.put("Harbour: a Mole", Draft("Mole", "A wall."))


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (Draft("", "Words."), "no term"),
        (Draft("\x00\t", "Words."), "no term"),
        (Draft("Oven", " "), "no definition of 'Oven'"),
        (Draft("Oven", "\ud800"), "half of a surrogate pair"),
        (Draft("x" * 301, "Words."), "the term is longer than 300 characters"),
        (Draft("Oven", "x" * 20_001), "the definition of 'Oven' is longer than 20000 characters"),
        (Draft("Oven", "Words.", ("x" * 301,)), "an alias or id of 'Oven' is longer than 300"),
        (Draft("Oven", "Words.", ("\udfff",)), "half of a surrogate pair"),
        (Draft("Oven", "Words.", language="no language"), "'no language' is no language; write"),
    ],
)
def test_what_an_importer_refuses_is_refused(editor: Editor, draft: Draft, reason: str) -> None:
    """For the same reasons, in every way of writing; nothing is changed."""
    writes: tuple[Callable[[], object], ...] = (
        lambda: editor.add("bakery", draft, id_="oven"),
        lambda: editor.put("bakery:oven", draft),
        lambda: editor.put("bakery:crumb", draft),
    )
    for write in writes:
        with pytest.raises(InvalidEntry, match=reason):
            write()
    assert editor.changes_since(7) == []


@pytest.mark.parametrize("name", ["", " ", "\x00", "...", "x" * 301])
def test_names_that_make_no_id_are_refused(editor: Editor, name: str) -> None:
    """Invalid names of glossaries and invalid ids are refused."""
    if name != "...":
        with pytest.raises(InvalidEntry, match="the name of a glossary"):
            editor.add(name, SCORING)
    if name not in ("", "..."):
        with pytest.raises(InvalidEntry, match="an id"):
            editor.add("bakery", SCORING, id_=name)


def test_text_is_cleaned_as_an_importer_cleans_it(editor: Editor) -> None:
    """White space, control characters, an alias that is the term; letters are composed."""
    draft = Draft(" Cafe\u0301 ", "A\x00 place.\r\nFor coffee.", ("Caf\u00e9", "bar", "bar"))
    entry = editor.add("bakery", draft).entry
    assert entry is not None
    assert (entry.id, entry.term) == ("bakery:caf\u00e9", "Caf\u00e9")
    assert (entry.definition, entry.aliases) == ("A place.\nFor coffee.", ("bar",))


def test_an_unknown_id_says_what_may_have_been_meant(editor: Editor) -> None:
    """Every operation on an unknown id suggests similar ids."""
    calls: tuple[Callable[[], object], ...] = (
        lambda: editor.entry("Dutch Oven"),
        lambda: editor.history("Dutch Oven"),
        lambda: editor.change("Dutch Oven", term="Pot"),
        lambda: editor.delete("Dutch Oven"),
        lambda: editor.restore("Dutch Oven", 3),
    )
    for call in calls:
        with pytest.raises(EntryNotFound, match="did you mean 'bakery:dutch-oven'"):
            call()
    with pytest.raises(EntryNotFound, match=r"no entry with the id 'nothing'$"):
        editor.entry("nothing")


def test_an_edit_from_an_older_revision_is_refused(editor: Editor) -> None:
    """The second editor of one version is refused, and nothing of that edit is stored."""
    editor.change("bakery:crumb", definition="Pores of bread.", expected=2)
    edits: tuple[Callable[[], object], ...] = (
        lambda: editor.change("bakery:crumb", definition="Inside.", expected=2),
        lambda: editor.put("bakery:crumb", SCORING, expected=2),
        lambda: editor.delete("bakery:crumb", expected=2),
        lambda: editor.restore("bakery:crumb", 2, expected=2),
    )
    for late in edits:
        with pytest.raises(EntryConflict, match="has revision 8, not 2"):
            late()
    assert editor.entry("bakery:crumb").revision == 8


def test_an_edit_that_changes_nothing_makes_no_generation(editor: Editor, index: Path) -> None:
    """The same words again, and an entry made what it is."""
    editor.change("bakery:crumb", term="Crumb")
    editor.restore("bakery:crumb", 2)
    assert [p.name for p in (index / "generations").iterdir()] == ["000001"]
    assert editor.changes_since(7) == []


def test_the_last_entry_stays(editor: Editor) -> None:
    """An index cannot be empty."""
    for entry in ENTRIES[1:]:
        editor.delete(entry.id)
    with pytest.raises(InvalidEntry, match="is the last entry of the index"):
        editor.delete(ENTRIES[0].id)


def test_editors_of_two_people_take_turns(editor: Editor) -> None:
    """Twenty edits by two threads.

    Each is there, by whom it was made, one revision after the other.
    """
    bob = editor.as_author("bob")

    def add(who: Editor, name: str) -> None:
        for n in range(10):
            who.add("pantry", Draft(f"{name} {n}", f"Shelf {n} of {name}."))

    threads = [
        threading.Thread(target=add, args=given) for given in ((editor, "ann"), (bob, "bob"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    changes = editor.changes_since(7)
    assert [c.revision for c in changes] == list(range(8, 28))
    for change in changes:
        assert [v.who for v in editor.history(change.id)] == [change.id[7:10]]


@pytest.mark.process
def test_two_processes_take_turns(editor: Editor, index: Path) -> None:
    """Five edits of each are all there."""
    program = (
        "import sys, semsearch\n"
        "with semsearch.edit(sys.argv[1], who=sys.argv[2]) as editor:\n"
        "    for n in range(5):\n"
        "        editor.add('pantry', semsearch.Draft(f'{sys.argv[2]} {n}', f'Shelf {n}.'))\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(index), who]) for who in ("ann", "bob")
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    assert [c.revision for c in editor.changes_since(7)] == list(range(8, 18))


@pytest.mark.process
def test_who_holds_the_lock_for_too_long_is_named(editor: Editor, index: Path) -> None:
    """An edit waits its turn for some seconds and then changes nothing."""
    with being_edited(index), pytest.raises(IndexBusy, match="another build or edit of"):
        editor.add("bakery", SCORING)
    assert atomic_files.PATIENCE_S < 10
    assert editor.add("bakery", SCORING).revision == 8


@pytest.mark.embedded_store("store.db is removed; a copy is made again instead")
def test_an_index_that_cannot_be_edited_says_why(editor: Editor, index: Path) -> None:
    """None there, one copied without its store, and one with another store."""
    with pytest.raises(IndexMissing, match="semsearch build"):
        Editor(index / "nothing")
    (index / "store.db").rename(index / "store.old")
    calls: tuple[Callable[[], object], ...] = (
        lambda: editor.add("bakery", SCORING),
        lambda: editor.entry("bakery:crumb"),
    )
    for call in calls:
        with pytest.raises(IndexDamaged, match=r"has no store\.db, so it can be read but not"):
            call()
    assert not (index / "store.db").exists()


@pytest.mark.embedded_store("store.db is made one of before")
def test_a_store_of_before_is_brought_up_to_date(editor: Editor, index: Path) -> None:
    """The first reader migrates the store; then it can be edited."""
    with closing(sqlite3.connect(index / "store.db")) as connection:
        connection.executescript(WITHOUT_HISTORY)
    assert editor.entry("bakery:crumb").entry == ENTRIES[1]
    assert editor.delete("bakery:crumb").entry is None


@pytest.mark.embedded_store("store.db is replaced")
def test_a_store_of_another_index_is_not_edited(
    editor: Editor, index: Path, tmp_path: Path
) -> None:
    """It would replace the entries of this one."""
    other = tmp_path / "other"
    build_index(ENTRIES, other, model="hashed")
    (other / "store.db").replace(index / "store.db")
    with pytest.raises(IndexDamaged, match="is not the store that the index was made from"):
        editor.add("bakery", SCORING)


@pytest.mark.embedded_store("store.db is removed, and built anew")
def test_a_store_made_anew_is_read_before_it_is_edited(editor: Editor, index: Path) -> None:
    """Its revisions are counted anew.

    What was made from one of the store before it would be taken for another.
    """
    before = editor.identity
    (index / "store.db").unlink()
    build_index(ENTRIES, index, model="hashed")
    with pytest.raises(IndexBusy, match="was replaced meanwhile"):
        editor.change("bakery:crumb", definition="Pores of bread.", expected=2)
    assert editor.identity != before
    assert editor.entry("bakery:crumb").entry == ENTRIES[1]
    assert editor.add("bakery", SCORING).revision == 8


@pytest.mark.parametrize("other", ["arms:there", "arms:nowhere"])
def test_a_successor_in_another_glossary_is_refused_alike(editor: Editor, other: str) -> None:
    """Whether that glossary has the entry is not told."""
    editor.add("arms", Draft("There", "A place."))
    with pytest.raises(InvalidEntry, match="cannot lead to"):
        editor.delete("bakery:leaven", successor=other)


def test_the_latest_changes_come_first(editor: Editor, index: Path) -> None:
    """With revision and time; of some glossaries if they are named; none without a store."""
    changed = editor.add("bakery", SCORING)
    editor.add("arms", Draft("There", "A place."))
    first, second, third = editor.latest(3)
    assert first.entry.id == "arms:there"
    assert (second.entry, second.revision) == (changed.entry, changed.revision)
    assert second.at.endswith("Z")
    assert third.revision < second.revision
    assert {one.entry.glossary for one in editor.latest(9, ["arms"])} == {"arms"}
    (index / "store.db").unlink()
    assert editor.latest(3) == []
