"""Words as the words half compares them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from semsearch.text.normalise import CACHED_CHARS
from semsearch.text.stems import question_stems, stem, words_with_stems


@pytest.mark.parametrize(
    ("one", "other"),
    [("Baking", "bakes"), ("CNNs", "cnn"), ("naïve", "NAIVE"), ("networks", "network")],
)
def test_words_of_one_stem(one: str, other: str) -> None:
    """Whatever their ending, case and accents; plurals of acronyms as well."""
    assert stem(one) == stem(other)


def test_words_of_different_stems() -> None:
    """What is not the same word stays apart."""
    assert len({stem(word) for word in ("bake", "batch", "bank", "bias")}) == 4


def test_each_word_has_its_place() -> None:
    """Offsets are those of the text as it was written."""
    text = "Rising Doughs, risen!"
    found = words_with_stems(text)
    assert [text[start:end] for _, start, end in found] == ["Rising", "Doughs", "risen"]
    assert found[1][0] == stem("dough")


def test_questions_have_the_stems_of_their_content_words_once() -> None:
    """In the order of the question, without stop words."""
    found = question_stems("what is the crumb of a loaf, and the crumbs of loaves?")
    assert found[:2] == (stem("crumb"), stem("loaf"))
    assert len(found) == len(set(found))
    assert stem("the") not in found


def test_a_very_long_word_is_stemmed_too() -> None:
    """It is not kept, and it is the same from any thread."""
    word = "doughs" * CACHED_CHARS
    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(stem, [word, word.upper()] * 20))
    assert len(found) == 1
