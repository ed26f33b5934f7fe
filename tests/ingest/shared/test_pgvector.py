"""A glossary whose candidates are in PostgreSQL answers as one that has them in files.

Covers `index/pgvector/rows`, `index/pgvector/searcher`, `index/pgvector/shared`,
`index/pgvector/writing`, `ingest/shared/embeddings`, `storage/postgres/candidate_reader`,
`storage/postgres/candidates`.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch import Glossary
from semsearch.core.entries import Details, Entry
from semsearch.core.errors import IndexDamaged, InvalidSetting
from semsearch.core.progress import Silent
from semsearch.core.shared_store_errors import IndexShared, StoreUnavailable
from semsearch.index.ann.engine import AUTO, FLAT, GRAPH, PGVECTOR
from semsearch.index.backup import back_up
from semsearch.index.manifest import read_manifest
from semsearch.index.pgvector import searcher, writing
from semsearch.index.pgvector.rows import moved_files
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import publish_edits
from semsearch.ingest.shared.local_copy import catch_up, database_of, join_store, opened
from semsearch.ingest.shared.moves import copy_into_folder, copy_into_store
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.postgres import candidate_reader, candidates
from semsearch.storage.postgres.candidates import install_pgvector
from tests.postgres_server import TestServer

COUNT = 480
"""More than are fetched for a question, so that the engine has to choose."""
PLACES = ("kitchen", "garden", "harbour", "station", "library", "theatre", "market", "mill")
THINGS = ("oven", "barrow", "crane", "signal", "shelf", "curtain", "stall", "wheel", "rope", "lamp")
QUESTIONS = (
    "something in the harbour that lifts crates",
    "what do people use daily in the garden?",
    "the wheel that stands in the mill",
    "who tends the row with curtains of the theatre",
    "a place for books on a shelf",
)
LATER = "A vessel of copper in which jam is boiled slowly over an open fire."


def made_up(number: int) -> Entry:
    """Give an entry of one of two glossaries; every third one is in German, by its tag."""
    place, thing = PLACES[number % 8], THINGS[number // 8 % 10]
    glossary = "tools" if number % 4 else "places"
    asked = (f"thing {number} of the {place}",) if number % 2 else ()
    return Entry(
        f"{glossary}:{thing}-{number}",
        f"{thing} {number}",
        f"A {thing} that stands in the {place}. People of row {number} use it daily.",
        glossary,
        (f"{place} {thing} {number}",),
        "de" if number % 3 == 0 else "en",
        details=Details(asked_as=asked),
    )


@pytest.fixture(scope="module")
def in_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an index with files. Only to be read."""
    folder = tmp_path_factory.mktemp("files") / "index"
    entries = [made_up(number) for number in range(COUNT)]
    build_index(entries, folder, model="hashed", common_questions=False)
    return folder


