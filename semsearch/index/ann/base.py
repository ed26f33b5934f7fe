"""Interface of nearest-neighbour engines, and the checks of their input.

All engines are `Searchable`. Only exact ones are a `VectorIndex`, which vectors can be added to and
removed from.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.errors import DimensionMismatch, EngineError


class Searchable(Protocol):
    """Nearest neighbours of unit vectors by inner product.

    The inner product is the cosine if the stored vectors are unit vectors too.
    """

    @property
    def dim(self) -> int:
        """Length of every vector."""
        ...

    def __len__(self) -> int:
        """How many vectors are held."""
        ...

    def search(
        self, vectors: Vectors, k: int, allowed: range | Numbers | None = None
    ) -> tuple[Numbers, Vectors]:
        """Find the k nearest of each row.

        Args:
            vectors: (m, dim) float32 unit rows.
            k: neighbours wanted, at least 1.
            allowed: numbers that may be returned: a range of step 1, or an ascending array; None
                for all.

        Returns:
            numbers and products, both (m, min(k, candidates)), best first; equal products by lower
            number.
        """
        ...


class Searcher(Protocol):
    """Finds entries, or asked-as phrases, of a segment by their vectors."""

    @property
    def is_exact(self) -> bool:
        """Whether every vector is compared with every question."""

    def nearest(
        self,
        vectors: Vectors,
        k: int,
        allowed: range,
        only: Numbers | None = None,
        languages: tuple[str, ...] = (),
    ) -> Numbers:
        """Return the numbers nearest to any of the given vectors; see `VectorSearcher.nearest`."""

    def at(self, positions: Numbers) -> Vectors:
        """Return the vectors of some numbers, (n, d)."""

    def ranked(self, vectors: Vectors, k: int) -> Numbers:
        """Return the numbers nearest to each row; see `VectorSearcher.ranked`."""


class VectorIndex(Searchable, Protocol):
    """An exact engine that vectors can be added to and removed from.

    Several threads may search at once. The caller must not add or remove while another thread
    searches.
    """

    def add(self, numbers: Numbers, vectors: Vectors) -> None:
        """Add vectors under numbers not yet present.

        Args:
            numbers: (n,) int64.
            vectors: (n, dim) float32.

        Raises:
            EngineError: a number is present already; nothing is added.
            DimensionMismatch: the vectors have another length.
        """
        ...

    def remove(self, numbers: Numbers) -> int:
        """Remove vectors by number and return how many were present."""
        ...


def check_dim(vectors: Vectors, dim: int) -> None:
    """Raise unless the vectors are rows of length `dim`."""
    if vectors.ndim != 2 or vectors.shape[1] != dim:
        raise DimensionMismatch(f"vectors of shape {vectors.shape} do not fit dimension {dim}")


def selector(faiss: Any, allowed: range | Numbers) -> Any:  # noqa: ANN401 - untyped library
    """Return the FAISS selector that restricts a search to some numbers."""
    if isinstance(allowed, range):
        return faiss.IDSelectorRange(allowed.start, allowed.stop)
    chosen = np.zeros(int(allowed[-1]) + 1 if len(allowed) else 1, dtype=np.bool_)
    chosen[allowed] = True
    return faiss.IDSelectorBitmap(np.packbits(chosen, bitorder="little"))


def check_rows(numbers: Numbers, vectors: Vectors, dim: int) -> None:
    """Raise unless there is one (dim,) vector for each number, each number once."""
    check_dim(vectors, dim)
    if len(numbers) != len(vectors):
        raise EngineError(f"{len(numbers)} numbers were given for {len(vectors)} vectors")
    if len(np.unique(numbers)) != len(numbers):
        raise EngineError("a number was given twice")
