"""A deterministic encoder without a model: for tests and for trying things out.

Each word and each group of three letters inside it adds to a few dimensions chosen by a
hash, so texts that share words are near. It knows nothing of meaning.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from semsearch.types import Vectors

NAME = "hashed"


class HashedEncoder:
    """Bag of hashed words and letter triples, `dim` dimensions."""

    def __init__(self, dim: int = 64) -> None:
        self._dim = dim

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder."""
        return hashlib.sha256(f"{NAME}-1-{self._dim}".encode()).hexdigest()

    def encode_entries(self, texts: Sequence[str]) -> Vectors:
        """Embed pieces of definitions; see `Encoder.encode_entries`."""
        return np.stack([self._encode(text) for text in texts]) if texts else self._none()

    def encode_questions(self, questions: Sequence[str]) -> Vectors:
        """Embed questions, exactly as entries are."""
        return self.encode_entries(questions)

    def is_word(self, text: str) -> bool:
        """Know no word; see `Encoder.is_word`."""
        return False

    def _none(self) -> Vectors:
        return np.empty((0, self._dim), dtype=np.float32)

    def _encode(self, text: str) -> Vectors:
        vector = np.zeros(self._dim, dtype=np.float32)
        for word in re.findall(r"\w+", text.casefold()) or [""]:
            padded = f"<{word}>"
            for piece in (padded, *(padded[i : i + 3] for i in range(len(padded) - 2))):
                digest = hashlib.blake2b(piece.encode("utf-8"), digest_size=8).digest()
                place = int.from_bytes(digest[:4], "little") % self._dim
                vector[place] += 1.0 if digest[4] & 1 else -1.0
        length = float(np.linalg.norm(vector))
        if length == 0.0:
            vector[0] = length = 1.0
        return vector / np.float32(length)
