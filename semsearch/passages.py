"""What is embedded of an entry: the recipe of its vectors.

Each entry gives one passage for its whole definition and one for each sentence of it. A question
is near to the whole when it paraphrases the definition, and near to one sentence when it
asks for one property; the score uses both (`ranking.fusion`).
"""

from __future__ import annotations

from dataclasses import dataclass

from semsearch.text import sentences
from semsearch.types import Entry

MAX_SENTENCES = 64
"""Sentences embedded of one definition; what comes later in a long page is rarely asked for,
and the words half still finds it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to embed, and where in the definition it stands (`end` excluded)."""

    text: str
    start: int
    end: int


def passages_of(entry: Entry) -> list[Passage]:
    """Return the passages of an entry: the whole definition first, then its sentences.

    A definition of one sentence gives only the first.
    """
    whole = Passage(entry.definition, 0, len(entry.definition))
    parts = sentences(entry.definition)[:MAX_SENTENCES]
    if len(parts) < 2:
        return [whole]
    return [whole, *(Passage(span.text, span.start, span.end) for span in parts)]
