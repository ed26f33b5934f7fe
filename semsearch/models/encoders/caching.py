"""Cache of question embeddings, since the same questions are asked again and again."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np
from cachetools import LRUCache

from semsearch.core.arrays import Encoded, Tokens, Vectors
from semsearch.models.encoders.base import Encoder

MAX_BYTES = 4_000_000
"""Size of the cache: some 150 questions of an encoder with tokens, two thousand without."""

_OVERHEAD = 500
"""Bytes of memory per question besides its vectors."""

_Row = tuple[Vectors, Tokens]


class CachingEncoder:
    """An encoder with a cache of recent questions. Thread-safe."""

    def __init__(self, encoder: Encoder, max_bytes: int = MAX_BYTES) -> None:
        self._encoder = encoder
        self._known: LRUCache[str, _Row] = LRUCache(max_bytes, _size)
        self._lock = Lock()

    @property
    def encoder(self) -> Encoder:
        """The encoder without the cache."""
        return self._encoder

    @property
    def dim(self) -> int:
        """Length of every vector."""
        return self._encoder.dim

    @property
    def fingerprint(self) -> str:
        """Identity of the encoder."""
        return self._encoder.fingerprint

    def encode_entries(self, texts: Sequence[str]) -> Encoded:
        """Embed pieces of definitions; see `Encoder.encode_entries`."""
        return self._encoder.encode_entries(texts)

    def encode_questions(self, questions: Sequence[str]) -> Encoded:
        """Embed questions; see `Encoder.encode_questions`."""
        with self._lock:
            rows = {text: row for text in questions if (row := self._known.get(text)) is not None}
        new = [text for text in dict.fromkeys(questions) if text not in rows]
        if new:
            encoded = self._encoder.encode_questions(new)
            found = dict(zip(new, zip(encoded.vectors, encoded.tokens, strict=True), strict=True))
            rows |= found
            self._keep(found)
        vectors = [rows[text][0] for text in questions]
        return Encoded(
            np.stack(vectors) if vectors else np.empty((0, self.dim), dtype=np.float32),
            tuple(rows[text][1] for text in questions),
        )

    def remembers(self, question: str) -> bool:
        """Return whether a question is in the cache."""
        return question in self._known

    def is_word(self, text: str) -> bool:
        """Look the word up in the tokenizer; see `Encoder.is_word`."""
        return self._encoder.is_word(text)

    def _keep(self, found: dict[str, _Row]) -> None:
        with self._lock:
            for text, (vector, tokens) in found.items():
                row = (vector.copy(), tokens)  # a view would keep the whole batch in memory
                if _size(row) <= self._known.maxsize:
                    self._known[text] = row


def _size(row: _Row) -> int:
    vector, tokens = row
    return int(vector.nbytes + tokens.ids.nbytes + tokens.vectors.nbytes) + _OVERHEAD
