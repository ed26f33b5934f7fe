"""Approximate search by FAISS: an HNSW graph over vectors of one byte per dimension.

Malkov and Yashunin (2018, https://arxiv.org/abs/1603.09320). A build makes the graph once; later it
is only read. What it finds is scored again with the exact vectors. The file is mapped into memory,
so processes share its pages. FAISS writes no checksum: the manifest has the hash of the file, and
it is checked before the file is parsed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.cores import cores
from semsearch.core.errors import IndexDamaged
from semsearch.index.ann.base import check_dim, selector

LINKS = 32
"""Links of each vector on the upper levels; the lowest level has twice as many (HNSW's M)."""

BREADTH = 80
"""Candidates considered while a vector is inserted (efConstruction)."""


class GraphIndex:
    """`IndexHNSWSQ` by inner product. Numbers count from 0 in the order of adding."""

    def __init__(self, index: Any, breadth: int) -> None:  # noqa: ANN401 - untyped library
        import faiss

        self._faiss: Any = faiss
        self._index = index
        self.breadth = breadth
        """Candidates considered while searching (efSearch): more raise recall and take longer."""

    @classmethod
    def make(cls, dim: int, sample: Vectors, batches: Iterable[Vectors]) -> Self:
        """Build the graph on all processors.

        Args:
            dim: length of every vector.
            sample: (s, dim) vectors from which the range of each dimension is learned.
            batches: (n, dim) float32, the vectors in the order of their numbers.
        """
        import faiss

        library: Any = faiss  # faiss's type stubs lack this constructor
        bytes_ = library.ScalarQuantizer.QT_8bit
        index = library.IndexHNSWSQ(dim, bytes_, LINKS, library.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = BREADTH
        library.omp_set_num_threads(cores())  # a search on this thread set it to 1
        index.train(np.ascontiguousarray(sample, dtype=np.float32))
        for batch in batches:
            index.add(np.ascontiguousarray(batch, dtype=np.float32))
        return cls(index, BREADTH)

    @classmethod
    def open(cls, file: Path, dim: int, breadth: int) -> Self:
        """Map a file that `save` wrote.

        Raises:
            IndexDamaged: the file is not an HNSW index, or its vectors have another length.
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

        The bytes go through Python: FAISS itself reports no error when the disk is full.

        Raises:
            OSError: the file could not be written completely.
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
        self, vectors: Vectors, k: int, allowed: range | Numbers | None = None
    ) -> tuple[Numbers, Vectors]:
        """Find approximately the k nearest of each row; see `Searchable.search`.

        The products are those of the compressed vectors. If fewer than k are found the rest is -1.
        """
        check_dim(vectors, self.dim)
        k = min(k, len(self) if allowed is None else len(allowed))
        if k == 0:
            empty = np.empty((len(vectors), 0))
            return empty.astype(np.int64), empty.astype(np.float32)
        chosen = None if allowed is None else selector(self._faiss, allowed)
        params = self._faiss.SearchParametersHNSW(sel=chosen, efSearch=max(self.breadth, k))
        self._faiss.omp_set_num_threads(1)  # see `FaissIndex.search`
        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        products, numbers = self._index.search(rows, k, params=params)
        return numbers, products
