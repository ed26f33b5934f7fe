"""Puts the vectors, tokens and passages of a generation into PostgreSQL, and measures the engine.

They are written as files first, as those of any generation, since the map, the baselines and the
recall are measured with them. The files are removed afterwards; others never have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.errors import InvalidSetting
from semsearch.core.index_info import EngineInfo
from semsearch.core.progress import Progress
from semsearch.index.ann.engine import BREADTHS, FETCH, PGVECTOR, tune_breadth
from semsearch.index.ann.vectors import EntryVectors, PhraseVectors, StoredVectors
from semsearch.index.files.entry_table import EntryTable
from semsearch.index.files.memory_map import Rows, mapped
from semsearch.index.pgvector.rows import RowKind, RowKinds
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.postgres.candidate_reader import CandidateReader
from semsearch.storage.postgres.candidates import (
    EXACT_UP_TO,
    CandidateKind,
    CandidateWriter,
    as_text,
)
from semsearch.storage.postgres.connection import PostgresConnection
from semsearch.storage.postgres.database import SharedDatabase
from semsearch.storage.store_connection import StoreConnection

_BATCH = 4096
"""Entries whose rows are in memory at once."""
_DIGITS = 6
"""Of a number of a vector; half precision has three."""


@dataclass(frozen=True, slots=True)
class WrittenCandidates:
    """The set of candidates of a generation, and what its engines are."""

    name: str
    engine: EngineInfo
    phrase_engine: EngineInfo


def database_behind(connection: StoreConnection) -> SharedDatabase:
    """Return the database that a store is in.

    Raises:
        InvalidSetting: it is in an index folder.
    """
    if not isinstance(connection, PostgresConnection):
        raise InvalidSetting(
            "the engine pgvector is one of a shared store in PostgreSQL, and this index has a store of "
            "its own; choose auto, flat or hnsw, or move it there first (docs/shared-store.md)"
        )
    return connection.database


def put_candidates(
    database: SharedDatabase, files: GenerationLayout, dim: int, generation: int, progress: Progress
) -> WrittenCandidates:
    """Put the rows of a generation into PostgreSQL, build the graphs, and tune their breadth.

    Args:
        database: where to.
        files: the generation, whose rows are files.
        dim: length of every vector.
        generation: its number.
        progress: reports the entries.

    Raises:
        InvalidSetting: pgvector is missing or too old, or the role lacks a right.
        StoreUnavailable: PostgreSQL does not answer.
    """
    entries, phrases = EntryVectors(files, dim), PhraseVectors(files, dim)
    writer = CandidateWriter(database, generation, dim, max(len(entries), len(phrases)))
    with closing(EntryTable(files.entries)) as table:
        languages = _languages(table, len(entries))
    progress.start("candidates", len(entries))
    writer.put(
        CandidateKind.ENTRY, _entry_rows(entries, languages, RowKinds(files, dim), files, progress)
    )
    owners = np.arange(len(entries)).repeat(np.diff(mapped(files.first_phrases, "<i8")))
    writer.put(CandidateKind.PHRASE, _phrase_rows(phrases, languages, owners))
    made = [
        (kind, stored)
        for kind, stored in ((CandidateKind.ENTRY, entries), (CandidateKind.PHRASE, phrases))
        if len(stored) > EXACT_UP_TO
    ]
    progress.start("graph", len(made))
    for kind, stored in made:
        writer.index(kind, len(stored))
        progress.advance(1)
    size = writer.analyze()
    infos = {kind: _tuned(database, writer.name, kind, stored, size) for kind, stored in made}
    exact = EngineInfo(PGVECTOR, f"{_WHY}; it compares every one of so few", 1.0, 0, 0)
    return WrittenCandidates(
        writer.name,
        infos.get(CandidateKind.ENTRY, exact),
        infos.get(CandidateKind.PHRASE, exact),
    )


_WHY = "as it was asked for, in PostgreSQL"


def _languages(table: EntryTable, count: int) -> list[list[str]]:
    """Return the tags of the definition and of the names of each entry."""
    found: list[list[str]] = [[] for _ in range(count)]
    for places in (table.languages, table.name_languages):
        for tag, positions in places.items():
            for position in positions.tolist():
                if tag not in found[position]:
                    found[position].append(tag)
    return found


def _entry_rows(
    vectors: EntryVectors,
    languages: Sequence[Sequence[str]],
    kinds: RowKinds,
    files: GenerationLayout,
    progress: Progress,
) -> Iterator[tuple[int, Sequence[str], str, bytes]]:
    stored = [
        (kinds.passages, Rows(files.vectors, "<f4", kinds.passages.width).all),
        (kinds.phrases, Rows(files.phrases, "i1", kinds.phrases.width).all),
        (kinds.names, Rows(files.name_vectors, "i1", kinds.names.width).all),
        (kinds.tokens, Rows(files.tokens, "i1", kinds.tokens.width or 1).all),
        (kinds.token_weights, mapped(files.token_weights, "<f4")),
    ]
    for start in range(0, len(vectors), _BATCH):
        positions = np.arange(start, min(start + _BATCH, len(vectors)))
        for position, vector in zip(positions.tolist(), _shown(vectors.at(positions)), strict=True):
            data = b"".join(_own(rows, kind, position) for kind, rows in stored)
            yield position, languages[position], vector, data
        progress.advance(len(positions))


def _own(rows: NDArray[Any], kind: RowKind, position: int) -> bytes:
    first, end = kind.starts[position], kind.starts[position + 1]
    return rows[first:end].tobytes() if first < end else b""


def _phrase_rows(
    vectors: PhraseVectors, languages: Sequence[Sequence[str]], owners: Numbers
) -> Iterator[tuple[int, Sequence[str], str]]:
    for start in range(0, len(vectors), _BATCH):
        numbers = np.arange(start, min(start + _BATCH, len(vectors)))
        for number, vector in zip(numbers.tolist(), _shown(vectors.at(numbers)), strict=True):
            yield number, languages[int(owners[number])], vector


def _shown(vectors: Vectors) -> Iterator[str]:
    return (as_text(row) for row in vectors.astype(np.float64).round(_DIGITS).tolist())


class _Tunable:
    """The graph of a table, with a breadth that can be set."""

    def __init__(self, database: SharedDatabase, name: str, kind: CandidateKind) -> None:
        self.breadth = BREADTHS[0]
        self._database, self._name, self._kind = database, name, kind

    def search(self, vectors: Vectors, k: int) -> tuple[Numbers, Vectors]:
        """Find approximately the k nearest of each row; see `Searchable.search`."""
        with closing(CandidateReader(self._database, self._name, self.breadth)) as reader:
            found = reader.nearest(self._kind, vectors.tolist(), k, None)
        numbers = np.full((len(vectors), k), -1, dtype=np.int64)
        for row, one in zip(numbers, found, strict=True):
            row[: len(one)] = one
        return numbers, np.empty((len(vectors), 0), dtype=np.float32)


def _tuned(
    database: SharedDatabase, name: str, kind: CandidateKind, stored: StoredVectors, size: int
) -> EngineInfo:
    graph = _Tunable(database, name, kind)
    recall = tune_breadth(graph, stored, FETCH)
    return EngineInfo(PGVECTOR, _WHY, round(recall, 4), graph.breadth, size)
