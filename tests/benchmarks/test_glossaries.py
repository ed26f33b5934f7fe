"""Questions for development: each is answered by its glossary, and none says the term."""

import re
from pathlib import Path

import pytest

from benchmarks.quality.glossaries import DEVELOPMENT, DEVELOPMENT_QUESTIONS, judged
from semsearch.importers.corpus import read_corpus
from semsearch.quality.evaluation.judgements import NEAR
from semsearch.text.names import names_of
from semsearch.text.normalise import fold

SHARED = Path(__file__).parents[3] / "shared"


def test_every_glossary_has_a_file_and_every_file_a_glossary() -> None:
    """A forgotten file would silently not be fitted on."""
    assert {file.stem for file in DEVELOPMENT_QUESTIONS.iterdir()} == set(DEVELOPMENT)


@pytest.mark.parametrize("name", DEVELOPMENT)
def test_questions_describe_and_never_name(name: str) -> None:
    """Whoever asks does not know the term; twenty ask for what the glossary lacks."""
    questions = judged(name, SHARED)
    assert len({fold(one.query) for one in questions}) == len(questions) >= 60
    assert sum(one.kind == NEAR for one in questions) == 20
    for one in questions:
        for term in one.terms[:1]:
            assert not re.search(rf"\b{re.escape(fold(term))}\b", fold(one.query)), one.query


@pytest.mark.parametrize("name", DEVELOPMENT)
def test_the_glossary_has_what_answers(name: str) -> None:
    """Every term that is named as an answer is a name of an entry."""
    folder = SHARED / "glossaries" / name
    if not folder.exists():
        pytest.skip(f"{folder} is not there")
    names = {one.key for entry in read_corpus([folder]).entries for one in names_of(entry)}
    missing = {
        term for one in judged(name, SHARED) for term in one.terms if fold(term) not in names
    }
    assert not missing
