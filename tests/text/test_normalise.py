"""Questions are cleaned or refused; definitions are cut where sentences end."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.core.errors import InvalidQuestion
from semsearch.text import normalise as text_module
from semsearch.text.normalise import WORD, check_question, content_words, fold, is_marks, sentences


def test_a_question_is_tidied_but_kept() -> None:
    """White space runs become one blank and letters are composed; nothing else changes."""
    assert check_question("  what\tis\n\nCafe\u0301? ") == "what is Caf\u00e9?"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "is empty"),
        (" \t\n", "is empty"),
        ("\u200b", "is empty"),
        ("x" * 1001, "has 1,001 characters"),
        ("x" * 10_000, "has 10,000 characters"),
        ("\u0958" * 1000, "has 2,000 characters"),
        ("a\x00b", "U\\+0000"),
        ("a\x1bb", "U\\+001B"),
        ("a\ud800b", "U\\+D800"),
        ("a\ufffeb", "U\\+FFFE"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_the_reason(raw: str, reason: str) -> None:
    """Empty, too long, or not text: each says which."""
    with pytest.raises(InvalidQuestion, match=reason):
        check_question(raw)


@pytest.mark.parametrize(
    "question", ["+", "C++", "&", "\U0001f642", "?", "...", "::", "\u201c-\u201d"]
)
def test_an_operator_or_an_emoji_can_be_asked(question: str) -> None:
    """What is a name must be askable, even without a word."""
    assert check_question(question) == question


def test_marks_that_ask_nothing_by_themselves_are_told() -> None:
    """An operator is no punctuation."""
    marks = ["?", "...", "::", "?! \u2026", "+", "C", "&", "\U0001f642"]
    assert [is_marks(one) for one in marks] == [True] * 4 + [False] * 4


@given(st.text(max_size=300))
def test_checking_twice_is_checking_once(raw: str) -> None:
    """A checked question passes unchanged."""
    try:
        once = check_question(raw)
    except InvalidQuestion:
        return
    assert check_question(once) == once


def test_content_words_leave_out_the_shell_but_never_everything() -> None:
    """Stop words go, unless nothing else is left."""
    assert content_words("What do you call the weight of a model?") == ["weight", "model"]
    assert content_words("what is it") == ["what", "is", "it"]
    assert content_words("+") == []


def test_a_word_keeps_its_vowel_signs() -> None:
    """They are no letters to the `re` module, and yet part of the word."""
    hindi, thai = "\u0915\u093e\u092e", "\u0e01\u0e34\u0e19"
    assert WORD.findall(f"{hindi}, {thai}! a_b (e\u0301)") == [hindi, thai, "a_b", "e\u0301"]
    assert content_words(f"{hindi} {thai}") == [hindi, thai]


def test_sentences_know_where_they_stand() -> None:
    """Offsets cut the sentence out of the text; abbreviations and decimals do not end one."""
    text = "Foo is, e.g. a bar of Mr. Smith. It has 3.5 parts!\n\nA last paragraph without a stop"
    spans = sentences(text)
    assert [span.text for span in spans] == [
        "Foo is, e.g. a bar of Mr. Smith.",
        "It has 3.5 parts!",
        "A last paragraph without a stop",
    ]
    assert all(text[span.start : span.end] == span.text for span in spans)


def test_scripts_without_blanks_have_sentences() -> None:
    """Letters are counted where words cannot be; a mere mark is still no sentence."""
    text = (
        "\u3053\u308c\u306f\u6df1\u5c64\u5b66\u7fd2\u306e\u7528\u8a9e\u3067\u3059\u3002"
        "\u4e8c\u3064\u76ee\u306e\u6587\u3067\u3059\u3002"
    )
    assert [(span.start, span.end) for span in sentences(text)] == [(0, 13), (13, 21)]
    assert sentences("\u4f8b\u3002 Supercalifragilistic.") == []


@given(st.text(max_size=500))
def test_sentences_lie_in_order_inside_the_text(text: str) -> None:
    """Whatever the text, spans do not overlap and say what stands there."""
    end = 0
    for span in sentences(text):
        assert end <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text
        end = span.end


def test_cutting_a_hostile_text_takes_linear_time() -> None:
    """200,000 full stops are no reason to wait."""
    started = time.perf_counter()
    sentences("a. " * 100_000)
    assert time.perf_counter() - started < 2


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
    """Only Latin, Greek and Cyrillic letters lose theirs; nothing becomes blanks."""
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
    """What is kept is bounded in bytes too; short and long texts fold alike."""
    kept = text_module._fold_kept
    kept.cache_clear()
    assert fold("\u00c9" * 65) == "e" * 65
    assert kept.cache_info().currsize == 0
    assert fold("\u00c9" * 64) == "e" * 64
    assert kept.cache_info().currsize == 1
