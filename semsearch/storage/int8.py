"""Unit vectors in eight bits a number: how tokens are kept, a quarter of the space of float32."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Vectors

SCALE = 127
"""Largest int8. The error of a cosine is about .002."""


def to_int8(vectors: Vectors) -> NDArray[np.int8]:
    """Return rows of length 1 in eight bits, of the same shape."""
    return np.rint(vectors * SCALE).astype(np.int8)


def from_int8(rows: NDArray[np.int8]) -> Vectors:
    """Return what `to_int8` was given, but for the error of rounding."""
    vectors: Vectors = rows.astype(np.float32) / np.float32(SCALE)
    return vectors
