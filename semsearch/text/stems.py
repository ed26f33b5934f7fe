"""Words as the words half compares them: folded, stemmed, with their place in the text.

Stemming is Snowball's English algorithm (Porter2) after American spelling, alike in entries and
questions, so it need not be right for other languages to be consistent.
"""

from __future__ import annotations

import re
from functools import lru_cache
from threading import Lock
from typing import Any

from semsearch.text.english_stop_words import content_words
from semsearch.text.normalise import CACHED_CHARS, WORD, fold
from semsearch.text.word_forms import american

Stemmed = tuple[str, int, int]
"""The stem of a word, and where it begins and ends in its text. Not a `Span`, which takes as long
to make as all the rest: of the words of a definition a question shares a few, and thousands of
definitions are kept."""

_PLURAL_ACRONYM = re.compile(r"[A-Z0-9]{2,}s\Z")
_stemming = Lock()
"""Snowball's stemmers keep their state in the object; one word at a time."""


def words_with_stems(text: str) -> list[Stemmed]:
    """Return the stem of each word of a text, and where the word stands."""
    return [(stem(match[0]), *match.span()) for match in WORD.finditer(text)]


@lru_cache(maxsize=256)  # one question is looked at several times while it is answered
def question_stems(question: str) -> tuple[str, ...]:
    """Return the distinct stems of a question's content words, in order."""
    return tuple(dict.fromkeys(stem(word) for word in content_words(question)))


def stem(word: str) -> str:
    """Return the stem of a word, whatever its case and accents."""
    return _stem_kept(word) if len(word) <= CACHED_CHARS else _stem(word)


def _stem(word: str) -> str:
    if _PLURAL_ACRONYM.match(word):
        word = word[:-1]  # "CNNs": the algorithm leaves an s behind letters without a vowel
    with _stemming:
        return str(_stemmer().stemWord(american(fold(word))))


_stem_kept = lru_cache(maxsize=1 << 16)(_stem)


@lru_cache(maxsize=1)
def _stemmer() -> Any:  # noqa: ANN401 - untyped library
    from Stemmer import Stemmer  # noqa: PLC0415 - the only module that loads it

    return Stemmer("english")
