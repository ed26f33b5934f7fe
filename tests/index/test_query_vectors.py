"""A question with its vector and its tokens, or without."""

from __future__ import annotations

import numpy as np

from semsearch.index.query_vectors import QueryVectors
from semsearch.models.encoders.hashed import HashedEncoder


def test_each_text_has_its_vector_and_its_tokens() -> None:
    """In their order."""
    texts = ["a heavy pot", "a boat"]
    encoded = HashedEncoder().encode_questions(texts)
    found = QueryVectors.all_of(texts, encoded)
    assert [one.text for one in found] == texts
    assert all(one.is_embedded for one in found)
    np.testing.assert_array_equal(found[1].vector, encoded.vectors[1])
    assert [len(one.tokens.ids) for one in found] == [2, 1]


def test_a_question_that_could_not_be_embedded_is_near_to_nothing() -> None:
    """Its vector is 0, so that every cosine with it is."""
    found = QueryVectors.without_vector("a boat", 8)
    assert (found.text, found.is_embedded) == ("a boat", False)
    assert not found.vector.any()
    assert found.vector.shape == (8,)
    assert not len(found.tokens.ids)
