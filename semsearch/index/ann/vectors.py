"""The vectors that engines search: one for each entry, and one for each phrase people ask with.

Both are computed from stored rows on demand. The vector of an entry is the weighted sum of the
vectors of its definition and of its first sentence. Its product with a question's vector is exactly
what the two add to the fused score.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.index.files.memory_map import Rows, RowSource, mapped
from semsearch.ranking.fusion import Scores
from semsearch.ranking.similarity_baseline import evenly_spaced
from semsearch.ranking.weights import DEFAULT
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.int8 import from_int8, products_int8

CHUNK = 8192
"""Vectors computed at a time: 12 MB."""


class StoredVectors(ABC):
    """Vectors by number, from 0."""

    def __init__(self, dim: int) -> None:
        self.dim = dim
        """Length of every vector."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def at(self, numbers: Numbers) -> Vectors:
        """Return some vectors, (n, d)."""

    @abstractmethod
    def sample(self, count: int) -> Vectors:
        """Return at most `count` unit vectors of texts, evenly spread over all."""

    def batches(self) -> Iterator[Vectors]:
        """Yield all vectors in batches."""
        for start in range(0, len(self), CHUNK):
            yield self.at(np.arange(start, min(start + CHUNK, len(self))))

    def nearest(self, vectors: Vectors, k: int, allowed: range | Numbers) -> Numbers:
        """Return the k nearest numbers of each row by comparing all allowed ones.

        Returns:
            (m, min(k, len(within))), nearest first.
        """
        numbers = np.empty((len(vectors), 0), dtype=np.int64)
        products = np.empty((len(vectors), 0), dtype=np.float32)
        for start in range(0, len(allowed), CHUNK):
            chosen = np.asarray(allowed[start : start + CHUNK], dtype=np.int64)
            batch = self.at(chosen)
            some = np.broadcast_to(chosen, (len(vectors), len(batch)))
            numbers = np.concatenate([numbers, some], axis=1)
            products = np.concatenate([products, vectors @ batch.T], axis=1)
            best = np.argsort(-products, axis=1, kind="stable")[:, :k]
            numbers = np.take_along_axis(numbers, best, axis=1)
            products = np.take_along_axis(products, best, axis=1)
        return numbers


class EntryVectors(StoredVectors):
    """The vectors of entries, by position."""

    def __init__(
        self, files: GenerationLayout, dim: int, passages: RowSource | None = None
    ) -> None:
        """Open the files; `passages`: their vectors, if they are elsewhere."""
        super().__init__(dim)
        self._rows = Rows(files.vectors, "<f4", dim) if passages is None else passages
        self._first_rows: Numbers = mapped(files.first_rows, "<i8")

    def __len__(self) -> int:
        return len(self._first_rows) - 1

    def at(self, numbers: Numbers) -> Vectors:
        """Return the vectors at some positions, (n, d)."""
        first_rows = self._first_rows[numbers]
        leads = first_rows + (self._first_rows[numbers + 1] - first_rows > 1)
        found: Vectors = np.float32(DEFAULT.definition) * self._rows.take(first_rows)
        found += np.float32(DEFAULT.lead) * self._rows.take(leads)
        return found

    def sample(self, count: int) -> Vectors:
        """Return vectors of passages."""
        return self._rows.take(evenly_spaced(len(self._rows), count))


class PhraseVectors(StoredVectors):
    """The vectors of phrases, by their number in a segment."""

    def __init__(self, files: GenerationLayout, dim: int, rows: RowSource | None = None) -> None:
        """Open the files; `rows`: the vectors, if they are elsewhere."""
        super().__init__(dim)
        self._rows = Rows(files.phrases, "i1", dim) if rows is None else rows

    def __len__(self) -> int:
        return len(self._rows)

    def at(self, numbers: Numbers) -> Vectors:
        """Return the vectors of some phrases, (n, d)."""
        return from_int8(self._rows.take(numbers))

    def products(self, numbers: Numbers, question: Vectors) -> Scores:
        """Return the products of some phrases with the vector of a question, (n,)."""
        return products_int8(self._rows.take(numbers), question)

    def sample(self, count: int) -> Vectors:
        """Return vectors of phrases."""
        return self.at(evenly_spaced(len(self), count))
