"""Languages whose words are analysed: by a stemmer and by function words of their own.

Entries in any other language are analysed as English, as entries without a language are. Stems of
languages other than English carry the tag of their language, so that a question is compared with
each entry in the language of the entry.
"""

from __future__ import annotations

from collections.abc import Iterable

from semsearch.core.entries import Entry
from semsearch.text.english_stop_words import STOP_WORDS
from semsearch.text.function_words import FUNCTION_WORDS
from semsearch.text.names import Name

ENGLISH = "en"
ONLY_ENGLISH = (ENGLISH,)

LANGUAGE_NAMES = {
    ENGLISH: "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
}
"""The languages with a stemmer, in English; PyStemmer knows them by the same names."""


def base_language(tag: str) -> str:
    """Return the language of a tag without region and script: "de" for "de-AT"."""
    return tag.partition("-")[0].lower()


def word_language(tag: str) -> str:
    """Return the language in which the words of a text with this tag are analysed."""
    base = base_language(tag)
    return base if base in LANGUAGE_NAMES else ENGLISH


def word_languages(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the languages in which a question about texts with these tags is analysed."""
    return tuple(sorted({word_language(tag) for tag in tags})) or ONLY_ENGLISH


def name_language(entry: Entry, name: Name) -> str:
    """Return the language in which the words of a name are analysed: its own, or the entry's."""
    return word_language(entry.languages_of(name.label)[0])


def stop_words(language: str) -> frozenset[str]:
    """Return the words of a language that keyword search ignores."""
    return STOP_WORDS if language == ENGLISH else FUNCTION_WORDS[language].all
