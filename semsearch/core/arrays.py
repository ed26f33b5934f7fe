"""Array types of vectors, numbers and tokens, with their shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""(n, d) float32, every row of length 1."""


Numbers = NDArray[np.int64]
"""(n,) int64: internal positions or rows; never shown to users."""

VectorLookup = Callable[[Numbers], Vectors]
"""Returns the vectors of some positions or rows, (n, d)."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The content tokens of a text, in order, each with its contextual vector.

    `ids` are (t,) int32 numbers in the encoder's vocabulary; `vectors` are (t, w) float32 unit
    rows. An encoder without token vectors returns none, t = 0.
    """

    ids: NDArray[np.int32]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Encoded:
    """Encoded texts: a vector for each, (n, d), and the tokens of each."""

    vectors: Vectors
    tokens: tuple[Tokens, ...]
