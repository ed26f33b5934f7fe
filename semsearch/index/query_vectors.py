"""A question as retrieval takes it: its text, its vector and its tokens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from semsearch.core.arrays import Encoded, Tokens, Vectors
from semsearch.models.encoders.wordpieces import NO_TOKENS


@dataclass(frozen=True, slots=True)
class QueryVectors:
    """A question: its text, its unit vector (d,) and its tokens.

    The vector of one that could not be embedded is 0, so that only words and names find anything.
    """

    text: str
    vector: Vectors
    tokens: Tokens
    is_embedded: bool = True

    @classmethod
    def all_of(cls, texts: list[str], encoded: Encoded) -> list[QueryVectors]:
        """Combine texts with their encodings."""
        return [cls(*one) for one in zip(texts, encoded.vectors, encoded.tokens, strict=True)]

    @classmethod
    def without_vector(cls, text: str, dim: int) -> QueryVectors:
        """Return a question that could not be embedded."""
        return cls(text, np.zeros(dim, dtype=np.float32), NO_TOKENS, is_embedded=False)
