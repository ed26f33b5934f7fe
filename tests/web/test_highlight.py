"""Highlighted texts and snippets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from semsearch.web.highlight import SNIPPET_CHARS, TextPiece, highlight, snippet
from tests.cpu_time import cpu_time_at_most

TEXT = "A ladle is a deep spoon. It is for soup."
Span = dict[str, int]
SPANS = st.builds(
    lambda at, length: {"start": at, "end": at + length}, st.integers(0, 45), st.integers(0, 12)
)


def _span(part: str) -> Span:
    at = TEXT.index(part)
    return {"start": at, "end": at + len(part)}


def test_words_and_the_sentence_are_marked() -> None:
    """A piece begins wherever a mark begins or ends, and says which it is in."""
    assert highlight(TEXT, [_span("deep"), _span("soup")], _span("It is for soup.")).pieces == (
        TextPiece("A ladle is a ", False, False),
        TextPiece("deep", False, True),
        TextPiece(" spoon. ", False, False),
        TextPiece("It is for ", True, False),
        TextPiece("soup", True, True),
        TextPiece(".", True, False),
    )
    assert highlight("").pieces == ()
    assert highlight(TEXT).pieces == (TextPiece(TEXT, False, False),)


@given(st.lists(SPANS, max_size=12), st.none() | SPANS, st.integers(0, 20), st.integers(20, 40))
def test_every_character_is_marked_as_its_spans_say(
    words: list[Span], sentence: Span | None, start: int, end: int
) -> None:
    """Spans may overlap, be empty, repeat, or exceed the shown part."""
    found = highlight(TEXT, words, sentence, start, end)
    assert "".join(piece.text for piece in found.pieces) == TEXT[start:end]
    told = [
        (piece.in_sentence, piece.is_word) for piece in found.pieces for _ in range(len(piece.text))
    ]
    assert told == [
        (_holds([sentence] if sentence else [], at), _holds(words, at)) for at in range(start, end)
    ]
    assert (found.is_cut_before, found.is_cut_after) == (start > 0, end < len(TEXT))


def _holds(spans: list[Span], at: int) -> bool:
    return any(span["start"] <= at < span["end"] for span in spans)


def test_of_a_long_text_what_answers_is_shown() -> None:
    """No word is cut, and it is said that something stands before and behind."""
    text = "word " * 4000
    shown = snippet(text, [], {"start": 10_000, "end": 10_009})
    part = "".join(piece.text for piece in shown.pieces)
    assert part in text
    assert SNIPPET_CHARS <= len(part) <= SNIPPET_CHARS + 10
    assert set(part.split()) == {"word"}
    assert shown.is_cut_before
    assert shown.is_cut_after
    assert [piece.text for piece in shown.pieces if piece.in_sentence] == ["word word"]


def test_many_words_in_a_long_text_cost_little() -> None:
    """Twice as many take about twice as long, not four times: 6,000 words in 30,000 characters."""
    words = [{"start": at, "end": at + 4} for at in range(0, 30_000, 5)]
    text = "word " * 6000
    with cpu_time_at_most(1):
        assert len(highlight(text, words).pieces) == 12_000
