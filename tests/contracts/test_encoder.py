"""The contract of encoders, run over the hashed one, the reference and both exports.

Covers `models/encoders/base`, `models/encoders/hashed`, `models/encoders/onnx`,
`models/encoders/sentence_transformer`, `models/encoders/export`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semsearch.models import load_answering_encoder
from semsearch.models.encoders.base import Encoder
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.models.registry import DEFAULT_MODEL, find_model

TEXTS = [
    "a short text",
    "Dropout ignores random neurons.",
    "x " * 900,
    "",
    "naïve café 深層学習 🙂",
]


@pytest.fixture(
    params=[
        "hashed",
        pytest.param("reference", marks=pytest.mark.model),
        pytest.param("fp32", marks=pytest.mark.model),
        pytest.param("int8", marks=pytest.mark.model),
    ]
)
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """Give each encoder that can answer."""
    if request.param == "hashed":
        return HashedEncoder()
    index: Path = request.getfixturevalue("seed_index")
    model = find_model(DEFAULT_MODEL)
    return load_answering_encoder(
        index / "encoders" / model.fingerprint[:16],
        model=model.name,
        fingerprint=model.fingerprint,
        precision=request.param,
    )


def test_rows_are_unit_vectors_of_the_stated_dimension(encoder: Encoder) -> None:
    """Every text gives one, empty and overlong ones too."""
    for encoded in (encoder.encode_entries(TEXTS), encoder.encode_questions(TEXTS)):
        vectors = encoded.vectors
        assert vectors.shape == (len(TEXTS), encoder.dim)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_a_question_alone_and_among_others_has_the_same_vector(encoder: Encoder) -> None:
    """What else is asked does not change an answer."""
    together = encoder.encode_questions(TEXTS)
    for text, row, tokens in zip(TEXTS, together.vectors, together.tokens, strict=True):
        alone = encoder.encode_questions([text])
        np.testing.assert_allclose(alone.vectors[0], row, atol=1e-5)
        np.testing.assert_allclose(alone.tokens[0].vectors, tokens.vectors, atol=1e-5)


def test_tokens_are_unit_rows_with_a_number_each(encoder: Encoder) -> None:
    """A text has at most 128 tokens, none of a word without meaning."""
    encoded = encoder.encode_entries([*TEXTS, "ignores neurons", "it ignores the neurons."])
    for tokens in encoded.tokens:
        assert tokens.ids.dtype == np.int32
        assert len(tokens.ids) == len(tokens.vectors) <= 128
        np.testing.assert_allclose(np.linalg.norm(tokens.vectors, axis=1), 1, atol=1e-3)
    *_, bare, clothed = encoded.tokens
    assert bare.ids.tolist() == clothed.ids.tolist()
    assert len(bare.ids) >= 2
    assert len(encoded.tokens[TEXTS.index("")].ids) == 0


def test_a_text_of_words_without_meaning_keeps_them(encoder: Encoder) -> None:
    """Who asks "to be" is still asking."""
    (tokens,) = encoder.encode_questions(["to be"]).tokens
    assert len(tokens.ids) == 2


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    """An empty list is not an error."""
    encoded = encoder.encode_entries([])
    assert encoded.vectors.shape == (0, encoder.dim)
    assert encoded.tokens == ()


def test_common_words_are_told_from_misspelt_ones(encoder: Encoder) -> None:
    """Inflected words too, by every encoder that has a vocabulary."""
    words = ["connection", "carpets", "forges", "conection", "shoud", "prevnt"]
    known = [word for word in words if encoder.is_word(word)]
    assert known == ([] if isinstance(encoder, HashedEncoder) else words[:3])
    assert not encoder.is_word("")


def test_the_fingerprint_is_a_sha256(encoder: Encoder) -> None:
    """64 hex digits, the same each time."""
    assert len(encoder.fingerprint) == 64
    assert int(encoder.fingerprint, 16) >= 0
