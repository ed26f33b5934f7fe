"""After an upgrade of semsearch a copy has the tables of the new version, by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from semsearch.core.progress import Silent
from semsearch.ingest import Editor
from semsearch.ingest.publish import pending, publish_edits
from semsearch.ingest.shared.local_copy import catch_up, join_store
from semsearch.search.glossary import Glossary
from semsearch.storage.database import open_for_writing
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import in_step, note_in_step
from semsearch.storage.migrations import MIGRATIONS
from tests.ingest.shared.test_local_copy import SCORING, same

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

    NewServer = Callable[[str], IndexLayout]

PHRASE = "how do bakers cut a loaf?"


@pytest.fixture
def older(new_server: NewServer) -> IndexLayout:
    """Give a copy of a version that had neither redirects nor details of entries."""
    layout = new_server("one")
    with Editor(layout.root) as editor:
        editor.teach(editor.add("bakery", SCORING).id, PHRASE)
    with closing(sqlite3.connect(layout.store)) as file:
        file.execute("DROP TABLE redirect")
        file.execute("UPDATE entry SET details = '{}'")
        file.execute(f"PRAGMA user_version = {len(MIGRATIONS) - 1}")
        file.commit()
    note_in_step(layout, replace(in_step(layout), tables=len(MIGRATIONS) - 1))
    return layout


def test_a_copy_of_an_earlier_version_is_taken_over_anew(
    older: IndexLayout, database: SharedDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    """Its tables are migrated; what the earlier version left out is there, and the log says so."""
    caplog.set_level("INFO", "semsearch")
    catch_up(older, database, Silent())
    assert same(older, database)
    assert "has the tables of this version" in caplog.text
    assert "taken over anew" in caplog.text
    caplog.clear()
    catch_up(older, database, Silent())
    assert caplog.text == "", "once"
    with Glossary.open(older.root) as glossary:
        assert glossary.ask(PHRASE).hits[0].entry.term == "Scoring"


def test_a_copy_whose_migration_was_interrupted_is_taken_over_anew(
    older: IndexLayout, database: SharedDatabase
) -> None:
    """Its tables are those of this version already, its rows are not."""
    open_for_writing(older.store, MIGRATIONS).close()
    catch_up(older, database, Silent())
    assert same(older, database)


def test_an_edit_migrates_a_copy(older: IndexLayout, database: SharedDatabase) -> None:
    """Whoever comes first does it, as a process of the server that only edits."""
    with Editor(older.root) as editor:
        editor.delete("bakery:crumb")
    assert same(older, database)


def test_a_publication_migrates_a_copy(older: IndexLayout, database: SharedDatabase) -> None:
    """It publishes what is in the store, also if the copy has not caught up with it."""
    assert publish_edits(older, Silent())
    assert same(older, database)
    assert pending(older).changes == 0


def test_a_publication_has_the_edits_of_others(
    new_server: NewServer, database: SharedDatabase
) -> None:
    """The copy of the server that publishes need not have caught up with them."""
    one, other = new_server("one"), new_server("other")
    with Editor(other.root) as editor:
        editor.add("bakery", SCORING)
    assert publish_edits(one, Silent())
    assert same(one, database)
    assert pending(one).changes == 0


def test_a_copy_is_migrated_while_postgresql_is_away(older: IndexLayout, url: str) -> None:
    """Questions are answered; its rows are taken over when PostgreSQL is back."""
    join_store(older, f"{url}&port=1", Silent())
    with closing(EntryReader(older.store)) as copy:
        assert copy.get("bakery:scoring") is not None
    join_store(older, url, Silent())
    with Glossary.open(older.root) as glossary:
        assert glossary.ask(PHRASE).hits[0].entry.term == "Scoring"
