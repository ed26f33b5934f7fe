"""A segment, open for reading: a generation or the live segment, one set of derived files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers
from semsearch.core.index_info import EngineInfo
from semsearch.index.ann.engine import VectorSearcher
from semsearch.index.files.asked_as import AskedAsPhrases
from semsearch.index.files.entry_table import HELD_ENTRIES, EntryTable
from semsearch.index.files.memory_map import Rows, mapped
from semsearch.index.files.name_stems import NameStems
from semsearch.index.files.postings import PostingsIndex
from semsearch.index.files.text_vectors import TextVectors
from semsearch.index.files.tokens import TokensIndex
from semsearch.storage.generation_layout import GenerationLayout


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The open files of some entries, by positions that count from 0. Thread-safe."""

    entry_table: EntryTable
    postings: PostingsIndex
    tokens: TokensIndex
    name_stems: NameStems
    name_vectors: TextVectors
    rows: Rows
    """The vectors of all passages, entry by entry."""
    first_rows: Numbers
    """(entries + 1,) the first row of each entry, and the end of the last."""
    searcher: VectorSearcher
    phrases: AskedAsPhrases
    map: NDArray[np.float32]
    """(entries, 2) places on the map; (0, 2) for a live segment."""

    @classmethod
    def open(
        cls, files: GenerationLayout, dim: int, engine: EngineInfo, phrase_engine: EngineInfo
    ) -> Segment:
        """Open the files of a segment; the engines come from its manifest."""
        first_rows = mapped(files.first_rows, "<i8")
        is_held = len(first_rows) - 1 <= HELD_ENTRIES
        return cls(
            EntryTable(files.entries, is_held=is_held),
            PostingsIndex(files, is_held=is_held),
            TokensIndex(files, is_held=is_held),
            NameStems(files),
            TextVectors(files.name_vectors, files.first_names, dim),
            Rows(files.vectors, "<f4", dim),
            first_rows,
            VectorSearcher.open(files, dim, engine),
            AskedAsPhrases(files, dim, phrase_engine),
            _map(files),
        )

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.first_rows) - 1

    def close(self) -> None:
        """Close the files; no query may be running."""
        self.entry_table.close()
        self.postings.close()
        self.tokens.close()


def _map(files: GenerationLayout) -> NDArray[np.float32]:
    return mapped(files.map, "<f4").reshape(-1, 2) if files.map.exists() else np.empty((0, 2), "f4")
