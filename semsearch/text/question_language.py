"""The language that a question is asked in, by its function words; unknown unless it is certain.

Only the languages of `word_languages.py` are told apart. A question has to have two function words
of a language, and two more than of any other: "was" is German and English, "de" is Spanish, French,
Portuguese and Dutch.
"""

from __future__ import annotations

import re
from functools import lru_cache

from semsearch.text.normalise import fold
from semsearch.text.word_languages import LANGUAGE_NAMES, stop_words

LEAD = 2
"""Function words that a language must have more than any other."""
MIN_SHARE = 0.25
"""Least share of the words of a question that are function words of its language. In a line of code
or a list of names they are few."""


_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")
"""A name, if the whole question is not in capitals: "MS DOS COM file"."""
_BORROWED = re.compile(
    r"\b(?:per se|per capita|de facto|de jure|et al|in vitro|en route|en masse)\b"
)
"""Expressions of other languages: "negligence per se in tort law"."""


@lru_cache(maxsize=256)
def question_language(question: str) -> str | None:
    """Return the tag of the language of a question, or None if that is not certain."""
    without_names = question if question.isupper() else _CAPITALS.sub(" ", question)
    words = _BORROWED.sub(" ", fold(without_names)).split()
    distinct = set(words)
    counts = sorted(
        ((len(stop_words(tag) & distinct), tag) for tag in LANGUAGE_NAMES), reverse=True
    )
    (most, tag), (next_most, _), *_ = counts
    is_certain = most - next_most >= LEAD and most >= MIN_SHARE * len(words)
    return tag if is_certain else None


def languages_of_names(question: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the languages in whose names the words of a question may stand.

    The stem of an English word may be that of another word elsewhere: "calcite" has that of
    "calcare", the Italian limestone.

    Args:
        question: the question.
        languages: those of the names.

    Returns:
        That of the question if it is certain and among them, else all.
    """
    if len(languages) == 1:
        return languages
    asked = question_language(question)
    return (asked,) if asked in languages else languages
