"""What the engines of a segment hold: one vector for each entry, and one for each phrase people ask with.

Both are computed from stored rows when they are needed. That of an entry is the sum of those of its whole definition
and of its first sentence, weighed as the recipe weighs them, so that its product with a question is just what meaning
adds to the score.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.index.files.memory_map import Rows, mapped
from semsearch.ranking.baseline import evenly_spaced
from semsearch.ranking.weights import DEFAULT
from semsearch.storage.int8 import from_int8
from semsearch.storage.layout import GenerationLayout

CHUNK = 8192
"""Vectors computed at a time: 12 MB."""


class StoredVectors(ABC):
    """Vectors by number from 0."""

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
        """Return at most so many unit vectors of texts, spread evenly over all."""

    def batches(self) -> Iterator[Vectors]:
        """Yield all vectors, some at a time."""
        for start in range(0, len(self), CHUNK):
            yield self.at(np.arange(start, min(start + CHUNK, len(self))))

    def nearest(self, vectors: Vectors, k: int, within: range | Numbers) -> Numbers:
        """Return the k nearest numbers of each row, (m, min(k, len(within))), best first, by comparing all."""
        numbers = np.empty((len(vectors), 0), dtype=np.int64)
        products = np.empty((len(vectors), 0), dtype=np.float32)
        for start in range(0, len(within), CHUNK):
            chosen = np.asarray(within[start : start + CHUNK], dtype=np.int64)
            batch = self.at(chosen)
            some = np.broadcast_to(chosen, (len(vectors), len(batch)))
            numbers = np.concatenate([numbers, some], axis=1)
            products = np.concatenate([products, vectors @ batch.T], axis=1)
            best = np.argsort(-products, axis=1, kind="stable")[:, :k]
            numbers = np.take_along_axis(numbers, best, axis=1)
            products = np.take_along_axis(products, best, axis=1)
        return numbers


class EntryVectors(StoredVectors):
    """Those of entries by position."""

    def __init__(self, files: GenerationLayout, dim: int) -> None:
        super().__init__(dim)
        self._rows = Rows(files.vectors, "<f4", dim)
        self._first_rows: Numbers = mapped(files.first_rows, "<i8")

    def __len__(self) -> int:
        return len(self._first_rows) - 1

    def at(self, numbers: Numbers) -> Vectors:
        """Return the vectors at some positions, (n, d)."""
        wholes = self._first_rows[numbers]
        leads = wholes + (self._first_rows[numbers + 1] - wholes > 1)
        found: Vectors = np.float32(DEFAULT.definition) * self._rows.take(wholes)
        found += np.float32(DEFAULT.lead) * self._rows.take(leads)
        return found

    def sample(self, count: int) -> Vectors:
        """Return those of passages."""
        return self._rows.take(evenly_spaced(len(self._rows.all), count))


class PhraseVectors(StoredVectors):
    """Those of phrases by their number in a segment."""

    def __init__(self, files: GenerationLayout, dim: int) -> None:
        super().__init__(dim)
        self._rows = Rows(files.phrases, "i1", dim)

    def __len__(self) -> int:
        return len(self._rows.all)

    def at(self, numbers: Numbers) -> Vectors:
        """Return the vectors of some phrases, (n, d)."""
        return from_int8(self._rows.take(numbers))

    def sample(self, count: int) -> Vectors:
        """Return those of phrases."""
        return self.at(evenly_spaced(len(self), count))
