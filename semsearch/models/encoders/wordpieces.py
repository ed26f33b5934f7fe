"""What an encoder's tokenizer knows of words.

Common words are one piece, misspelt ones several. Pieces that carry no meaning of their own
(stop words, punctuation, marks of beginning and end) are not compared one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Tokens
from semsearch.text.normalise import STOP_WORDS

_ENDINGS = frozenset({"d", "ed", "er", "ers", "es", "ing", "ly", "s"})
"""What is cut off a word that is known without it: "forges" is "forge" and "s"."""

MAX_TOKENS = 128
"""Tokens of a text that are compared one by one. A definition says what a thing is at its beginning:
the first 64 and the first 256 ranked worse on the tuning halves of the questions."""

_JOINTS = "\u2581\u0120"
"""Marks with which tokenizers begin a word."""


class WordPieces:
    """Which pieces of a tokenizer carry meaning.

    Args:
        name_of: from the number of a piece to the piece.
        special: numbers of pieces that stand for no text.
    """

    def __init__(self, name_of: Callable[[int], str | None], special: Collection[int]) -> None:
        self._name_of = name_of
        self._known: dict[int, bool] = dict.fromkeys(special, False)
        self._special = frozenset(special)

    def tokens(self, ids: Sequence[int], vectors: NDArray[np.float32], prompt: int = 0) -> Tokens:
        """Return the tokens of one text that carry meaning, or all its words if none does.

        Args:
            ids: (t,) its pieces.
            vectors: (t, w) their vectors, rows of length 1.
            prompt: pieces of the encoder's own prompt, which stands in front of the text.
        """
        words = [i for i, id_ in enumerate(ids) if int(id_) not in self._special]
        words = words[prompt : prompt + MAX_TOKENS]
        chosen = [i for i in words if self.carries_meaning(int(ids[i]))] or words
        numbers = np.array([ids[i] for i in chosen], dtype=np.int32)
        return Tokens(numbers, np.ascontiguousarray(vectors[chosen], dtype=np.float32))

    def carries_meaning(self, id_: int) -> bool:
        """Whether a piece is compared one by one, by its number."""
        known = self._known.get(id_)
        if known is None:
            piece = self._name_of(id_) or ""
            word = piece.lstrip(_JOINTS).casefold()
            known = word not in STOP_WORDS and any(c.isalnum() for c in word)
            self._known[id_] = known
        return known


NO_TOKENS = Tokens(np.empty(0, dtype=np.int32), np.empty((0, 0), dtype=np.float32))
"""What an encoder gives that has no vectors for tokens."""


def is_word(pieces: Sequence[str]) -> bool:
    """Whether a word, cut into these pieces, is one that the tokenizer learned whole.

    Marks that join pieces ("##s") do not count.
    """
    return len(pieces) == 1 or (len(pieces) == 2 and pieces[1].lstrip("#") in _ENDINGS)
