"""Unit vectors in one byte per dimension: a quarter of the space of float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Vectors

SCALE = 127
"""Largest int8. A cosine is off by about .002."""


def to_int8(vectors: Vectors) -> NDArray[np.int8]:
    """Quantise unit rows to int8, of the same shape."""
    return np.rint(vectors * SCALE).astype(np.int8)


def from_int8(rows: NDArray[np.int8]) -> Vectors:
    """Return the rows that `to_int8` was given, apart from the rounding error."""
    vectors: Vectors = rows.astype(np.float32) / np.float32(SCALE)
    return vectors


def products_int8(rows: NDArray[np.int8], vector: Vectors) -> NDArray[np.float32]:
    """Return the products of the rows of `from_int8` with a vector, (n,), without making them."""
    products: NDArray[np.float32] = rows.astype(np.float32) @ (vector / np.float32(SCALE))
    return products
