"""Exact search in plain NumPy: the reference that tests compare the other engines with."""

from __future__ import annotations

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.errors import EngineError
from semsearch.index.ann.base import check_dim, check_rows


class ExactIndex:
    """Brute force over all rows; sorts by cosine, then by number."""

    def __init__(self, dim: int) -> None:
        self._dim = dim
        self._numbers: Numbers = np.empty(0, dtype=np.int64)
        self._vectors: Vectors = np.empty((0, dim), dtype=np.float32)

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._dim

    def __len__(self) -> int:
        """How many vectors are held."""
        return len(self._numbers)

    def add(self, numbers: Numbers, vectors: Vectors) -> None:
        """Add unit vectors under numbers not yet present; see `VectorIndex.add`."""
        check_rows(numbers, vectors, self._dim)
        present = np.intersect1d(numbers, self._numbers)
        if len(present):
            raise EngineError(f"number {present[0]} is present already")
        self._numbers = np.concatenate([self._numbers, numbers])
        self._vectors = np.concatenate([self._vectors, vectors])

    def remove(self, numbers: Numbers) -> int:
        """Remove vectors by number and return how many were present."""
        keep = ~np.isin(self._numbers, numbers)
        self._numbers, self._vectors = self._numbers[keep], self._vectors[keep]
        return int((~keep).sum())

    def search(
        self, vectors: Vectors, k: int, allowed: range | Numbers | None = None
    ) -> tuple[Numbers, Vectors]:
        """Find the k nearest of each row; see `VectorIndex.search`."""
        check_dim(vectors, self._dim)
        numbers, held = self._numbers, self._vectors
        if allowed is not None:
            keep = np.isin(numbers, np.asarray(allowed, dtype=np.int64))
            numbers, held = numbers[keep], held[keep]
        cosines = vectors @ held.T
        k = min(k, len(numbers))
        order = np.stack([np.lexsort((numbers, -row))[:k] for row in cosines])
        return numbers[order], np.take_along_axis(cosines, order, axis=1).astype(np.float32)
