"""What was changed since a generation answers beside it, as if it had been built in.

Covers `index/segments/live`, `index/segments/multi`, `index/segments/multi_entries`,
`index/segments/segment`, `search/live_index`, `search/next_generation`,
`search/followed_store`.
"""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.answers import Answer, Tier
from semsearch.core.progress import Silent
from semsearch.index.segments.live import MAX_PENDING
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import pending, publish_edits
from semsearch.search.glossary import Glossary
from semsearch.search.live_index import BUSY_S, PATIENCE_S
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import ENTRIES, entry

OVEN = Draft("Oven", "A hot box in which loaves are baked until they are brown.")
QUESTIONS = (
    "where are loaves baked?",
    "oven",
    "dough in a basket",
    "ship",
    "what makes dough rise",
)


@pytest.fixture
def index(hashed_index: Path, tmp_path: Path) -> Path:
    """Give an index of seven entries in two glossaries that a test may edit."""
    layout = IndexLayout(tmp_path / "index")
    build_index(ENTRIES, layout.root, model="hashed", common_questions=False)
    return layout.root


@pytest.fixture
def editor(index: Path) -> Iterator[Editor]:
    """Give an editor of it."""
    with Editor(index, who="ann") as opened:
        yield opened


@pytest.fixture
def glossary(index: Path) -> Iterator[Glossary]:
    """Give it opened, before anything is edited."""
    with Glossary.open(index) as opened:
        yield opened


def _generations(index: Path) -> list[str]:
    return sorted(p.name for p in (index / "generations").iterdir())


def test_an_edit_is_seen_by_the_next_question(
    editor: Editor, glossary: Glossary, index: Path
) -> None:
    """Added, changed, renamed and deleted, by name, words and meaning.

    No generation is written for it.
    """
    tag = glossary.tag
    editor.add("bakery", OVEN)
    assert glossary.is_behind
    first = glossary.ask("where are loaves baked until brown?").hits[0]
    assert glossary.tag != tag
    assert first.entry.id == "bakery:oven"
    assert first.evidence.words
    assert first.evidence.sentence is not None
    assert first.evidence.sentence.text == OVEN.definition
    assert glossary.ask("ovens").hits[0].evidence.name == "Oven"
    assert glossary.entry("oven").definition == OVEN.definition

    editor.change("bakery:oven", term="Kiln", definition="A very hot box for clay.")
    assert glossary.ask("kiln").hits[0].entry.definition == "A very hot box for clay."
    assert "Oven" not in {hit.entry.term for hit in glossary.ask("oven", k=100).hits}
    assert len(glossary) == len(ENTRIES) + 1

    editor.delete("bakery:oven")
    editor.delete(ENTRIES[0].id)
    shown = {hit.entry.id for hit in glossary.ask(ENTRIES[0].term, k=100).hits}
    assert shown == {e.id for e in ENTRIES[1:]}
    assert len(glossary) == len(ENTRIES) - 1
    assert _generations(index) == ["000001"]


def test_a_changed_entry_answers_as_itself_only(editor: Editor, glossary: Glossary) -> None:
    """Its old words find nothing, and it is one hit in every answer."""
    changed = ENTRIES[1]
    editor.change(changed.id, definition="Zymurgy and quince.")
    hits = glossary.ask("zymurgy quince", k=100).hits
    assert (hits[0].entry.id, hits[0].matched_by) == (changed.id, Tier.MEANING)
    assert sorted(hit.entry.id for hit in hits) == sorted(e.id for e in ENTRIES)
    for hit in glossary.ask(changed.definition, k=100).hits:
        if hit.entry.id == changed.id:
            assert not hit.evidence.words


