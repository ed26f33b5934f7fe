"""An encoder that remembers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from semsearch.core.arrays import Encoded
from semsearch.models.encoders.caching import CachingEncoder
from semsearch.models.encoders.hashed import HashedEncoder


class _Counting(HashedEncoder):
    """The hashed encoder, which also notes what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def encode_questions(self, questions: Sequence[str]) -> Encoded:
        self.asked += questions
        return super().encode_questions(questions)


def test_a_question_is_embedded_once() -> None:
    """Repeats within one call count too; results are equal and in order."""
    plain, inner = HashedEncoder(), _Counting()
    encoder = CachingEncoder(inner)
    texts = ["a deep spoon", "a ship", "a deep spoon", "holes"]
    for _ in range(2):
        found = encoder.encode_questions(texts)
        assert np.array_equal(found.vectors, plain.encode_questions(texts).vectors)
    assert inner.asked == ["a deep spoon", "a ship", "holes"]
    assert encoder.remembers("a ship")
    assert not encoder.remembers("a boat")


def test_nothing_to_embed() -> None:
    """No question gives no vector."""
    found = CachingEncoder(HashedEncoder()).encode_questions([])
    assert found.vectors.shape == (0, HashedEncoder().dim)
    assert found.tokens == ()


def test_room_is_bounded() -> None:
    """The least recently asked is forgotten, and what has no room at all is not kept."""
    inner = _Counting()
    found = inner.encode_questions(["three"])
    (tokens,) = found.tokens
    size = found.vectors.nbytes + tokens.ids.nbytes + tokens.vectors.nbytes + 500
    encoder = CachingEncoder(inner, max_bytes=2 * size)
    for text in ("one", "two", "one", "three"):
        encoder.encode_questions([text])
    assert [encoder.remembers(text) for text in ("one", "two", "three")] == [True, False, True]
    none = CachingEncoder(HashedEncoder(), max_bytes=10)
    assert len(none.encode_questions(["one"]).vectors) == 1
    assert not none.remembers("one")
