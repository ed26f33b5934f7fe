"""Interface of encoders, which turn texts into unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from semsearch.core.arrays import Encoded


class Encoder(Protocol):
    """Embeds definitions and questions in one vector space.

    Only vectors of encoders with equal `fingerprint` may be compared or stored in one index. Both
    methods take time and are thread-safe.
    """

    @property
    def dim(self) -> int:
        """Length of every vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder: weights, tokenizer, pooling and prompts, as hex digits."""
        ...

    def encode_entries(self, texts: Sequence[str]) -> Encoded:
        """Embed pieces of definitions."""
        ...

    def encode_questions(self, questions: Sequence[str]) -> Encoded:
        """Embed questions; the result of one does not depend on the others."""
        ...

    def is_word(self, text: str) -> bool:
        """Return whether the vocabulary has a folded word, which is then no typing error."""
        ...
