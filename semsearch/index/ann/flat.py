"""Exact search by FAISS (`IndexFlatIP`): the engine of small indexes.

The FAISS index is made in memory from the stored vectors whenever an index is opened. FAISS files
have no checksum, and a flipped bit in one would give wrong answers, so none is written. Making a
flat index costs no more than copying the vectors.

FAISS pitfalls handled here: a flat index shifts positions on removal (`IndexIDMap2` keeps the
numbers), and an id map stores both vectors if a number is added twice (`add` checks).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.errors import EngineError
from semsearch.index.ann.base import check_dim, check_rows, selector


class FaissIndex:
    """`IndexIDMap2(IndexFlatIP)`: inner product of unit vectors, exact."""

    def __init__(self, dim: int) -> None:
        import faiss

        self._faiss: Any = faiss
        self._dim = dim
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dim))

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._dim

    def __len__(self) -> int:
        """How many vectors are held."""
        return int(self._index.ntotal)

    def add(self, numbers: Numbers, vectors: Vectors) -> None:
        """Add unit vectors under numbers not yet present; see `VectorIndex.add`."""
        check_rows(numbers, vectors, self._dim)
        present = np.intersect1d(numbers, self._faiss.vector_to_array(self._index.id_map))
        if len(present):
            raise EngineError(f"number {present[0]} is present already")
        self._index.add_with_ids(
            np.ascontiguousarray(vectors, dtype=np.float32), numbers.astype(np.int64)
        )

    def remove(self, numbers: Numbers) -> int:
        """Remove vectors by number and return how many were present."""
        return int(self._index.remove_ids(numbers.astype(np.int64)))

    def search(
        self, vectors: Vectors, k: int, allowed: range | Numbers | None = None
    ) -> tuple[Numbers, Vectors]:
        """Find the k nearest of each row; see `VectorIndex.search`."""
        check_dim(vectors, self._dim)
        candidates = len(self)
        params = None
        if allowed is not None:
            chosen = selector(self._faiss, allowed)
            params = self._faiss.SearchParameters(sel=chosen)
            candidates = min(candidates, len(allowed))
        k = min(k, candidates)
        if k == 0:
            empty = np.empty((len(vectors), 0))
            return empty.astype(np.int64), empty.astype(np.float32)
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        # One question is too little work to share: two threads wait longer than they search.
        # OpenMP keeps this number for each calling thread, so it is set where the search runs.
        self._faiss.omp_set_num_threads(1)
        cosines, numbers = self._index.search(rows, k, params=params)
        if allowed is not None:  # numbers of no stored vector come back as -1 at the end
            k = int((numbers >= 0).sum(axis=1).min(initial=k))
        return _ties_by_number(numbers[:, :k], cosines[:, :k])


def _ties_by_number(numbers: Numbers, cosines: Vectors) -> tuple[Numbers, Vectors]:
    """Order equal cosines by number; FAISS leaves their order undefined."""
    if not (cosines[:, 1:] == cosines[:, :-1]).any():
        return numbers, cosines
    order = np.lexsort((numbers, -cosines))  # row by row
    rows = np.arange(len(order))[:, np.newaxis]
    return numbers[rows, order], cosines[rows, order]
