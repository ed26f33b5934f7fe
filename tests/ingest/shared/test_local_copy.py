"""One glossary in PostgreSQL: servers answer from copies of it and edit it together.

Covers `ingest/shared/local_copy`, `ingest/shared/publication`, `index/shared_files`,
`storage/files/shared_setting`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from semsearch.core.errors import (
    EntryConflict,
    IndexBusy,
    IndexDamaged,
    IndexMissing,
    InvalidSetting,
)
from semsearch.core.progress import Silent
from semsearch.core.shared_store_errors import IndexShared, SharedFileDamaged, StoreUnavailable
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import pending, publish_edits
from semsearch.ingest.purge import purge
from semsearch.ingest.shared.local_copy import catch_up, database_of, join_store, opened
from semsearch.ingest.upgrade import upgrade
from semsearch.search.glossary import Glossary
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.following import follow_info
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import InStep, in_step, note_in_step, shared_url
from semsearch.storage.store_connection import Lock
from semsearch.storage.store_summary import summary
from tests.conftest import ENTRIES

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

    NewServer = Callable[[str], IndexLayout]

SCORING = Draft(term="Scoring", definition="Cutting the surface of the dough before it bakes.")
QUESTION = "cutting the surface of dough"


def first_hit(layout: IndexLayout, question: str = QUESTION) -> str:
    """Return the term that answers a question on a server."""
    with Glossary.open(layout.root) as glossary:
        return glossary.ask(question).hits[0].entry.term


def same(layout: IndexLayout, database: SharedDatabase) -> bool:
    """Return whether a copy has every row of its store but the answers to requests."""
    with opened(database) as shared, closing(EntryReader(layout.store)) as copy:
        wanted, found = summary(shared), summary(copy)
    return {**wanted, "answers": (0, "")} == {**found, "answers": (0, "")}


def test_a_server_from_nothing_answers(new_server: NewServer, database: SharedDatabase) -> None:
    """It fetches rows, generation and models; every file is as its hash says."""
    layout = new_server("one")
    assert first_hit(layout, "the inside of a loaf") == "Crumb"
    assert same(layout, database)
    verify(layout.root)
    assert layout.shared.stat().st_mode & 0o077 == 0
    info = follow_info(layout)
    assert info is not None
    assert info.url == database.name
    assert info.in_step_ago_s is not None


def test_an_edit_is_shown_here_at_once_and_there_when_it_catches_up(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """Both have the same revisions, and the author of the change."""
    one, other = new_server("one"), new_server("other")
    with Editor(one.root, who="ann") as editor:
        changed = editor.add("bakery", SCORING)
    assert first_hit(one) == "Scoring"
    assert first_hit(other) != "Scoring"
    catch_up(other, database, Silent())
    assert first_hit(other) == "Scoring"
    assert same(one, database)
    assert same(other, database)
    with Editor(other.root, who="bob") as editor:
        assert editor.history(changed.id)[0].who == "ann"
        editor.change(changed.id, definition="Cutting dough.", expected=changed.revision)
    with Editor(one.root) as editor, pytest.raises(EntryConflict):
        editor.change(changed.id, definition="x y", expected=changed.revision)


def test_changes_of_parts_by_several_servers_are_all_kept(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """They take turns, so that none overwrites what another one has changed meanwhile."""
    layouts = [new_server(name) for name in ("one", "two", "three")]
    with Editor(layouts[0].root) as editor:
        id_ = editor.add("bakery", SCORING).id

    def add_aliases(layout: IndexLayout, number: int) -> None:
        with Editor(layout.root) as editor:
            for n in range(4):
                editor.teach(id_, f"how do bakers of town {number} cut loaf {n}?")

    threads = [
        threading.Thread(target=add_aliases, args=(layout, number))
        for number, layout in enumerate(layouts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened(database) as shared:
        row = shared.get(id_)
    assert row is not None
    assert len(row.entry.details.asked_as) == 12


def test_one_server_publishes_and_the_others_fetch(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """The second finds nothing to publish, and has the same files by then."""
    one, other = new_server("one"), new_server("other")
    with Editor(one.root) as editor:
        editor.add("bakery", SCORING)
    assert publish_edits(one, Silent())
    assert not publish_edits(other, Silent())
    assert one.current.read_bytes() == other.current.read_bytes()
    assert pending(other).changes == 0
    verify(other.root)
    assert first_hit(other) == "Scoring"
    with Editor(other.root) as editor:
        editor.add("bakery", replace(SCORING, term="Proof", definition="A rest of dough."))
    assert publish_edits(other, Silent())
    catch_up(one, database, Silent())
    assert one.current.read_bytes() == other.current.read_bytes()
    assert len(list(one.generations.iterdir())) == 2
    with opened(database) as shared:
        rows = shared.connection.execute("SELECT number FROM generation").fetchall()
    assert len(rows) == 2


def test_nobody_publishes_while_another_server_does(
    new_server: NewServer, database: SharedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As soon as the holder of the lock is gone, however it ended, another one publishes."""
    monkeypatch.setattr("semsearch.ingest.publish.PATIENCE_S", 0.1)
    layout = new_server("one")
    with Editor(layout.root) as editor:
        editor.add("bakery", SCORING)
    with ExitStack() as dying:
        holder = dying.enter_context(opened(database))
        dying.enter_context(holder.connection.locked(Lock.PUBLISHING, 1.0))
        with pytest.raises(IndexBusy, match="publishing"):
            publish_edits(layout, Silent())
        holder.connection.raw.close()  # type: ignore[attr-defined] # as when its process ends
        assert publish_edits(layout, Silent())


