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

_SENTENCE = 1 << 32
"""How much an open sentence counts in a sum of open spans, in which each word counts 1."""

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
    steps = {start: 0, end: 0}
    _add_steps(steps, words, start, end, 1)
    if sentence:
        _add_steps(steps, (sentence,), start, end, _SENTENCE)
    open_here = 0
    pieces = []
    for at, until in pairwise(sorted(steps)):
        open_here += steps[at]
        pieces.append(TextPiece(text[at:until], open_here >= _SENTENCE, open_here % _SENTENCE > 0))
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


def _add_steps(
    steps: dict[int, int], places: Iterable[Place], start: int, end: int, step: int
) -> None:
    """Add to the sum of open spans how each place between `start` and `end` changes it.

    Args:
        steps: the change at each offset, which this function completes.
        places: spans of the text.
        start: of the part that is shown.
        end: of that part.
        step: how much an open span counts.
    """
    for place in places:
        begins, ends = max(place["start"], start), min(place["end"], end)
        if begins < ends:
            steps[begins] = steps.get(begins, 0) + step
            steps[ends] = steps.get(ends, 0) - step
