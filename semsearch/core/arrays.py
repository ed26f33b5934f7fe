"""Arrays: vectors, row numbers and tokens, with their shapes and types."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""(n, d) float32, every row of length 1."""


Numbers = NDArray[np.int64]
"""(n,) int64: internal numbers of rows, never shown and never reused."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text that carry meaning, in order, each in its context.

    `ids` are (t,) int32 numbers of the encoder's vocabulary; `vectors` are (t, w) float32 rows of
    length 1. An encoder that has no vectors for tokens gives none, t = 0.
    """

    ids: NDArray[np.int32]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Encoded:
    """What an encoder makes of texts: a vector for each, (n, d), and the tokens of each."""

    vectors: Vectors
    tokens: tuple[Tokens, ...]
