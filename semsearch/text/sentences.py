"""Cuts a definition into sentences, with their character offsets."""

from __future__ import annotations

import re

from semsearch.core.answers import Span

MIN_SENTENCE_WORDS = 3
"""A sentence shorter than this ("See also.") says nothing a question could be near to."""

MIN_SENTENCE_LETTERS = 6
"""The same limit for scripts that are written without blanks."""

_ABBREVIATIONS = frozenset(
    """
    e.g. i.e. etc. vs. cf. al. approx. dr. mr. mrs. ms. st. no. fig. eq. sec. ch. inc. ltd.
    jr. sr. u.s. a.k.a. resp. esp. incl. pp. vol. ed.
    """.split()  # noqa: SIM905 - a line for each word would bury the code
)

_LONGEST_ABBREVIATION = 12

_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’)\]]*(?=\s)|\n{2,}|[。！？]+")

_UNSPACED = re.compile(
    "[\u0e01-\u0e4e\u0e81-\u0ece\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3"  # Thai to Khmer
    "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9d"  # kana
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"  # Han
)
"""Letters of scripts written without blanks between words."""


def sentences(text: str) -> list[Span]:
    """Cut a definition into sentences, with their character offsets.

    A sentence ends at `.`, `!`, `?` or an ellipsis followed by white space, at a full-width stop,
    or at an empty line; known abbreviations and single initials do not end one. Sentences of
    fewer than three words, or six letters in scripts without blanks, are left out.
    """
    spans: list[Span] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match.group().startswith(".") and _is_abbreviation(text, match.end()):
            continue
        spans.extend(_trimmed(text, start, match.end()))
        start = match.end()
    spans.extend(_trimmed(text, start, len(text)))
    return spans


def _is_abbreviation(text: str, end: int) -> bool:
    """Whether the word that ends here, its full stop included, is an abbreviation or an initial."""
    before = text[max(0, end - _LONGEST_ABBREVIATION) : end].split()
    last = before[-1].lstrip("([\"'“‘").casefold() if before else ""
    return last in _ABBREVIATIONS or (len(last) == 2 and last[0].isalpha())


def is_brief(text: str) -> bool:
    """Whether a text says no more than a heading would, as far as scripts without blanks go."""
    return len(_UNSPACED.findall(text)) < MIN_SENTENCE_LETTERS


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    piece = text[start:end]
    stripped = piece.strip()
    if len(stripped.split()) < MIN_SENTENCE_WORDS and is_brief(stripped):
        return []
    first = start + len(piece) - len(piece.lstrip())
    return [Span(first, first + len(stripped), stripped)]
