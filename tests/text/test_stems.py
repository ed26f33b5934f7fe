"""Stems of words and of questions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from semsearch.text.normalise import CACHED_CHARS
from semsearch.text.stems import (
    count_content_words,
    question_stems,
    shared_words,
    stem,
    stem_places,
    stems_in,
    words_with_stems,
)
from tests.conftest import kept_bytes


@pytest.mark.parametrize(
    ("one", "other"),
    [("Baking", "bakes"), ("CNNs", "cnn"), ("naïve", "NAIVE"), ("networks", "network")],
)
def test_words_of_one_stem(one: str, other: str) -> None:
    """Endings, case, accents and plurals of acronyms do not count."""
    assert stem(one) == stem(other)


def test_words_of_different_stems() -> None:
    """What is not the same word stays apart."""
    assert len({stem(word) for word in ("bake", "batch", "bank", "bias")}) == 4


def test_stems_of_long_words_are_not_cached() -> None:
    """A glossary of endless words takes no memory."""
    assert stem("a" * CACHED_CHARS + "s") == "a" * CACHED_CHARS
    assert kept_bytes(lambda: [stem("a" * 10_000 + f"{n}") for n in range(200)]) < 100_000


def test_each_word_has_its_place() -> None:
    """Offsets are those of the text as it was written."""
    text = "Rising Doughs, risen!"
    found = words_with_stems(text)
    assert [text[start:end] for _, start, end in found] == ["Rising", "Doughs", "risen"]
    assert found[1][0] == stem("dough")


def test_questions_have_the_stems_of_their_content_words_once() -> None:
    """Stems come in the order of the question, without stop words."""
    found = question_stems("what is the crumb of a loaf, and the crumbs of loaves?")
    assert found[:2] == (stem("crumb"), stem("loaf"))
    assert len(found) == len(set(found))
    assert stem("the") not in found


def test_a_very_long_word_is_stemmed_too() -> None:
    """It is not kept, and it is the same from any thread."""
    word = "doughs" * CACHED_CHARS
    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(stem, [word, word.upper()] * 20))
    assert len(found) == 1


def test_places_of_stems_give_the_shared_words_in_order() -> None:
    """The result equals a comparison of every word; a repeated stem gives both words."""
    text = "A net of nets: the catch of a net, caught by netting fish."
    places = stem_places(text)
    assert places[stem("net")][:4] == [2, 5, 9, 13]
    for question in ("nets for fish", "fishing nets", "who caught what?", "zebra"):
        asked = question_stems(question)
        expected = [(start, end) for one, start, end in words_with_stems(text) if one in asked]
        assert [(span.start, span.end) for span in shared_words(asked, text, places)] == expected


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Behörden", "Behorde"),
        ("de", "Gebühren", "gebühr"),
        ("es", "conservas", "Conserva"),
        ("es", "canciones", "cancion"),
        ("fr", "hypothèques", "hypotheque"),
        ("it", "tasse", "tassa"),
        ("pt", "impostos", "imposto"),
        ("nl", "belastingen", "belasting"),
    ],
)
def test_words_are_stemmed_in_their_language(language: str, one: str, other: str) -> None:
    """Accents may be left out; the stem is none of another language."""
    assert stem(one, language) == stem(other, language)
    assert stem(one, language).startswith(f"{language}:")
    assert stem(one, language) != stem(one)


def test_a_question_is_analysed_in_several_languages() -> None:
    """It has fewest content words in its own."""
    asked = "was kostet der Ausweis"
    assert question_stems(asked, "de") == ("de:kost", "de:ausweis")
    assert stems_in(asked, ("de", "en")) == (*question_stems(asked, "de"), *question_stems(asked))
    assert stems_in(asked, ("en",)) == question_stems(asked)
    assert count_content_words(asked, ("de", "en")) == 2
    assert count_content_words(asked, ("en",)) == 3
