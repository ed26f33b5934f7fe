"""What an encoder's tokenizer knows of a word: common words are one piece, misspelt ones several."""

from __future__ import annotations

from collections.abc import Sequence

_ENDINGS = frozenset({"d", "ed", "er", "ers", "es", "ing", "ly", "s"})
"""What is cut off a word that is known without it: "forges" is "forge" and "s"."""


def is_word(pieces: Sequence[str]) -> bool:
    """Whether a word, cut into these pieces, is one that the tokenizer learned whole.

    Marks that join pieces ("##s") do not count.
    """
    return len(pieces) == 1 or (len(pieces) == 2 and pieces[1].lstrip("#") in _ENDINGS)
