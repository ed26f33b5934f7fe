"""A segment, open for reading: a generation or the live segment, one set of derived files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers
from semsearch.core.index_info import EngineInfo
from semsearch.index.ann.base import Searcher
from semsearch.index.ann.engine import VectorSearcher
from semsearch.index.files.asked_as import AskedAsPhrases
from semsearch.index.files.entry_table import HELD_ENTRIES, EntryTable
from semsearch.index.files.memory_map import Rows, RowSource, mapped
from semsearch.index.files.name_stems import NameStems
from semsearch.index.files.postings import PostingsIndex
from semsearch.index.files.text_vectors import TextVectors
from semsearch.index.files.tokens import TokensIndex
from semsearch.storage.files.generation_layout import GenerationLayout

if TYPE_CHECKING:
    from semsearch.index.pgvector.shared import SharedCandidates


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The open files of some entries, by positions that count from 0. Thread-safe."""

    entry_table: EntryTable
    postings: PostingsIndex
    tokens: TokensIndex
    name_stems: NameStems
    name_vectors: TextVectors
    rows: RowSource
    """The vectors of all passages, entry by entry."""
    first_rows: Numbers
    """(entries + 1,) the first row of each entry, and the end of the last."""
    searcher: Searcher
    phrases: AskedAsPhrases
    map: NDArray[np.float32]
    """(entries, 2) places on the map; (0, 2) for a live segment."""
    shared: SharedCandidates | None = None
    """What PostgreSQL has of it instead of files."""

    @classmethod
    def open(
        cls,
        files: GenerationLayout,
        dim: int,
        engine: EngineInfo,
        phrase_engine: EngineInfo,
        shared: SharedCandidates | None = None,
    ) -> Segment:
        """Open the files of a segment.

        Args:
            files: of the segment.
            dim: length of every vector.
            engine: which finds entries, of its manifest.
            phrase_engine: which finds phrases, of its manifest.
            shared: what PostgreSQL has of it instead of files; closed with the segment.
        """
        first_rows = mapped(files.first_rows, "<i8")
        is_held = len(first_rows) - 1 <= HELD_ENTRIES
        return cls(
            EntryTable(files.entries, is_held=is_held),
            PostingsIndex(files, is_held=is_held),
            TokensIndex(
                files,
                is_held=is_held,
                rows=shared.tokens if shared else None,
                weights=shared.token_weights if shared else None,
            ),
            NameStems(files),
            TextVectors(
                shared.names if shared else Rows(files.name_vectors, np.int8, dim),
                files.first_names,
            ),
            shared.passages if shared else Rows(files.vectors, "<f4", dim),
            first_rows,
            shared.entry_searcher if shared else VectorSearcher.open(files, dim, engine),
            AskedAsPhrases(
                files,
                dim,
                phrase_engine,
                shared.phrases if shared else None,
                shared.phrase_searcher if shared else None,
            ),
            _map(files),
            shared,
        )

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.first_rows) - 1

    def close(self) -> None:
        """Close the files; no query may be running."""
        self.entry_table.close()
        self.postings.close()
        self.tokens.close()
        if self.shared is not None:
            self.shared.close()


def _map(files: GenerationLayout) -> NDArray[np.float32]:
    return mapped(files.map, "<f4").reshape(-1, 2) if files.map.exists() else np.empty((0, 2), "f4")
