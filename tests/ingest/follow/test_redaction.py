"""Quotes of a followed service: no part of the key, one line, printable, short."""

from __future__ import annotations

import json

import pytest

from semsearch.ingest.follow.redaction import MAX_SAID, Redaction

KEY = "semsearch_0123456789ab_secret"
REDACTION = Redaction(KEY)


@pytest.mark.parametrize("before", [0, 1, 40, 60, 79, 80, 200, MAX_SAID - 10, (1 << 16) - 5])
def test_no_part_of_the_key_is_quoted(before: int) -> None:
    """Wherever the quote is cut; a cut before would leave the beginning of the key."""
    text = "x" * before + KEY + " end"
    for quote in (
        REDACTION.quote(text),
        REDACTION.quote(text.encode()),
        REDACTION.said(text.encode()),
        REDACTION.said(json.dumps({"detail": text}).encode()),
        REDACTION.said(
            json.dumps({"detail": text}).replace("semsearch", "\\u0073emsearch").encode()
        ),
    ):
        assert "sem" not in quote
        assert len(quote) <= MAX_SAID


def test_a_quote_is_one_printable_line() -> None:
    """Nothing in it moves the cursor of a terminal or changes its title."""
    assert Redaction().quote("\x1b]0;title\x07 a\n\x00b\u202e c \xff") == "]0;title a b c ÿ"
    assert REDACTION.quote(b"\xff\xfe") == "\ufffd\ufffd"
    assert Redaction().quote("word " * 100, 10) == "word word…"
    assert REDACTION.said(b"") == REDACTION.said(b'{"detail": ""}') == "nothing"
    assert KEY not in repr(REDACTION)
