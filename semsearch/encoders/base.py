"""The seam to encoders: what turns texts into unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from semsearch.types import Vectors


class Encoder(Protocol):
    """Embeds definitions and questions into one space.

    Two encoders with equal `fingerprint` give vectors that may be compared; all others must
    never meet in one index. Both calls block and may be made from several threads.
    """

    @property
    def dim(self) -> int:
        """Length of every vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder: weights, tokenizer, pooling and prompts, as hex digits."""
        ...

    def encode_entries(self, texts: Sequence[str]) -> Vectors:
        """Embed pieces of definitions: (n, dim) float32, rows of length 1."""
        ...

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """Embed questions: (n, dim) float32, rows of length 1."""
        ...

    def is_word(self, text: str) -> bool:
        """Whether its vocabulary has a folded word, which is then no typing error."""
        ...
