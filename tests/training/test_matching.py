"""Meanings of a word match when each is the other's nearest and both are near."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.arrays import Vectors
from semsearch.models.encoders.hashed import HashedEncoder
from training.matching import MAX_SENSES, MatchedSense, kept, match
from training.senses import Sense

PLACES = {
    "a culture that raises dough": (1.0, 0.0),
    "what makes bread dough rise": (0.8, 0.6),
    "what raises dough in time": (0.9, 0.4359),
    "a slow change of all": (0.0, 1.0),
    "the last rise of dough": (-1.0, 0.0),
}


def embed(texts: Sequence[str]) -> Vectors:
    """Return where the texts lie in a plane."""
    return np.array([PLACES[text] for text in texts], dtype=np.float32)


def sense(text: str, *names: str, part: str = "n", source: str = "webster") -> Sense:
    """Return a meaning with this definition."""
    return Sense(id=text, source=source, names=names or ("Leaven",), part=part, definition=text)


CULTURE, RISE, RAISES, CHANGE, PROOF = map(sense, PLACES)


def test_the_nearest_of_each_other_match() -> None:
    """A second one nearby is no match, and what is far from all has none."""
    (found,) = match([RISE, RAISES, PROOF], [CULTURE], embed)
    assert (found.webster, found.wordnet) == (RAISES, CULTURE)
    assert found.cosine == pytest.approx(0.9)


def test_only_meanings_of_one_word_and_part_of_speech_are_compared() -> None:
    """Names are compared in any case; of Webster's the headword counts alone."""
    verb = sense("a culture that raises dough", part="v")
    other = sense("a culture that raises dough", "starter", "leaven")
    assert match([RISE], [verb], embed) == []
    assert match([other], [RISE], embed) == []
    assert len(match([RISE], [other], embed)) == 1


def test_words_of_many_meanings_and_short_texts_are_not_compared() -> None:
    """Nothing comes of nothing either."""
    short = sense("a culture")
    assert match([RISE] * (MAX_SENSES + 1), [CULTURE], embed) == []
    assert match([short], [CULTURE], lambda texts: embed(texts)[:0]) == []
    assert match([], [], lambda texts: np.empty((0, 2), dtype=np.float32)) == []


def test_the_headword_comes_first_as_wordnet_writes_it() -> None:
    """Webster's headwords all have a capital; each name is there once."""
    webster = sense("a", "Leaven", "Sourdough")
    wordnet = sense("b", "starter", "leaven", "sourdough")
    assert MatchedSense(webster, wordnet, 1.0).names == ("leaven", "starter", "sourdough")


def test_vectors_are_kept_for_the_next_time(tmp_path: Path) -> None:
    """Known texts give the same vectors, in the order asked for; new ones are added."""
    encoder = HashedEncoder()
    once = kept(encoder, tmp_path / "vectors.npz")
    first = once(["a leaven", "a dough"])
    again = once(["a dough", "an oven", "a leaven"])
    assert np.array_equal(again[[2, 0]], first)
    assert np.allclose(again, encoder.encode_entries(["a dough", "an oven", "a leaven"]).vectors)