@pytest.fixture
def in_postgres(
    in_files: Path, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> IndexLayout:
    """Give a copy of a store that has the same entries, with graphs in two partitions."""
    monkeypatch.setattr(searcher, "EXACT_UP_TO", 150)
    monkeypatch.setattr(writing, "EXACT_UP_TO", 150)
    monkeypatch.setattr(candidates, "PARTITION_ROWS", 300)
    install_pgvector(database_of(url))
    copy_into_store(IndexLayout(in_files), database_of(url), Silent())
    layout = IndexLayout(tmp_path / "one")
    join_store(layout, url, Silent())
    assert publish_edits(layout, Silent(), PGVECTOR)
    return layout


@pytest.fixture
def other(in_postgres: IndexLayout, url: str, tmp_path: Path) -> IndexLayout:
    """Give the folder of another server, made from nothing."""
    layout = IndexLayout(tmp_path / "other")
    join_store(layout, url, Silent())
    return layout


def shown(
    glossary: Glossary, question: str, of: str | None = None, language: str | None = None
) -> list[tuple[str, float]]:
    """Return id and similarity of the first hits."""
    hits = glossary.ask(question, k=10, glossary=of, language=language).hits
    return [(hit.entry.id, round(hit.similarity, 4)) for hit in hits]


def embedded(layout: IndexLayout) -> int:
    """Return how many embeddings the store of a folder has."""
    with closing(sqlite3.connect(layout.store)) as store:
        return int(store.execute("SELECT count(*) FROM embedding").fetchone()[0])


def test_answers_are_those_of_an_index_with_files(
    in_files: Path, in_postgres: IndexLayout, other: IndexLayout
) -> None:
    """For all, for a glossary, and for a language; the graph is in PostgreSQL."""
    manifest, files = read_manifest(other)
    assert manifest.engine.name == manifest.phrase_engine.name == PGVECTOR
    assert manifest.engine.breadth
    assert manifest.engine.recall > 0.9
    assert not any(file.exists() for file in moved_files(files))
    assert embedded(other) == 0
    filters = ((None, None), ("places", None), ("tools", None), (None, "de"), ("tools", "en"))
    same = total = 0
    with Glossary.open(in_files) as one, Glossary.open(other.root) as two:
        for question in QUESTIONS:
            for filter_ in filters:
                wanted, found = (shown(each, question, *filter_) for each in (one, two))
                same += len({id_ for id_, _ in wanted} & {id_ for id_, _ in found})
                total += len(wanted)
                for id_, similarity in found:
                    assert dict(wanted).get(id_, similarity) == pytest.approx(similarity, abs=1e-3)
        first = one.related("places:oven-0").similar
        assert [hit.entry.id for hit in two.related("places:oven-0").similar] == [
            hit.entry.id for hit in first
        ]
        assert two.suggest("barr") == one.suggest("barr")
    assert same >= 0.95 * total
    assert in_postgres.root.exists()


def test_an_edit_is_found_at_once_and_by_others(
    in_postgres: IndexLayout, other: IndexLayout, url: str
) -> None:
    """Added, changed and deleted; no more is embedded or copied than was changed."""
    with (
        Glossary.open(in_postgres.root) as here,
        Glossary.open(other.root) as there,
        Editor(in_postgres.root) as editor,
    ):
        editor.add("tools", Draft("Preserving pan", LATER))
        changed = editor.change("tools:oven-1", aliases=("jam furnace",)).id  # its text is not new
        editor.delete("tools:oven-2")
        catch_up(other, database_of(url), Silent())
        for glossary in (here, there):
            assert shown(glossary, "copper vessel for boiling jam")[0][0] == "tools:preserving-pan"
            assert shown(glossary, "jam furnace")[0][0] == changed
            again = [id_ for id_, _ in shown(glossary, "oven 2 in the harbour")]
            assert "tools:oven-2" not in again
        assert 0 < embedded(other) < 10
        assert publish_edits(other, Silent())
        here.refresh()
        manifest = read_manifest(other)[0]
        assert manifest.engine.name == PGVECTOR
        assert (manifest.entries, manifest.candidates != "") == (COUNT, True)
        for glossary in (here, there):
            assert shown(glossary, "copper vessel for boiling jam")[0][0] == "tools:preserving-pan"
    with opened(database_of(url)) as shared:
        sets = shared.connection.execute("SELECT generation FROM candidate_set").fetchall()
    assert sorted(number for (number,) in sets) == [manifest.generation - 1, manifest.generation]


def test_a_build_keeps_the_engine_and_the_map(in_postgres: IndexLayout) -> None:
    """Nothing is embedded again; with an engine of files the copy has all vectors again."""
    entries = [made_up(number) for number in range(COUNT)]
    entries[7] = replace(entries[7], definition=LATER)
    with Glossary.open(in_postgres.root) as before:
        places = before._view.retriever.places.copy()
    report = build_index(entries, in_postgres.root, model="hashed", common_questions=False)
    assert report.embedded == 1
    assert read_manifest(in_postgres)[0].engine.name == PGVECTOR
    with Glossary.open(in_postgres.root) as after:
        moved = (after._view.retriever.places != places).any(axis=1).sum()
        assert shown(after, "copper vessel for boiling jam")[0][0] == entries[7].id
    assert moved <= 1
    build_index(entries, in_postgres.root, model="hashed", engine=FLAT, common_questions=False)
    manifest, files = read_manifest(in_postgres)
    assert (manifest.engine.name, manifest.candidates) == (FLAT, "")
    assert all(file.exists() for file in moved_files(files))
    with Editor(in_postgres.root) as editor:
        editor.change(entries[7].id, aliases=("jam pot",))
    assert publish_edits(in_postgres, Silent()), "from the vectors of the copy"
    verify(in_postgres.root, deep=True)


def test_without_postgresql_names_are_still_there(
    in_postgres: IndexLayout,
    postgres_server: TestServer,
    url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A question says that it cannot be answered now; names and entries are of the folder."""
    monkeypatch.setattr(candidate_reader, "CONNECT_S", 0.5)
    monkeypatch.setattr(candidate_reader, "AWAY_S", 0.5)
    name = re.findall(r"test_\w+", url)[0]
    with Glossary.open(in_postgres.root) as glossary:
        answered = shown(glossary, QUESTIONS[0])
        postgres_server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgres_server.run(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608
        )
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match=r"does not answer.*ask again"):
                glossary.ask(QUESTIONS[1])
        assert glossary.entry("tools:oven-1").term == "oven 1"
        assert glossary.suggest("barr")
        postgres_server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        time.sleep(0.6)
        assert shown(glossary, QUESTIONS[0]) == answered


def test_a_generation_of_another_version_is_replaced(
    in_postgres: IndexLayout, other: IndexLayout, url: str
) -> None:
    """As after an upgrade: the newest one is fetched, with the edits since."""
    with Editor(in_postgres.root) as editor:
        editor.add("tools", Draft("Preserving pan", LATER))
    pointer = json.loads(other.current.read_bytes())
    other.current.write_text(json.dumps({**pointer, "format": 8}), encoding="utf-8")
    catch_up(other, database_of(url), Silent())
    with Glossary.open(other.root) as glossary:
        assert shown(glossary, "copper vessel for boiling jam")[0][0] == "tools:preserving-pan"


def test_it_comes_back_into_a_folder(
    in_files: Path, in_postgres: IndexLayout, url: str, tmp_path: Path
) -> None:
    """An index of its own has files, and answers alike."""
    back = IndexLayout(tmp_path / "back")
    copy_into_folder(back, database_of(url), Silent())
    manifest, files = read_manifest(back)
    assert (manifest.engine.name, manifest.candidates) == (FLAT, "")
    assert all(file.exists() for file in moved_files(files))
    verify(back.root, deep=True)
    with Glossary.open(in_files) as one, Glossary.open(back.root) as two:
        for question in QUESTIONS:
            assert shown(one, question) == shown(two, question)


def test_what_a_copy_lacks_is_told(
    in_files: Path, in_postgres: IndexLayout, other: IndexLayout, tmp_path: Path
) -> None:
    """It has no vectors to back up; verifying compares those of PostgreSQL."""
    with pytest.raises(IndexShared, match="vectors are in PostgreSQL"):
        back_up(other.root, tmp_path / "backup.tar")
    assert verify(other.root, deep=True).embedded > 0
    other.shared.unlink()
    with pytest.raises(IndexDamaged, match="SHARED"):
        Glossary.open(other.root)
    for engine in (PGVECTOR, AUTO, GRAPH):
        if engine == PGVECTOR:
            with pytest.raises(InvalidSetting, match="shared store"):
                build_index([made_up(1)], tmp_path / "own", model="hashed", engine=engine)
            with pytest.raises(InvalidSetting, match="shared store"):
                publish_edits(IndexLayout(in_files), Silent(), engine)


def test_an_old_pgvector_is_refused(
    url: str, in_postgres: IndexLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the version that it has, and the way out."""
    monkeypatch.setattr(candidates, "FLOOR", (99, 0, 0))
    with pytest.raises(InvalidSetting, match=r"has pgvector 0\.\d+\.\d+; .* needs 99\.0\.0"):
        publish_edits(in_postgres, Silent(), PGVECTOR)
    with (
        Glossary.open(in_postgres.root) as glossary,
        pytest.raises(StoreUnavailable, match=r"needs 99\.0\.0"),
    ):
        glossary.ask(QUESTIONS[0])


def test_without_the_extension_nothing_is_published(
    in_files: Path, url: str, tmp_path: Path
) -> None:
    """The message says how to make it; the index answers as before."""
    copy_into_store(IndexLayout(in_files), database_of(url), Silent())
    layout = IndexLayout(tmp_path / "one")
    join_store(layout, url, Silent())
    with pytest.raises(InvalidSetting, match="store migrate --pgvector"):
        publish_edits(layout, Silent(), PGVECTOR)
    assert read_manifest(layout)[0].engine.name == FLAT


@pytest.fixture
def server_role(postgres_server: TestServer) -> Iterator[Callable[[str], str]]:
    """Give what names a store by the address of a role with the least rights."""
    made: list[str] = []

    def named(url: str) -> str:
        role = f"server_{len(made)}_{url.rpartition('test_')[2][:8]}"
        postgres_server.run(f"CREATE ROLE {role} LOGIN")
        made.append(role)
        return url.replace("//postgres@", f"//{role}@")

    yield named


def test_the_role_of_servers_publishes_and_searches(
    in_files: Path, url: str, tmp_path: Path, server_role: Callable[[str], str]
) -> None:
    """It owns no tables, and makes those of candidates by functions."""
    from semsearch.storage.postgres.migrating import migrate  # noqa: PLC0415 - an extra

    install_pgvector(database_of(url))
    copy_into_store(IndexLayout(in_files), database_of(url), Silent())
    lesser = server_role(url)
    migrate(database_of(url), lesser.partition("//")[2].partition("@")[0])
    layout = IndexLayout(tmp_path / "lesser")
    join_store(layout, lesser, Silent())
    assert publish_edits(layout, Silent(), PGVECTOR)
    with Glossary.open(layout.root) as glossary:
        assert shown(glossary, QUESTIONS[0])
    assert not publish_edits(layout, Silent(), PGVECTOR), "it has this engine already"
    later = server_role(url)  # which is made when there are candidates already
    migrate(database_of(url), later.partition("//")[2].partition("@")[0])
    other = IndexLayout(tmp_path / "later")
    join_store(other, later, Silent())
    with Glossary.open(other.root) as glossary:
        assert shown(glossary, QUESTIONS[0])
    for one in (lesser, later):
        database_of(one).close()
