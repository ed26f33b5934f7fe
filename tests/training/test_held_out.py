"""Questions that encoders are chosen by: whom they are put to, and what is right."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.models.encoders.sentence_transformer import SentenceEncoder
from semsearch.models.registry import BASE_MODEL
from semsearch.quality.evaluation.judgements import is_tuning
from tests.training.test_concepts import line, written
from tests.training.test_train import pair
from training.concepts import KINDS, read_concepts
from training.evaluate import mean_of, model_of, score
from training.held_out import QuestionSet, of_domains, of_pairs, of_tuning_halves


def test_every_definition_of_a_meaning_is_right() -> None:
    """Two pairs of one sense have each other's definition as a second right answer."""
    found = of_pairs([pair(1), replace(pair(2), sense="1"), pair(3)])
    assert found.right == (frozenset({0, 1}), frozenset({0, 1}), frozenset({2}))


def test_a_domain_is_a_glossary_that_all_questions_are_put_to(tmp_path: Path) -> None:
    """Only its own definitions are asked, and each question has one right answer."""
    lines = [line("recall"), line("contract", "law"), line("precision")]
    concepts = read_concepts(written(tmp_path, *lines))
    (found,) = of_domains(concepts, {"learning"})
    assert found.documents == ("What recall is in learning.", "What precision is in learning.")
    assert found.questions[: len(KINDS)] == concepts[0].questions
    assert [*map(set, found.right)] == [{0}] * 4 + [{1}] * 4


def test_only_the_tuning_halves_are_asked(tmp_path: Path) -> None:
    """Terms are found by any of their names; a file without a glossary is left out."""
    (tmp_path / "questions").mkdir()
    (tmp_path / "glossaries/own").mkdir(parents=True)
    (tmp_path / "glossaries/own/terms.csv").write_text(
        "term,definition,aliases\nHut,A small house.,shed\nBoat,It floats on water.,\n"
    )
    asked = [{"query": f"what is built of wood, {n}?", "terms": ["Shed"]} for n in range(20)]
    lines = "".join(json.dumps(one) + "\n" for one in asked)
    for name in ("own", "elsewhere"):
        (tmp_path / f"questions/{name}.jsonl").write_text(lines)
    (found,) = of_tuning_halves(tmp_path)
    assert found.questions == tuple(one["query"] for one in asked if is_tuning(str(one["query"])))
    assert 0 < len(found.questions) < 20
    assert set(found.right) == {frozenset({found.documents.index("A small house.")})}


@pytest.mark.model
def test_scores_are_those_of_the_first_right_definition() -> None:
    """The base finds what is said in other words, and not what nobody could find."""
    easy = QuestionSet(
        "easy",
        ("A large animal with a trunk.", "A device that measures temperature."),
        ("grey beast with a long nose", "how do I find out how warm it is?"),
        (frozenset({0}), frozenset({1})),
    )
    wrong = QuestionSet("wrong", easy.documents, easy.questions, easy.right[::-1])
    encoder = SentenceEncoder(model_of(BASE_MODEL))
    scores = [score(encoder, one) for one in (easy, wrong)]
    assert scores[0]["whole texts"] == scores[0]["with tokens"] == (1.0, 1.0)
    assert scores[1]["whole texts"] == (0.0, 0.5)
    assert mean_of(scores)["whole texts"] == (0.5, 0.75)
