"""`text/redaction`: nothing that points at a person is left of a question."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from semsearch.text.redaction import MIN_DIGITS, is_redacted, redact


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("what is dropout?", "what is dropout?"),
        ("why does ann@example.org get error 40417?", "why does [e-mail] get error [number]?"),
        ("mail <ann.lee+x@sub.example.co.uk>, please", "mail <[e-mail]>, please"),
        ("what is https://example.org/a?b=c#d for", "what is [address] for"),
        ("open www.example.org.", "open [address]."),
        ("see example.org/people/ann?", "see [address]?"),
        ("ping fe80::1ff:fe23:4567:890a now", "ping [address] now"),
        ("ann@example.org 0221 12", "[e-mail] [number]"),
        ("call +49 (221) 123 45-67!", "call [number]!"),
        ("born on 3.5.1990 in Cologne", "born on [number] in Cologne"),
        ("IBAN DE89 3704 0044 0532 0130 00", "IBAN [number]"),
        ("DE89370400440532013000", "[number]"),
        ("plate (AB-1234).", "plate ([number])."),
        ("10.0.0.17 does not answer", "[number] does not answer"),
        ("how do GPT-4 and word2vec differ from layer 2?",) * 2,
        ("the top 10 of web 3", "the top 10 of web 3"),
        ("٠١٢٣٤", "[number]"),
        ("a\tb\n c", "a b c"),
        ("", ""),
    ],
)
def test_addresses_and_numbers_are_taken_out(asked: str, kept: str) -> None:
    """Marks around them stay, and so do short numbers."""
    assert redact(asked) == kept


@given(st.text(alphabet="a@.:/ 19(+-"))
@example(":::")
@example("a@b.:::")
def test_nothing_is_found_a_second_time(asked: str) -> None:
    """What is written has no address and no long number, whatever was asked."""
    kept = redact(asked)
    assert redact(kept) == kept
    assert all(sum(map(str.isdecimal, word)) < MIN_DIGITS for word in kept.split())


def test_a_long_word_takes_no_time() -> None:
    """The longest question is redacted in a few milliseconds, whatever it is made of."""
    began = time.process_time()
    for word in ("a" * 1000, "a." * 500, "1:" * 500, "a@" * 500, "-" * 1000):
        redact(word)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("question", ["mail ann@example.org", "see www.example.org", "call 0221"])
def test_what_was_taken_out_can_be_told(question: str) -> None:
    """By the mark that stands for it."""
    assert not is_redacted(question)
    assert is_redacted(redact(question))