def test_a_new_glossary_can_be_asked_by_itself(editor: Editor, glossary: Glossary) -> None:
    """A glossary that the generation lacks can be asked, and is listed with the others."""
    editor.add("kitchen", OVEN)
    assert [h.entry.id for h in glossary.ask("hot box", glossary="kitchen").hits] == [
        "kitchen:oven"
    ]
    assert [g.name for g in glossary.info().glossaries] == ["bakery", "harbour", "kitchen"]
    editor.delete("kitchen:oven")
    assert [g.name for g in glossary.info().glossaries] == ["bakery", "harbour"]


def test_answers_are_those_of_a_build(editor: Editor, glossary: Glossary, tmp_path: Path) -> None:
    """Same hits, same order, nearly the same scores, whether edits are built in or live."""
    entries = [replace(ENTRIES[0], definition="A box of dough that rises."), *ENTRIES[1:-1]]
    entries.append(entry("Oven", OVEN.definition))
    editor.change(ENTRIES[0].id, definition=entries[0].definition)
    editor.delete(ENTRIES[-1].id)
    editor.add("bakery", OVEN)
    build_index(entries, tmp_path / "built", model="hashed", common_questions=False)
    with Glossary.open(tmp_path / "built") as built:
        for question in QUESTIONS:
            one, other = glossary.ask(question), built.ask(question)
            assert [_shown(one, 3)] == [_shown(other, 3)]
            words = [h.evidence.parts.words for h in one.hits]
            by_id = {h.entry.id: h.evidence.parts.words for h in other.hits}
            assert words == pytest.approx([by_id[h.entry.id] for h in one.hits], rel=0.15)


def _shown(answer: Answer, k: int) -> list[tuple[str, Tier]]:
    return [(hit.entry.term, hit.matched_by) for hit in answer.hits[:k]]


def test_publishing_takes_the_edits_in(editor: Editor, glossary: Glossary, index: Path) -> None:
    """Answers stay, an open index follows, and later edits are live beside the new generation."""
    layout = IndexLayout(index)
    assert not publish_edits(layout, Silent())
    editor.add("bakery", OVEN)
    before = [_shown(glossary.ask(question), 3) for question in QUESTIONS]
    assert (pending(layout).changes, pending(layout).is_due) == (1, False)
    assert publish_edits(layout, Silent())
    assert (pending(layout).changes, _generations(index)) == (0, ["000001", "000002"])
    glossary.refresh()
    assert glossary.info().generation == 2
    assert [_shown(glossary.ask(question), 3) for question in QUESTIONS] == before
    editor.delete("bakery:oven")
    assert "Oven" not in {hit.entry.term for hit in glossary.ask("oven", k=100).hits}
    assert glossary.info().generation == 2


def test_so_many_edits_are_due(editor: Editor, index: Path) -> None:
    """One more than are shown beside a generation."""
    lines = [f'{{"term": "T{n}", "definition": "Loaf number {n}."}}' for n in range(MAX_PENDING)]
    editor.take("\n".join(lines), "bakery")
    assert not pending(IndexLayout(index)).is_due
    editor.add("bakery", OVEN)
    assert pending(IndexLayout(index)).is_due


def test_an_index_follows_a_build_of_another_process(glossary: Glossary, index: Path) -> None:
    """The new generation is opened while the old one answers.

    Its entries are seen at once, from the store.
    """
    build_index(ENTRIES[:3], index, model="hashed", common_questions=False)
    assert len(glossary.ask("dough", k=100).hits) == 3
    glossary.refresh()
    assert glossary.info().generation == 2
    assert not glossary.is_behind


def test_relations_follow_an_entry_that_changed(index: Path, glossary: Glossary) -> None:
    """What mentions it still does, by its new content; what is gone is mentioned by nobody."""
    entries = [*ENTRIES, entry("Batard", "An oval loaf made with leaven.")]
    build_index(entries, index, model="hashed", common_questions=False)
    glossary.refresh()
    leaven = glossary.related("leaven")
    assert "Batard" in {r.entry.term for r in leaven.mentioned_by}
    with Editor(index) as editor:
        editor.change(leaven.entry.id, definition="A wet dough that ferments.")
        again = glossary.related("leaven")
        assert again.entry.definition == "A wet dough that ferments."
        assert "Batard" in {r.entry.term for r in again.mentioned_by}
        (mentioned,) = [
            r.entry for r in glossary.related("batard").mentions if r.entry.term == "Leaven"
        ]
        assert mentioned == again.entry
        editor.delete(leaven.entry.id)
    assert "Leaven" not in {r.entry.term for r in glossary.related("batard").mentions}


