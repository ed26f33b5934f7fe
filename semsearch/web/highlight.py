"""Marking: a text cut where its marks begin and end, so that a template only has to wrap the pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

SHOWN = 480
"""Characters of a definition that are shown before somebody asks for all of it."""
BEFORE = 140
"""Of those, before the sentence that answers."""

Place = Mapping[str, Any]
"""A span in its JSON shape: `start` included, `end` not, by characters."""


class Piece(NamedTuple):  # a tuple is made in a third of the time: an answer has hundreds
    """A piece of a text: inside the sentence that answers or not, a word of the question or not."""

    text: str
    in_sentence: bool
    is_word: bool


@dataclass(frozen=True, slots=True)
class HighlightedText:
    """A text, or a part of it: its pieces in order, and whether something stands before and behind."""

    pieces: tuple[Piece, ...]
    goes_before: bool = False
    goes_on: bool = False

    @property
    def is_part(self) -> bool:
        """Whether some of the text is left out."""
        return self.goes_before or self.goes_on


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
        words: what the question also uses.
        sentence: what answers, if it is to be pointed out.
        start: where to begin.
        end: where to end; the end of the text by default.
    """
    end = len(text) if end is None else end
    of_words = _steps(words, start, end)
    of_sentence = _steps([sentence] if sentence else [], start, end)
    if not of_words and not of_sentence:
        pieces = [Piece(text[start:end], False, False)] if start < end else []
        return HighlightedText(tuple(pieces), start > 0, end < len(text))
    words_here = sentences_here = 0
    pieces = []
    for at, until in pairwise(sorted({start, end, *of_words, *of_sentence})):
        words_here += of_words.get(at, 0)
        sentences_here += of_sentence.get(at, 0)
        pieces.append(Piece(text[at:until], sentences_here > 0, words_here > 0))
    return HighlightedText(tuple(pieces), start > 0, end < len(text))


def snippet(
    text: str, words: Sequence[Place] = (), sentence: Place | None = None
) -> HighlightedText:
    """Return a text, or of a long one what stands around the sentence that answers, cut between words."""
    if len(text) <= SHOWN:
        return highlight(text, words, sentence)
    start = max(0, (sentence["start"] if sentence else 0) - BEFORE)
    end = min(len(text), max(start + SHOWN, sentence["end"] if sentence else 0))
    start, end = _at_blank(text, start, -1), _at_blank(text, end, 1)
    return highlight(text, words, sentence, start, end)


def _at_blank(text: str, at: int, step: int) -> int:
    """Return the nearest place in a direction that cuts no word, or the place itself if it is far."""
    found = at
    for _ in range(BEFORE):
        if found in {0, len(text)} or text[found - 1].isspace() or text[found].isspace():
            return found
        found += step
    return at


def _steps(places: Iterable[Place], start: int, end: int) -> dict[int, int]:
    """Return how many more of the places, or fewer, there are from each of their edges on, between two others."""
    steps: dict[int, int] = {}
    for place in places:
        begins, ends = max(place["start"], start), min(place["end"], end)
        if begins < ends:
            steps[begins] = steps.get(begins, 0) + 1
            steps[ends] = steps.get(ends, 0) - 1
    return steps
