"""What the functions that make tables of candidates refuse, and whom they obey."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from semsearch.core.errors import IndexBusy
from semsearch.storage.postgres.candidates import CandidateKind, CandidateWriter, install_pgvector
from semsearch.storage.postgres.migrating import migrate

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase


@pytest.fixture
def store(database: SharedDatabase) -> SharedDatabase:
    """Give a store without entries, which may have candidates."""
    migrate(database)
    install_pgvector(database)
    return database


def test_no_function_of_the_owner_takes_temporary_tables_for_ours(store: SharedDatabase) -> None:
    """A role that may make some would have the owner run its triggers."""
    with closing(store.connect()) as connection:
        made = connection.raw.execute(
            "SELECT proname, proconfig FROM pg_proc WHERE prosecdef "
            "AND pronamespace = current_schema()::regnamespace ORDER BY proname"
        ).fetchall()
    assert [name for name, _ in made] == [
        "analyze_candidates",
        "drop_candidates",
        "index_candidates",
        "make_candidates",
    ]
    for name, settings in made:
        assert settings == ["search_path=public, pg_temp"], name


def test_candidates_that_are_published_stay(store: SharedDatabase) -> None:
    """Whatever a publisher does that has lost its lock and comes late."""
    early = CandidateWriter(store, 5, 2, 1)
    published = CandidateWriter(store, 5, 2, 1)
    published.put(CandidateKind.ENTRY, [(0, ["en"], "[1,0]", b"data")])
    with closing(store.connect()) as connection:
        connection.raw.execute(
            "INSERT INTO generation (number, pointer, files, embedding) VALUES (5, '', '{}', '')"
        )
        for _ in range(2):
            with pytest.raises(IndexBusy):
                CandidateWriter(store, 5, 2, 1)
        found = connection.raw.execute("SELECT name FROM candidate_set").fetchall()
        assert found == [(published.name,)]
        assert early.name != published.name
        (rows,) = connection.raw.execute(
            f"SELECT count(*) FROM candidate_{published.name}".encode()  # noqa: S608 - of ours
        ).fetchone() or (0,)
        assert rows == 1


def test_a_graph_is_built_once(store: SharedDatabase) -> None:
    """Another one of the same vectors would take room for nothing."""
    writer = CandidateWriter(store, 5, 2, 1)
    with closing(store.connect()) as connection:
        for _ in range(2):
            writer.index(CandidateKind.ENTRY, 1)
        (graphs,) = connection.raw.execute(
            "SELECT count(*) FROM pg_index WHERE NOT indisprimary AND indrelid = to_regclass(%s)",
            (f"candidate_{writer.name}",),
        ).fetchone() or (0,)
    assert graphs == 1