def test_questions_and_edits_at_once(editor: Editor, glossary: Glossary) -> None:
    """No question fails, and whoever has edited sees it; each answer is of one state."""
    failed: list[BaseException] = []
    is_over = threading.Event()

    def ask() -> None:
        try:
            while not is_over.is_set():
                hits = glossary.ask("a hot box number", k=100).hits
                ids = [hit.entry.id for hit in hits]
                assert len(ids) == len(set(ids))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for number in range(12):
            added = editor.add("bakery", Draft(f"Box {number}", f"A hot box number {number}."))
            glossary.refresh()
            assert glossary.entry(added.id).term == f"Box {number}"
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    assert failed == []


def test_an_index_without_its_store_answers(index: Path) -> None:
    """A copy of the generations alone shows them, and never changes."""
    (index / "store.db").unlink()
    with Glossary.open(index) as glossary:
        assert len(glossary) == len(ENTRIES)
        assert not glossary.is_behind


def test_a_store_made_anew_is_followed(index: Path, glossary: Glossary) -> None:
    """A store that is damaged is moved away and built again while the index is open.

    Edits of the new one are shown.
    """
    (index / "store.db").rename(index / "store.old")
    assert not glossary.is_behind
    build_index(ENTRIES, index, model="hashed", common_questions=False)
    glossary.refresh()
    with Editor(index, who="ann") as editor:
        editor.add("bakery", OVEN)
    assert glossary.is_behind
    assert glossary.ask("oven").hits[0].entry.term == "Oven"
    assert not glossary.is_behind


def test_a_store_put_back_is_followed(index: Path, glossary: Glossary, editor: Editor) -> None:
    """A copy of the store in its place is the store, although no generation is published."""
    (index / "store.db").rename(index / "store.old")
    assert len(glossary) == len(ENTRIES)
    shutil.copyfile(index / "store.old", index / "store.db")
    editor.add("bakery", OVEN)
    assert glossary.is_behind
    assert glossary.ask("oven").hits[0].entry.term == "Oven"


@pytest.mark.parametrize("commit_s", [BUSY_S / 5, BUSY_S * 4])
def test_a_commit_is_waited_for(
    glossary: Glossary, index: Path, editor: Editor, commit_s: float
) -> None:
    """A question after an edit sees it while the next one is committed, by a slow disk too."""
    editor.add("bakery", OVEN)
    with closing(
        sqlite3.connect(index / "store.db", isolation_level=None, check_same_thread=False)
    ) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        assert glossary.is_behind
        commit = threading.Timer(commit_s, writer.execute, ("COMMIT",))
        commit.start()
        assert len(glossary.ask("oven", k=100).hits) == len(ENTRIES) + 1
        commit.join()
    assert not glossary.is_behind


