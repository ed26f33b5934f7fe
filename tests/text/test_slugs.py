"""The readable part of an id."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.text.slugs import slug


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Gradient Descent", "gradient-descent"),
        ("  Long  Short-Term_Memory (LSTM) ", "long-short-term-memory-lstm"),
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        (".NET", "dot-net"),
        ("Node.js", "node-js"),
        ("R&D", "r-and-d"),
        ("A* search", "a-star-search"),
        ("@import", "at-import"),
        ("Property/CSS", "property-css"),
        ("Größe", "größe"),
        ("Gro\u0308ße", "größe"),
        ("हिन्दी", "हिन्दी"),
        ("機械学習", "機械学習"),
        ("\uff11\uff12 \ufb01", "12-fi"),
        ("İ", "i̇"),
        ("→", "rightwards-arrow"),
        ("?:", "question-mark-colon"),
        ("", ""),
        ("\ue000", ""),
    ],
)
def test_slug_keeps_what_tells_names_apart(name: str, expected: str) -> None:
    """Letters and digits of any script stay, signs are said, the rest is a dash."""
    assert slug(name) == expected


@given(st.text(max_size=40))
def test_slug_of_a_slug_is_itself(name: str) -> None:
    """Making a slug twice is making it once, and it holds no blank or colon."""
    once = slug(name)
    assert slug(once) == once
    assert not set(once) & set(" :/\n")
