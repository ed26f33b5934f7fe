"""Questions are cleaned, or refused with the reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.core.errors import InvalidQuestion
from semsearch.text.questions import check_question, is_marks


def test_a_question_is_tidied_but_kept() -> None:
    """White space runs become one blank and letters are composed; nothing else changes."""
    assert check_question("  what\tis\n\nCafe\u0301? ") == "what is Caf\u00e9?"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "is empty"),
        (" \t\n", "is empty"),
        ("\u200b", "is empty"),
        ("\u3164\u2800 \u115f", "is empty"),
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