def test_a_store_that_is_held_keeps_one_question_waiting(
    glossary: Glossary, index: Path, editor: Editor
) -> None:
    """If no acknowledged edit is missing, the last view answers, and later questions never wait."""
    editor.add("bakery", OVEN)
    glossary.refresh()
    with closing(sqlite3.connect(index / "store.db", isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        took = []
        for _ in range(10):
            began = time.monotonic()
            assert len(glossary.ask("oven", k=100).hits) == len(ENTRIES) + 1
            took.append(time.monotonic() - began)
        writer.execute("ROLLBACK")
    assert BUSY_S <= took[0] < PATIENCE_S
    assert sum(took[1:]) < BUSY_S * 4
    assert len(glossary.ask("oven", k=100).hits) == len(ENTRIES) + 1
    assert np.isclose(glossary.ask("oven").confidence, 0.99, atol=0.05)


@pytest.mark.process
def test_an_edit_that_cannot_be_read_is_waited_for_once(
    glossary: Glossary, index: Path, editor: Editor
) -> None:
    """Then what is known answers, at once, until the store can be read again."""
    editor.add("bakery", OVEN)
    with closing(sqlite3.connect(index / "store.db", isolation_level=None)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        assert len(glossary.ask("oven", k=100).hits) == len(ENTRIES)
        waited = time.monotonic()
        for _ in range(10):
            assert len(glossary.ask("oven", k=100).hits) == len(ENTRIES)
        assert waited - began >= PATIENCE_S
        assert time.monotonic() - waited < BUSY_S * 4
        writer.execute("ROLLBACK")
    assert len(glossary.ask("oven", k=100).hits) == len(ENTRIES) + 1


def test_edits_that_cannot_be_shown_are_told_once(
    glossary: Glossary, index: Path, editor: Editor, caplog: pytest.LogCaptureFixture
) -> None:
    """The generation goes on to answer; a later edit is tried again."""
    editor.add("bakery", OVEN)
    with closing(sqlite3.connect(index / "store.db")) as store:
        kept = store.execute("SELECT * FROM embedding").fetchall()
        store.execute("DELETE FROM embedding")
        store.commit()
        for _ in range(3):
            assert len(glossary.ask("oven", k=100).hits) == len(ENTRIES)
        assert caplog.text.count("are not shown") == 1
        store.executemany("INSERT INTO embedding VALUES (?, ?, ?, ?, ?, ?)", kept)
        store.commit()
    editor.add("bakery", replace(OVEN, term="Kiln"))
    assert len(glossary.ask("oven", k=100).hits) == len(ENTRIES) + 2


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs Linux")
def test_files_of_former_states_are_closed_at_once(tmp_path: Path) -> None:
    """Edits and publishes leave no open file behind, without a garbage collection."""
    index = tmp_path / "index"
    build_index(ENTRIES, index, model="hashed", common_questions=False)

    def opened() -> list[str]:
        links = (link for link in Path("/proc/self/fd").iterdir() if link.is_symlink())
        paths = [str(link.readlink()) for link in links]
        return [path for path in paths if str(index) in path or "/semsearch-" in path]

    gc.collect()
    of_other_tests = {*opened()}
    gc.disable()
    try:
        with Glossary.open(index) as glossary, Editor(index, who="ann") as editor:
            for n in range(3):
                editor.add("pantry", Draft(f"Jar {n}", f"Jar number {n}."))
                glossary.refresh()
                assert glossary.ask("jar number").hits[0].entry.glossary == "pantry"
                glossary.related("bakery:crumb")
                publish_edits(IndexLayout(index), Silent())
                glossary.refresh()
                assert glossary.ask("jar number").hits[0].entry.glossary == "pantry"
                generations = {path for path in opened() if "/generations/" in path}
                assert {Path(path).parent.name for path in generations} == {f"{n + 2:06d}"}
                left = {path for path in opened() if "/semsearch-" in path} - of_other_tests
                assert not left
    finally:
        gc.enable()


def test_nobody_waits_for_a_look_at_files_that_are_as_they_were(
    index: Path, glossary: Glossary, editor: Editor
) -> None:
    """Whatever another thread does meanwhile; an edit is seen again at once."""
    old = time.time() - 60
    os.utime(index / "store.db", (old, old))
    assert len(glossary) == len(ENTRIES)
    with glossary._live._lock:  # as a thread that looks holds it, and waits for the interpreter
        assert not glossary.is_behind
        glossary.refresh()
    editor.add("bakery", OVEN)
    assert glossary.is_behind
    assert glossary.ask("oven").hits[0].entry.term == "Oven"
