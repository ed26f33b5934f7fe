"""Texts of others never move the cursor."""

from __future__ import annotations

import pytest

from semsearch.cli.output.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no entry is called 'Käse'", "no entry is called 'Käse'"),
        ("one\ntwo\r", "one\\ntwo\\r"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\ud800", "\\ud800"),
        ("\u202e", "\\u202e"),
    ],
)
def test_one_line_comes_out(text: str, shown: str) -> None:
    """Control characters, lone surrogates and marks of direction are spelled out."""
    assert printable(text) == shown
    assert printable(text).encode()
