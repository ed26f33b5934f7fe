"""Telling the language of a question, or that it is not certain."""

from __future__ import annotations

import pytest

from semsearch.text.question_language import question_language


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wie nennt man die Gebühr für ein Konto?", "de"),
        ("was ist eine hypothek", "de"),
        ("comment appelle-t-on la taxe sur les maisons ?", "fr"),
        ("¿Cómo se llama el impuesto que pagas al comprar una casa?", "es"),
        ("como se llama el impuesto que pagas", "es"),
        ("come si chiama la tassa sulla casa", "it"),
        ("como se chama o imposto que pago quando compro uma casa", "pt"),
        ("hoe noem je de belasting die je betaalt", "nl"),
        ("what do you call the fee for an account?", "en"),
    ],
)
def test_a_sentence_tells_its_language(question: str, language: str) -> None:
    """Accents and capitals do not count."""
    assert question_language(question) == language
    assert question_language(question.upper()) == language


@pytest.mark.parametrize(
    "question",
    [
        "dropout",
        "El Niño and La Niña",
        "the de facto standard in la la land",
        "what is a die",
        "salsa con ajo y perejil",
        "hvad er en hypotek",
        "C++ in das Boot",
        "negligence per se in tort law",
        "illegal per se in antitrust",
        "MS DOS COM file",
        "UN et EU",
        "+",
    ],
)
def test_names_and_single_words_tell_nothing(question: str) -> None:
    """Nor does a question with words of several languages, or of one that is not known."""
    assert question_language(question) is None
