"""Splits texts into pieces for highlighting, which `render` wraps in elements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

SNIPPET_CHARS = 480
"""Characters of a snippet of a long definition."""
CHARS_BEFORE = 140
"""Characters of a snippet before the sentence nearest to the question."""

Place = Mapping[str, Any]
"""A span in its JSON shape, by characters; `end` is excluded."""


class TextPiece(NamedTuple):  # three times as fast to make as a dataclass; an answer has hundreds
    """A piece of a text, with whether it is in the nearest sentence or a word of the question."""

    text: str
    in_sentence: bool
    is_word: bool


@dataclass(frozen=True, slots=True)
class HighlightedText:
    """A text or a part of it in pieces, with whether text is omitted before and behind."""

    pieces: tuple[TextPiece, ...]
    is_cut_before: bool = False
    is_cut_after: bool = False

    @property
    def is_part(self) -> bool:
        """Whether text is omitted."""
        return self.is_cut_before or self.is_cut_after


def highlight(
    text: str,
    words: Sequence[Place] = (),
    sentence: Place | None = None,
    start: int = 0,
    end: int | None = None,
) -> HighlightedText:
    """Return a text from `start` to `end` in pieces.

    Args:
        text: the whole text.
        words: spans of words that the question also uses.
        sentence: span of the sentence to highlight, if any.
        start: of the part.
        end: of the part; by default that of the text.
    """
    end = len(text) if end is None else end
    of_words = _steps(words, start, end)
    of_sentence = _steps([sentence] if sentence else [], start, end)
    if not of_words and not of_sentence:
        pieces = [TextPiece(text[start:end], False, False)] if start < end else []
        return HighlightedText(tuple(pieces), start > 0, end < len(text))
    words_here = sentences_here = 0
    pieces = []
    for at, until in pairwise(sorted({start, end, *of_words, *of_sentence})):
        words_here += of_words.get(at, 0)
        sentences_here += of_sentence.get(at, 0)
        pieces.append(TextPiece(text[at:until], sentences_here > 0, words_here > 0))
    return HighlightedText(tuple(pieces), start > 0, end < len(text))


def snippet(
    text: str, words: Sequence[Place] = (), sentence: Place | None = None
) -> HighlightedText:
    """Return a text, or the part of a long one around the nearest sentence, cut between words."""
    if len(text) <= SNIPPET_CHARS:
        return highlight(text, words, sentence)
    start = max(0, (sentence["start"] if sentence else 0) - CHARS_BEFORE)
    end = min(len(text), max(start + SNIPPET_CHARS, sentence["end"] if sentence else 0))
    start, end = _at_blank(text, start, -1), _at_blank(text, end, 1)
    return highlight(text, words, sentence, start, end)


def _at_blank(text: str, at: int, step: int) -> int:
    """Return the nearest word boundary in a direction, or the offset itself if none is near."""
    found = at
    for _ in range(CHARS_BEFORE):
        if found in {0, len(text)} or text[found - 1].isspace() or text[found].isspace():
            return found
        found += step
    return at


def _steps(places: Iterable[Place], start: int, end: int) -> dict[int, int]:
    """Return the change in the number of open spans at each offset between `start` and `end`."""
    steps: dict[int, int] = {}
    for place in places:
        begins, ends = max(place["start"], start), min(place["end"], end)
        if begins < ends:
            steps[begins] = steps.get(begins, 0) + 1
            steps[ends] = steps.get(ends, 0) - 1
    return steps
