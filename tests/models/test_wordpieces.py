"""Which pieces of a tokenizer are compared one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from semsearch.models.encoders.wordpieces import (
    MAX_TOKENS,
    WordPieces,
    is_word,
    lower_case_pieces,
)

NAMES = ["[CLS]", "[SEP]", "the", ",", "dough", "##s", "\u0120Basket", "\u2581of"]
PIECES = WordPieces(lambda id_: NAMES[id_] if id_ < len(NAMES) else None, special=[0, 1])


def _vectors(count: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.arange(count * 2, dtype=np.float32).reshape(count, 2)


def test_stop_words_marks_and_special_pieces_carry_no_meaning() -> None:
    """Every marker of word beginnings is known; a number without a piece has no meaning."""
    meaningful = [NAMES[i] for i in range(len(NAMES)) if PIECES.carries_meaning(i)]
    assert meaningful == ["dough", "##s", "\u0120Basket"]
    assert not PIECES.carries_meaning(99)


def test_a_text_gives_the_tokens_that_carry_meaning() -> None:
    """Tokens have vectors of their own; those of the encoder's prompt are left out."""
    ids = [0, 2, 4, 3, 6, 1]
    found = PIECES.tokens(ids, _vectors(6))
    assert (found.ids.tolist(), found.vectors[:, 0].tolist()) == ([4, 6], [4, 8])
    assert PIECES.tokens(ids, _vectors(6), prompt=2).ids.tolist() == [6]


def test_a_text_of_stop_words_gives_all_of_them() -> None:
    """Rather than nothing at all; special pieces stay out."""
    assert PIECES.tokens([0, 2, 7, 1], _vectors(4)).ids.tolist() == [2, 7]


def test_only_the_beginning_of_a_long_text_counts() -> None:
    """The limit counts the tokens after the prompt."""
    ids = [4] * (MAX_TOKENS + 50)
    assert len(PIECES.tokens(ids, _vectors(len(ids))).ids) == MAX_TOKENS


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (["dough"], True),
        (["dough", "##s"], True),
        (["dro", "##puot"], False),
        (["a", "b", "c"], False),
    ],
)
def test_a_word_is_known_whole_or_but_for_its_ending(pieces: list[str], expected: bool) -> None:
    """Misspelt words fall into other pieces."""
    assert is_word(pieces) is expected


BERT: dict[str, Any] = {
    "normalizer": {"type": "BertNormalizer", "lowercase": True, "strip_accents": None},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "model": {"type": "WordPiece", "continuing_subword_prefix": "##", "vocab": {"dough": 4}},
}


def test_only_lower_case_word_pieces_are_given() -> None:
    """A tokenizer that heeds case or accents, or splits in another way, has none."""
    assert lower_case_pieces(BERT) == {"dough": 4}
    for part, changed in (
        ("normalizer", None),
        ("normalizer", {**BERT["normalizer"], "lowercase": False}),
        ("normalizer", {**BERT["normalizer"], "strip_accents": False}),
        ("pre_tokenizer", {"type": "Metaspace"}),
        ("model", {**BERT["model"], "type": "Unigram"}),
        ("model", {**BERT["model"], "continuing_subword_prefix": "_"}),
    ):
        assert lower_case_pieces({**BERT, part: changed}) == {}
