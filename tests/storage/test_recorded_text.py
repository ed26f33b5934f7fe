"""What is typed in steps is recognised, and nothing raw is kept.

Covers `storage/feedback/recorded_text`.
"""

from __future__ import annotations

import pytest

from semsearch.storage.feedback.recorded_text import (
    MAX_CHARS,
    recorded_load,
    recorded_text,
    typed_digests,
)

LOAD = "0123456789abcdef"


def test_a_recorded_text_is_redacted_and_cut() -> None:
    """First redacted, so that no half of a number is left."""
    assert recorded_text("call  0221 1234 now") == "call [number] now"
    assert recorded_text("x" * (MAX_CHARS + 9)) == "x" * MAX_CHARS


@pytest.mark.parametrize(
    ("step", "whole", "begins"),
    [
        ("mail ann.smith", "mail ann.smith@example.org", True),
        ("card 12", "card 1234 5678", True),
        ("card  12 ", "card 12 34", True),
        ("mail bob", "mail ann.smith@example.org", False),
        ("größ", "größer", True),
        ("x" * 400, "x" * 500, True),
    ],
)
def test_digests_tell_what_begins_a_question(step: str, whole: str, begins: bool) -> None:
    """As the raw texts do, white space aside."""
    assert typed_digests(whole, LOAD).startswith(typed_digests(step, LOAD)) is begins


def test_only_the_page_load_connects_digests() -> None:
    """Another number gives others, none gives none, and what is stored is not the number."""
    assert typed_digests("card 12", LOAD) != typed_digests("card 12", "f" * 16)
    assert typed_digests("card 12", "") == b""
    assert recorded_load("") == ""
    assert recorded_load(LOAD) == recorded_load(LOAD) != LOAD


def test_what_is_recorded_stays_as_it_is() -> None:
    """A question that is cut behind a blank can be named by what is shown of it."""
    shown = recorded_text("a" * 299 + " " + "b" * 50)
    assert recorded_text(shown) == shown == "a" * 299
