"""Languages whose words are analysed, and their function words.

Covers `text/function_words`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from semsearch.core.entries import Details
from semsearch.text.english_stop_words import STOP_WORDS, content_words
from semsearch.text.function_words import FUNCTION_WORDS
from semsearch.text.names import names_of
from semsearch.text.normalise import fold
from semsearch.text.stems import name_stems
from semsearch.text.word_languages import (
    LANGUAGE_NAMES,
    base_language,
    name_language,
    stop_words,
    word_language,
    word_languages,
)
from tests.conftest import entry


def test_a_language_without_a_stemmer_is_analysed_as_english() -> None:
    """Regions and scripts do not count; the languages of several texts come once, sorted."""
    tags = ["de-AT", "de", "sv", "EN-gb", "pt-BR", "zh-Hant"]
    assert [word_language(tag) for tag in tags] == ["de", "de", "en", "en", "pt", "en"]
    assert word_languages(tags) == ("de", "en", "pt")
    assert word_languages([]) == ("en",)
    assert base_language("zh-Hant-TW") == "zh"


def test_stop_words_are_those_of_the_language() -> None:
    """Written with accents or without; English has its own list."""
    assert stop_words("en") is STOP_WORDS
    assert content_words("Wie hoch ist die Gebühr für den Pass?", stop_words("de")) == [
        "hoch",
        "Gebühr",
        "Pass",
    ]
    for asked in ("¿Qué es la masa madre?", "que es la masa madre"):
        assert content_words(asked, stop_words("es")) == ["masa", "madre"]


@pytest.mark.parametrize("language", sorted(FUNCTION_WORDS))
def test_lists_are_consistent(language: str) -> None:
    """Every listed language has a stemmer; no word is in both lists; all are also there folded."""
    words = FUNCTION_WORDS[language]
    assert language in LANGUAGE_NAMES
    assert not words.joining & words.sentence
    assert words.all == words.joining | words.sentence
    assert {fold(word) for word in words.all} <= words.all


def test_a_name_may_be_in_another_language_than_its_definition() -> None:
    """Its words are analysed in its own."""
    loaf = replace(entry("Loaf", "Bread.", aliases=("Brotlaibe",)), details=Details())
    tagged = replace(loaf, details=Details(name_languages=("Brotlaibe@de",)))
    term, alias = names_of(tagged)[:2]
    assert [name_language(tagged, one) for one in (term, alias)] == ["en", "de"]
    assert name_stems(tagged, alias) == ("de:brotlaib",)
    assert name_language(loaf, alias) == "en"
