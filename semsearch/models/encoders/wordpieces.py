"""Word pieces of an encoder's tokenizer: which ones have a meaning, and which words are known.

Common words are one piece, misspelt ones several. Pieces without a meaning of their own (stop
words, punctuation, special tokens) are not compared in late interaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Tokens
from semsearch.text.english_stop_words import STOP_WORDS

_ENDINGS = frozenset({"d", "ed", "er", "ers", "es", "ing", "ly", "s"})
"""Endings after which a word still counts as known: "forges" is "forge" and "s"."""

MAX_TOKENS = 128
"""Most tokens of a text in late interaction. Definitions begin with what a thing is: 64 and 256
ranked worse on the tuning halves of the questions."""

_JOINTS = "\u2581\u0120"
"""Characters that mark the beginning of a word in some tokenizers."""


class WordPieces:
    """The pieces of a tokenizer that have a meaning.

    Args:
        name_of: returns the piece of a number.
        special: numbers of pieces that stand for no text.
    """

    def __init__(self, name_of: Callable[[int], str | None], special: Collection[int]) -> None:
        self._name_of = name_of
        self._known: dict[int, bool] = dict.fromkeys(special, False)
        self._special = frozenset(special)

    def tokens(self, ids: Sequence[int], vectors: NDArray[np.float32], prompt: int = 0) -> Tokens:
        """Return the meaningful tokens of one text, or all its words if there are none.

        Args:
            ids: (t,) its pieces.
            vectors: (t, w) their vectors, rows of length 1.
            prompt: number of pieces of the encoder's prompt before the text.
        """
        words = [i for i, id_ in enumerate(ids) if int(id_) not in self._special]
        words = words[prompt : prompt + MAX_TOKENS]
        chosen = [i for i in words if self.carries_meaning(int(ids[i]))] or words
        numbers = np.array([ids[i] for i in chosen], dtype=np.int32)
        return Tokens(numbers, np.ascontiguousarray(vectors[chosen], dtype=np.float32))

    def carries_meaning(self, id_: int) -> bool:
        """Return whether the piece of this number is compared in late interaction."""
        known = self._known.get(id_)
        if known is None:
            piece = self._name_of(id_) or ""
            word = piece.lstrip(_JOINTS).casefold()
            known = word not in STOP_WORDS and any(c.isalnum() for c in word)
            self._known[id_] = known
        return known


NO_TOKENS = Tokens(np.empty(0, dtype=np.int32), np.empty((0, 0), dtype=np.float32))
"""The tokens of an encoder without token vectors."""


def is_word(pieces: Sequence[str]) -> bool:
    """Return whether a word, split into these pieces, is one that the tokenizer knows.

    Marks that join pieces ("##s") do not count.
    """
    return len(pieces) == 1 or (len(pieces) == 2 and pieces[1].lstrip("#") in _ENDINGS)


def lower_case_pieces(tokenizer: Mapping[str, Any]) -> dict[str, int]:
    """Return the vocabulary of a tokenizer that splits lower case without accents as BERT does.

    Args:
        tokenizer: the content of `tokenizer.json`.

    Returns:
        The number of each word piece; none if the tokenizer is of another kind.
    """
    normalizer, splitter, model = (
        tokenizer.get(part) or {} for part in ("normalizer", "pre_tokenizer", "model")
    )
    is_lower_case = (
        normalizer.get("type") == "BertNormalizer"
        and normalizer.get("lowercase")
        and normalizer.get("strip_accents") is not False
        and splitter.get("type") == "BertPreTokenizer"
        and model.get("type") == "WordPiece"
        and model.get("continuing_subword_prefix") == "##"
    )
    return dict(model["vocab"]) if is_lower_case else {}
