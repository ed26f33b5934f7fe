"""Approximate search by FAISS: a graph of neighbours (HNSW) over compressed vectors.

Malkov and Yashunin (2018, https://arxiv.org/abs/1603.09320). Made once when an index is built and then only read; what it
finds is scored again from the exact vectors. Each number of a vector is kept in one byte. The file is mapped
into memory: processes share its pages. It has no checksum, so the manifest vouches for it before it is parsed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.errors import IndexDamaged
from semsearch.index.ann.base import check_dim, selector

LINKS = 32
"""Links of each vector on the upper levels, and twice as many on the lowest."""

BREADTH = 80
"""Vectors kept in view while one is put in its place."""


class GraphIndex:
    """`IndexHNSWSQ` by inner product. Numbers count from 0 in the order of adding."""

    def __init__(self, index: Any, breadth: int) -> None:  # noqa: ANN401 - untyped library
        import faiss

        self._faiss: Any = faiss
        self._index = index
        self.breadth = breadth
        """Vectors kept in view while a question is searched (efSearch): more find more and take longer."""

    @classmethod
    def make(cls, dim: int, sample: Vectors, batches: Iterable[Vectors]) -> Self:
        """Make the graph, on all processors.

        Args:
            dim: length of every vector.
            sample: (s, dim) vectors that show the range of each number.
            batches: (n, dim) float32, the vectors in the order of their numbers.
        """
        import faiss

        library: Any = faiss  # its types do not know this constructor
        bytes_ = library.ScalarQuantizer.QT_8bit
        index = library.IndexHNSWSQ(dim, bytes_, LINKS, library.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = BREADTH
        library.omp_set_num_threads(os.cpu_count() or 1)  # a search on this thread has set it to 1
        index.train(np.ascontiguousarray(sample, dtype=np.float32))
        for batch in batches:
            index.add(np.ascontiguousarray(batch, dtype=np.float32))
        return cls(index, BREADTH)

    @classmethod
    def open(cls, file: Path, dim: int, breadth: int) -> Self:
        """Map a file that `save` wrote.

        Raises:
            IndexDamaged: it is no such file, or of vectors of another length.
        """
        import faiss

        try:
            index = faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise IndexDamaged(f"{file} cannot be read ({error}); build the index again") from error
        if index.d != dim:
            raise IndexDamaged(f"{file} has {index.d} dimensions, not {dim}; build the index again")
        return cls(index, breadth)

    def save(self, file: Path) -> None:
        """Write the file.

        Given a name, FAISS would say nothing when a full disk refuses the end of it.

        Raises:
            OSError: it could not all be written.
        """
        with file.open("wb") as written:
            self._faiss.write_index(self._index, self._faiss.PyCallbackIOWriter(written.write))

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        """How many vectors are held."""
        return int(self._index.ntotal)

    def search(
        self, vectors: Vectors, k: int, within: range | Numbers | None = None
    ) -> tuple[Numbers, Vectors]:
        """Find nearly the k nearest of each row; see `Searchable.search`.

        The products are those of the compressed vectors. Where fewer than k are found the rest is -1.
        """
        check_dim(vectors, self.dim)
        k = min(k, len(self) if within is None else len(within))
        if k == 0:
            empty = np.empty((len(vectors), 0))
            return empty.astype(np.int64), empty.astype(np.float32)
        chosen = None if within is None else selector(self._faiss, within)
        params = self._faiss.SearchParametersHNSW(sel=chosen, efSearch=max(self.breadth, k))
        self._faiss.omp_set_num_threads(1)  # see `FaissIndex.search`
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        products, numbers = self._index.search(rows, k, params=params)
        return numbers, products
