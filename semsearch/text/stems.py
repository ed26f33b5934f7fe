"""Stems of words, with the place of each word, for keyword search (BM25).

Stemming is by Snowball's algorithms: English (Porter2) after American spelling, and those of the
other languages of `word_languages.py` after folding, so that accents may be left out. The stem of a
word of another language than English begins with its tag: "de:zins".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from threading import Lock
from typing import Any

from semsearch.core.answers import Span
from semsearch.core.entries import Entry
from semsearch.text.english_stop_words import content_words
from semsearch.text.names import Name
from semsearch.text.normalise import CACHED_CHARS, WORD, fold
from semsearch.text.word_forms import american
from semsearch.text.word_languages import ENGLISH, LANGUAGE_NAMES, name_language, stop_words

Stemmed = tuple[str, int, int]
"""The stem of a word, and where it begins and ends in its text."""

StemPlaces = dict[str, list[int]]
"""Of each stem of a text, where its words begin and end, one word after the other."""

_PLURAL_ACRONYM = re.compile(r"[A-Z0-9]{2,}s\Z")
_stemming = Lock()
"""Snowball's stemmers keep their state in the object; one word at a time."""


def words_with_stems(text: str, language: str = ENGLISH) -> list[Stemmed]:
    """Return the stem of each word of a text, and where the word stands."""
    return [(stem(match[0], language), *match.span()) for match in WORD.finditer(text)]


def stem_places(text: str, language: str = ENGLISH) -> StemPlaces:
    """Return where the words of each stem stand in a text.

    Those of "net" in "a net of nets" stand at 2 to 5 and 9 to 13: `{"net": [2, 5, 9, 13], ...}`.
    """
    found: StemPlaces = {}
    for match in WORD.finditer(text):
        found.setdefault(stem(match[0], language), []).extend(match.span())
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
def question_stems(question: str, language: str = ENGLISH) -> tuple[str, ...]:
    """Return the distinct stems of a question's content words, in order."""
    words = content_words(question, stop_words(language))
    return tuple(dict.fromkeys(stem(word, language) for word in words))


def name_stems(entry: Entry, name: Name) -> tuple[str, ...]:
    """Return the distinct stems of the content words of an entry's name, in its language."""
    return question_stems(name.label, name_language(entry, name))


def stems_in(question: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the stems of a question in each of some languages, one after the other."""
    if len(languages) == 1:
        return question_stems(question, languages[0])
    return tuple(one for language in languages for one in question_stems(question, language))


def count_content_words(question: str, languages: tuple[str, ...]) -> int:
    """Return how many content words a question has.

    In the language that it is asked in it has fewest, since the function words of others are
    content words.
    """
    return min(len(question_stems(question, language)) for language in languages)


def stem(word: str, language: str = ENGLISH) -> str:
    """Return the stem of a word, whatever its case and accents."""
    return _cached_stem(word, language) if len(word) <= CACHED_CHARS else _stem(word, language)


def _stem(word: str, language: str) -> str:
    if _PLURAL_ACRONYM.match(word):
        word = word[:-1]  # "CNNs": the algorithm leaves an s behind letters without a vowel
    folded = fold(word)
    with _stemming:
        if language == ENGLISH:
            return str(_stemmer(ENGLISH).stemWord(american(folded)))
        return f"{language}:{_stemmer(language).stemWord(folded)}"


_cached_stem = lru_cache(maxsize=1 << 16)(_stem)


@lru_cache(maxsize=len(LANGUAGE_NAMES))
def _stemmer(language: str) -> Any:  # noqa: ANN401 - untyped library
    from Stemmer import Stemmer  # noqa: PLC0415 - the only module that loads it

    return Stemmer(LANGUAGE_NAMES[language].lower(), 0)  # its own cache would keep long words too
