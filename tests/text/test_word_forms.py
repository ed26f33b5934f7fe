"""Irregular plurals have the form of their singular, and British words that of American ones."""

from __future__ import annotations

import pytest

from semsearch.text.names import form_of
from semsearch.text.stems import stem
from semsearch.text.word_forms import word_form


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("criteria", "criterion"),
        ("phenomena", "phenomenon"),
        ("analyses", "analysis"),
        ("hypotheses", "hypothesis"),
        ("syntheses", "synthesis"),
        ("diagnoses", "diagnosis"),
        ("axes", "axis"),
        ("indices", "index"),
        ("vertices", "vertex"),
        ("matrices", "matrix"),
        ("submatrices", "submatrix"),
        ("appendices", "appendix"),
        ("helices", "helix"),
        ("formulae", "formula"),
        ("bacteria", "bacterium"),
        ("optima", "optimum"),
        ("radii", "radius"),
        ("nuclei", "nucleus"),
        ("children", "child"),
        ("women", "woman"),
        ("mice", "mouse"),
        ("feet", "foot"),
        ("shelves", "shelf"),
        ("knives", "knife"),
        ("schemata", "schema"),
        ("automata", "automaton"),
        ("corpora", "corpus"),
    ],
)
def test_an_irregular_plural_has_the_form_of_its_word_form(plural: str, one: str) -> None:
    """Alone and at the end of a name."""
    assert form_of(plural) == form_of(one)
    assert form_of(f"test {plural}") == form_of(f"test {one}")


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("normalisation", "normalization"), ("tokenisers", "tokenizers"), ("memorise", "memorize"), ("optimised", "optimized"),
        ("analyse", "analyze"), ("analysed", "analyzed"), ("behaviour", "behavior"), ("neighbours", "neighbors"),
        ("labelled", "labeled"), ("modelling", "modeling"), ("catalogue", "catalog"), ("licences", "licenses"),
        ("centres", "centers"), ("data centre", "data center"),
    ],
)  # fmt: skip
def test_british_and_american_spellings_have_one_form(british: str, american: str) -> None:
    """All inflections have one form."""
    assert form_of(british) == form_of(american)


@pytest.mark.parametrize(
    ("one", "other"),
    [("filling", "filing"), ("hour", "hor"), ("polling", "poling"), ("analyses", "analyzes")],
)
def test_words_that_differ_by_more_than_spelling_stay_apart(one: str, other: str) -> None:
    """Short words are other words."""
    assert form_of(one) != form_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("noise", "noises"), ("raise", "raised"), ("spell", "spelling"), ("recall", "recalled"), ("promise", "promises"),
        ("capitalised", "capitalizes"), ("tokenise", "tokenized"), ("behaviours", "behavior"), ("modelled", "modeling"),
    ],
)  # fmt: skip
def test_words_share_a_stem_in_either_spelling(one: str, other: str) -> None:
    """A word that only looks British keeps the stem of its own forms."""
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    "word",
    [
        "these",
        "specimen",
        "abdomen",
        "slices",
        "services",
        "devices",
        "prices",
        "bases",
        "cases",
        "taxes",
    ],
)
def test_words_that_only_look_so_stay_what_they_are(word: str) -> None:
    """English words are not taken for Latin plurals."""
    assert word_form(word) in (word, word.removesuffix("s"), word.removesuffix("es"))


def test_short_words_in_capitals_are_acronyms() -> None:
    """MICE is no mouse, but "mice" and "Mice" are."""
    assert word_form("mice", "MICE") == "mice"
    assert word_form("mice", "Mice") == "mouse"
