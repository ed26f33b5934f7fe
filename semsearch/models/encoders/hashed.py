"""A deterministic encoder without a model, for tests and trials.

Each word and each group of three letters in it adds to a dimension chosen by a hash, so texts with
common words are similar. It does not know meanings.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from semsearch.core.arrays import Encoded, Tokens, Vectors
from semsearch.models.encoders.wordpieces import MAX_TOKENS
from semsearch.text.english_stop_words import content_words
from semsearch.text.normalise import fold

NAME = "hashed"


class HashedEncoder:
    """Hashed words and letter trigrams in `dim` dimensions."""

    def __init__(self, dim: int = 64) -> None:
        self._dim = dim

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder."""
        return hashlib.sha256(f"{NAME}-2-{self._dim}".encode()).hexdigest()

    def encode_entries(self, texts: Sequence[str]) -> Encoded:
        """Embed pieces of definitions; see `Encoder.encode_entries`."""
        vectors = np.stack([self._encode(text) for text in texts]) if texts else self._none()
        return Encoded(vectors, tuple(self._tokens(text) for text in texts))

    def encode_questions(self, questions: Sequence[str]) -> Encoded:
        """Embed questions exactly like entries."""
        return self.encode_entries(questions)

    def is_word(self, text: str) -> bool:
        """Return False: it has no vocabulary."""
        return False

    def _none(self) -> Vectors:
        return np.empty((0, self._dim), dtype=np.float32)

    def _tokens(self, text: str) -> Tokens:
        """Return the content words of a text, each embedded without context."""
        words = [fold(word) for word in content_words(text)[:MAX_TOKENS]]
        ids = [int.from_bytes(_digest(word)[:4], "little") >> 1 for word in words]
        vectors = np.stack([self._encode(word) for word in words]) if words else self._none()
        return Tokens(np.array(ids, dtype=np.int32), vectors)

    def _encode(self, text: str) -> Vectors:
        vector = np.zeros(self._dim, dtype=np.float32)
        for word in re.findall(r"\w+", text.casefold()) or [""]:
            padded = f"<{word}>"
            for piece in (padded, *(padded[i : i + 3] for i in range(len(padded) - 2))):
                digest = _digest(piece)
                place = int.from_bytes(digest[:4], "little") % self._dim
                vector[place] += 1.0 if digest[4] & 1 else -1.0
        length = float(np.linalg.norm(vector))
        if length == 0.0:
            vector[0] = length = 1.0
        return vector / np.float32(length)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest()