def test_a_build_is_one_of_the_store(new_server: NewServer, database: SharedDatabase) -> None:
    """Live edits of other servers stay, and these show the build when they catch up."""
    one, other = new_server("one"), new_server("other")
    with Editor(other.root) as editor:
        editor.add("bakery", SCORING)
    corpus = [*ENTRIES[1:], replace(ENTRIES[0], definition="A sour dough that makes dough rise.")]
    report = build_index(corpus, one.root, model="hashed")
    assert report.published
    assert report.changes.changed == ("bakery:leaven",)
    assert same(one, database)
    catch_up(other, database, Silent())
    for layout in (one, other):
        assert first_hit(layout) == "Scoring"
        assert first_hit(layout, "a sour dough that makes dough rise") == "Leaven"
    assert one.current.read_bytes() == other.current.read_bytes()
    verify(other.root)


def test_an_edit_waits_for_the_encoder_of_a_build(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """Vectors of the former encoder would leave the entry out of every answer."""
    one, other = new_server("one"), new_server("other")
    build_index(list(ENTRIES), one.root, model="hashed", common_questions=False)
    with opened(database) as shared, shared.connection.transaction():
        shared.connection.execute("UPDATE generation SET embedding = ?", ("another",))
    with Editor(other.root) as editor, pytest.raises(IndexBusy, match="another encoder"):
        editor.add("bakery", SCORING)
    build_index(list(ENTRIES), one.root, model="hashed", common_questions=True)
    catch_up(other, database, Silent())
    with Editor(other.root) as editor:
        editor.add("bakery", SCORING)
    assert first_hit(other) == "Scoring"


def test_another_store_at_the_same_revision_is_noticed(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """The copy stays what it is, and the message says what to do."""
    layout = new_server("one")
    with opened(database) as shared:
        shared.renew_identity()
    with pytest.raises(InvalidSetting, match="no earlier state"):
        catch_up(layout, database, Silent())


def test_a_first_build_fills_an_empty_store(url: str, tmp_path: Path) -> None:
    """A server that joins before has nothing to show, and says what to do."""
    layout, other = IndexLayout(tmp_path / "one"), IndexLayout(tmp_path / "other")
    with pytest.raises(IndexMissing, match="has no glossary yet"):
        join_store(other, url, Silent())
    join_store(layout, url, Silent(), may_be_empty=True)
    build_index(list(ENTRIES), layout.root, model="hashed")
    join_store(other, url, Silent())
    assert first_hit(other, "the inside of a loaf") == "Crumb"
    assert same(other, database_of(url))


def test_a_damaged_file_is_not_taken_over(
    new_server: NewServer, url: str, database: SharedDatabase, tmp_path: Path
) -> None:
    """The copy stays what it was; a new one is not made."""
    with opened(database) as shared:
        shared.connection.execute("UPDATE file_part SET content = content || ?", (b"x",))
    with pytest.raises(SharedFileDamaged, match="has another SHA-256 in PostgreSQL"):
        join_store(IndexLayout(tmp_path / "new"), url, Silent())
    assert not IndexLayout(tmp_path / "new").current.exists()


def test_without_its_notes_a_copy_compares_everything(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """They are a hint: nothing is lost or stored twice."""
    layout = new_server("one")
    layout.in_step.unlink()
    assert in_step(layout) == InStep()
    with Editor(layout.root) as editor:
        editor.add("bakery", SCORING)
    note_in_step(layout, InStep())
    catch_up(layout, database, Silent())
    assert same(layout, database)


def test_only_an_own_folder_becomes_a_copy(
    hashed_index: Path, new_server: NewServer, url: str
) -> None:
    """An index with a store of its own is not replaced, and a copy is not purged."""
    with pytest.raises(InvalidSetting, match="has a store of its own"):
        join_store(IndexLayout(hashed_index), url, Silent())
    assert shared_url(IndexLayout(hashed_index)) is None
    layout = new_server("one")
    with pytest.raises(IndexShared, match="cannot be purged here"):
        purge(layout.root, ["bakery:crumb"])
    with pytest.raises(IndexShared, match="not upgraded here"):
        upgrade(layout.root)


@pytest.mark.parametrize("content", [b"", b'{"url": 7}', b"\xff", b"[]"])
def test_a_damaged_setting_is_written_anew(
    new_server: NewServer, url: str, database: SharedDatabase, content: bytes
) -> None:
    """The store is named, and the copy is one of it; nobody else may read the address."""
    layout = new_server("one")
    layout.shared.write_bytes(content)
    layout.shared.chmod(0o600)
    with Editor(layout.root) as editor, pytest.raises(IndexDamaged, match="name it with --store"):
        editor.add("bakery", SCORING)
    join_store(layout, url, Silent())
    assert shared_url(layout) == url
    assert layout.shared.stat().st_mode & 0o777 == 0o600
    with Editor(layout.root) as editor:
        editor.add("bakery", SCORING)
    assert same(layout, database)


def test_a_damaged_setting_does_not_hide_another_store(
    new_server: NewServer, url: str, database: SharedDatabase
) -> None:
    """The copy is compared with the store that is named, before its address is written."""
    layout = new_server("one")
    layout.shared.write_bytes(b"")
    with opened(database) as shared:
        shared.renew_identity()
    with pytest.raises(InvalidSetting, match="no earlier state"):
        join_store(layout, url, Silent())
    assert layout.shared.read_bytes() == b""


def test_questions_are_answered_while_postgresql_is_away(
    new_server: NewServer, url: str, database: SharedDatabase
) -> None:
    """Edits are refused as something that passes, and the server may be started."""
    layout = new_server("one")
    layout.shared.write_text(f'{{"url": "{url}&port=1"}}', encoding="utf-8")
    with Editor(layout.root) as editor:
        with pytest.raises(StoreUnavailable, match=r"cannot be reached \(.*when it is back"):
            editor.add("bakery", SCORING)
        assert editor.entry("bakery:crumb").entry.term == "Crumb"
    join_store(layout, f"{url}&port=1", Silent())
    assert first_hit(layout, "the inside of a loaf") == "Crumb"
    join_store(layout, url, Silent())
    with Editor(layout.root) as editor:
        editor.add("bakery", SCORING)
    assert same(layout, database)
