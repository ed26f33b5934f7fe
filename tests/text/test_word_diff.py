"""What was changed in a text, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text.word_diff import WordChange, pieces

K, R, A = WordChange.KEPT, WordChange.REMOVED, WordChange.ADDED


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("a b", "a b", [(K, "a b")]),
        ("a b", "", [(R, "a b")]),
        ("", "a b", [(A, "a b")]),
        ("the old dough", "the new dough", [(K, "the "), (R, "old "), (A, "new "), (K, "dough")]),
        ("dough rises.", "dough\n\nrises!", [(K, "dough rises"), (R, "."), (A, "!")]),
        ("one two three", "two", [(R, "one "), (K, "two"), (R, " three")]),
        (
            "a spoon for soup",
            "a spoon. It serves soup",
            [(K, "a spoon"), (R, " for"), (A, ". It serves "), (K, "soup")],
        ),
        ("a.b c", "a.c", [(K, "a."), (R, "b "), (K, "c")]),
        ("a x y b", "a z b", [(K, "a "), (R, "x y "), (A, "z "), (K, "b")]),
    ],
)
def test_words_are_kept_removed_or_added(
    old: str, new: str, expected: list[tuple[WordChange, str]]
) -> None:
    """What was removed stands in front of what took its place; blanks alone are no change."""
    assert [(piece.change, piece.text) for piece in pieces(old, new)] == expected


@given(st.text("ab .,\n", max_size=40), st.text("ab .,\n", max_size=40))
def test_either_text_can_be_put_together_again(old: str, new: str) -> None:
    """Kept and removed words give the old text, kept and added ones the new, without blanks."""
    found = pieces(old, new)
    for fate, text in ((R, old), (A, new)):
        joined = "".join(piece.text for piece in found if piece.change in (K, fate))
        assert "".join(joined.split()) == "".join(text.split())


def test_long_texts_take_a_moment() -> None:
    """Two of the longest definitions that share every other word."""
    old = " ".join(f"a{n % 97} b{n}" for n in range(2_000))
    new = " ".join(f"a{n % 97} c{n}" for n in range(2_000))
    assert sum(piece.change is K for piece in pieces(old, new)) > 1_000
