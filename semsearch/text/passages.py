"""Splits a definition into the passages that are embedded: the whole text and its sentences.

A question is near to the whole definition if it paraphrases it, and near to a sentence if it asks
for one property. The score uses both (`ranking/fusion.py`). Names and asked-as phrases are texts of
their own: no part of the definition, and never shown as one. A name helps where the definition says
in other words what the name means in general.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from semsearch.core.answers import Span
from semsearch.core.entries import Entry
from semsearch.text.sentences import is_brief, sentences

MAX_SENTENCES = 64
"""Most sentences embedded of one definition. Later ones of a long page are rarely asked for, and
keyword search still finds them."""

MAX_NAMES = 16
"""Names embedded of one entry: the term and its first aliases."""

_PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*")
_LINKS = frozenset({"see also", "related terms", "further reading", "references", "external links"})
LIST_MARKS = ("- ", "* ", "\u2022 ")
_HEADING_WORDS = 8


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to embed, and its span in the definition (`end` excluded)."""

    text: str
    start: int
    end: int


def passages_of(entry: Entry) -> list[Passage]:
    """Return the passages of an entry: the whole definition first, then its sentences.

    A definition of one sentence has only the first.
    """
    paragraphs = prose(entry.definition)
    whole = Passage(_joined(paragraphs), paragraphs[0].start, paragraphs[-1].end)
    parts = [
        Passage(span.text, paragraph.start + span.start, paragraph.start + span.end)
        for paragraph in paragraphs
        for span in sentences(paragraph.text)
    ]
    return [whole] if len(parts) < 2 else [whole, *parts[:MAX_SENTENCES]]


def embedded_names(entry: Entry) -> list[str]:
    """Return the names of an entry that are embedded: the term, then its aliases."""
    return list(dict.fromkeys((entry.term, *entry.aliases)))[:MAX_NAMES]


def phrases_of(entry: Entry) -> tuple[str, ...]:
    """Return the asked-as phrases of an entry, in their order."""
    return entry.details.asked_as


def text_of(entry: Entry) -> str:
    """Return the searchable text of a definition."""
    return _joined(prose(entry.definition))


def prose(definition: str) -> list[Span]:
    """Return the paragraphs of a definition that describe the term.

    Left out are headings, which every entry of a template has ("How it helps"), and lists of links
    under "See also", which name other entries. If nothing else is left, everything is returned.
    """
    found: list[Span] = []
    paragraphs = [Span(m.start(), m.end(), m[0]) for m in _PARAGRAPH.finditer(definition)]
    in_links = False
    for number, paragraph in enumerate(paragraphs):
        if 0 < number < len(paragraphs) - 1 and _is_line(paragraph.text):
            in_links = paragraph.text.strip().casefold() in _LINKS
        elif not in_links or not _is_list(paragraph.text):
            found.append(paragraph)
            in_links = False
    return found or [Span(0, len(definition), definition)]


def _joined(paragraphs: list[Span]) -> str:
    return "\n\n".join(paragraph.text for paragraph in paragraphs)


def _is_line(text: str) -> bool:
    """Return whether a paragraph is a short line that is no sentence: a heading or a link."""
    short = len(text.split()) <= _HEADING_WORDS and is_brief(text)
    return "\n" not in text and not _is_list(text) and short and text[-1].isalnum()


def _is_list(text: str) -> bool:
    return text.startswith(LIST_MARKS)
