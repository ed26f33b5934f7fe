"""Stems of words, with the place of each word, for keyword search (BM25).

Stemming is Snowball's English algorithm (Porter2) after American spelling. Entries and questions
are stemmed alike, so stems match in other languages too, even where they are wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from threading import Lock
from typing import Any

from semsearch.core.answers import Span
from semsearch.text.english_stop_words import content_words
from semsearch.text.normalise import CACHED_CHARS, WORD, fold
from semsearch.text.word_forms import american

Stemmed = tuple[str, int, int]
"""The stem of a word, and where it begins and ends in its text."""

StemPlaces = dict[str, list[int]]
"""Of each stem of a text, where its words begin and end, one word after the other."""

_PLURAL_ACRONYM = re.compile(r"[A-Z0-9]{2,}s\Z")
_stemming = Lock()
"""Snowball's stemmers keep their state in the object; one word at a time."""


def words_with_stems(text: str) -> list[Stemmed]:
    """Return the stem of each word of a text, and where the word stands."""
    return [(stem(match[0]), *match.span()) for match in WORD.finditer(text)]


def stem_places(text: str) -> StemPlaces:
    """Return where the words of each stem stand in a text.

    Those of "net" in "a net of nets" stand at 2 to 5 and 9 to 13: `{"net": [2, 5, 9, 13], ...}`.
    """
    found: StemPlaces = {}
    for match in WORD.finditer(text):
        found.setdefault(stem(match[0]), []).extend(match.span())
    return found


def shared_words(asked: Iterable[str], text: str, places: StemPlaces) -> tuple[Span, ...]:
    """Return the words of a text that have one of some stems, in order."""
    found = [
        ends
        for one in asked
        if one in places
        for ends in zip(places[one][::2], places[one][1::2], strict=True)
    ]
    found.sort()
    return tuple([Span(start, end, text[start:end]) for start, end in found])


@lru_cache(maxsize=256)  # one question is looked at several times while it is answered
def question_stems(question: str) -> tuple[str, ...]:
    """Return the distinct stems of a question's content words, in order."""
    return tuple(dict.fromkeys(stem(word) for word in content_words(question)))


def stem(word: str) -> str:
    """Return the stem of a word, whatever its case and accents."""
    return _cached_stem(word) if len(word) <= CACHED_CHARS else _stem(word)


def _stem(word: str) -> str:
    if _PLURAL_ACRONYM.match(word):
        word = word[:-1]  # "CNNs": the algorithm leaves an s behind letters without a vowel
    with _stemming:
        return str(_stemmer().stemWord(american(fold(word))))


_cached_stem = lru_cache(maxsize=1 << 16)(_stem)


@lru_cache(maxsize=1)
def _stemmer() -> Any:  # noqa: ANN401 - untyped library
    from Stemmer import Stemmer  # noqa: PLC0415 - the only module that loads it

    return Stemmer("english", 0)  # its own cache would keep long words too
