"""Topics of texts by the words of the common concepts, and how rare these are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from semsearch.text.word_topics import DIGEST_BYTES, TOPICS, WordTopics, bundled_topics, topics_file

DIGEST = bytes(DIGEST_BYTES)


@pytest.fixture
def topics(tmp_path: Path) -> WordTopics:
    """Return three words, of which two speak of the same."""
    vectors = np.zeros((3, TOPICS), np.float32)
    vectors[0, 0], vectors[1, :2], vectors[2, 1] = 0.5, (0.4, 0.1), 0.02
    file = tmp_path / "topics.bin"
    file.write_bytes(topics_file(DIGEST, {"dough": 4.0, "oven": 3.0, "court": 6.0}, vectors))
    return WordTopics(file)


def test_rarity_is_that_of_each_word(topics: WordTopics) -> None:
    """In the order asked for; nobody knows how rare an unknown one is, so it is the rarest."""
    assert topics.of(["oven", "court", "gluten", "dough"])[0].tolist() == [3.0, 6.0, 6.0, 4.0]
    assert topics.of([])[0].tolist() == []


def test_texts_of_one_topic_are_near(topics: WordTopics) -> None:
    """Also if they share no word, and whatever the scale of their rows."""
    dough, oven, court = (topics.of([word])[1] for word in ("dough", "oven", "court"))
    assert np.linalg.norm(dough) == pytest.approx(1)
    assert dough @ oven == pytest.approx(0.97, abs=0.01)
    assert dough @ court == pytest.approx(0, abs=0.01)
    assert oven @ topics.of(["oven", "gluten"])[1] == pytest.approx(1)


def test_unknown_words_have_no_topic(topics: WordTopics) -> None:
    """Nor has an empty text."""
    assert not topics.of(["gluten"])[1].any()
    assert not topics.of([])[1].any()


def test_bundled_topics_tell_fields_apart() -> None:
    """A contract is nearer to a lawsuit than to a volcano."""
    contract, lawsuit, lava = (
        bundled_topics().of(words)[1]
        for words in (["contract", "parti", "sign"], ["court", "plaintiff"], ["volcano", "magma"])
    )
    assert contract @ lawsuit > 0.4
    assert contract @ lava < 0.2
