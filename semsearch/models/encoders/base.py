"""The seam to encoders: what turns texts into unit vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from semsearch.core.arrays import Encoded


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

    def encode_entries(self, texts: Sequence[str]) -> Encoded:
        """Embed pieces of definitions."""
        ...

    def encode_questions(self, questions: Sequence[str]) -> Encoded:
        """Embed questions; what comes of one does not depend on the others."""
        ...

    def is_word(self, text: str) -> bool:
        """Whether its vocabulary has a folded word, which is then no typing error."""
        ...
