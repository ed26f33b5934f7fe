"""Names that differ only in dress fold alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text.english_stop_words import content_words
from semsearch.text.normalise import WORD, fold
from tests.conftest import kept_bytes


def test_a_word_keeps_its_vowel_signs() -> None:
    """They are no letters to the `re` module, and yet part of the word."""
    hindi, thai = "\u0915\u093e\u092e", "\u0e01\u0e34\u0e19"
    assert WORD.findall(f"{hindi}, {thai}! a_b (e\u0301)") == [hindi, thai, "a_b", "e\u0301"]
    assert content_words(f"{hindi} {thai}") == [hindi, thai]


@given(st.text(max_size=100))
def test_folding_twice_is_folding_once(text: str) -> None:
    """A folded name is its own key."""
    assert fold(fold(text)) == fold(text)


def test_names_that_differ_only_in_dress_fold_alike() -> None:
    """Case, accents, hyphens and width do not count; the marks of C++ and C# do."""
    assert fold("Long Short-Term  MEMORY") == fold("long short term memory")
    assert fold("\uff23af\u00e9") == "cafe"
    assert len({fold("C"), fold("C++"), fold("C#")}) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u30d0\u30b9", "\u30cf\u30b9"),  # kana with and without a voicing mark
        ("\u0915\u093e\u092e", "\u0915\u093f\u092e"),  # Devanagari vowel signs
        ("\u0e01\u0e34\u0e19", "\u0e01\u0e31\u0e19"),  # Thai vowel signs
        ("+", "&"),
    ],
)
def test_marks_that_make_another_word_are_kept(one: str, other: str) -> None:
    """Only Latin, Greek and Cyrillic letters lose their marks; no word becomes empty."""
    assert fold(one) != fold(other)
    assert " " not in fold(one)
    assert fold("\u0386\u0439") == fold("\u03b1\u0438")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\u0141\xf3d\u017a", "lodz"),
        ("\xc6r\xf8", "aero"),
        ("\u01ff", "o"),
        ("\u0130stanbul", "istanbul"),
        ("Java\u2122 VM\xae", "java vm"),
        ("\u05e1\u05b5\u05e4\u05b6\u05e8", "\u05e1\u05e4\u05e8"),
        ("\u0643\u0650\u062a\u064e\u0627\u0628", "\u0643\u062a\u0627\u0628"),
        ("\u0643\u0640\u062a\u0627\u0628", "\u0643\u062a\u0627\u0628"),
        ("\u0623\u0643\u0644", "\u0627\u0643\u0644"),
    ],
)
def test_what_keyboards_and_ordinary_writing_leave_out_does_not_count(one: str, other: str) -> None:
    """Letters with strokes, trade marks, vowel points, and what an alef carries."""
    assert fold(one) == fold(other) == other


def test_a_trade_mark_alone_is_a_name() -> None:
    """It would have none otherwise."""
    assert fold("\u2122") == "tm"


def test_a_variation_selector_is_no_difference() -> None:
    """A heart is a heart, drawn in colour or not."""
    assert fold("\u2764\ufe0f") == fold("\u2764")
    assert fold("\u845b\U000e0100\u57ce") == "\u845b\u57ce"


def test_long_texts_fill_no_cache() -> None:
    """The cache is bounded in bytes too; short and long texts fold alike."""
    assert fold("\u00c9" * 65) == "e" * 65
    assert fold("\u00c9" * 64) == "e" * 64
    assert kept_bytes(lambda: [fold("\u00c9" * 10_000 + f"{n}") for n in range(12)]) < 50_000
