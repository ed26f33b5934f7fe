"""Domains are asked as glossaries of their own, with and without what answers them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality import domains, questions, samples
from benchmarks.quality.domains import (
    Domain,
    chosen,
    entry_of,
    far_questions,
    id_of,
    opened,
    questions_of,
)
from benchmarks.quality.questions import DomainOutcome, Strong, mixed, show
from benchmarks.quality.samples import MISSING, RIVAL, WORDS, of_domains
from semsearch.quality.evaluation.judgements import ANSWERABLE, FAR, NEAR
from semsearch.ranking.weights import PARTS
from semsearch.search.index_view import IndexView
from tests.quality.evaluation.support import outcome
from training.concepts import KINDS, TrainingConcept


def concept(domain: str, term: str, definition: str, *rivals: str) -> TrainingConcept:
    """Return a concept whose questions say what it is in the words of its definition."""
    asked = tuple(f"{kind} of {definition.lower()}" for kind in KINDS)
    return TrainingConcept(
        domain=domain,
        term=term,
        aliases=(),
        definition=definition,
        questions=asked,
        confused_with=rivals,
    )


CONCEPTS = [
    concept("bakery", "Leaven", "Sour dough that raises bread.", "Crumb"),
    concept("bakery", "Crumb", "The soft inside under a crust."),
    concept("bakery", "Peel", "A wooden shovel for an oven."),
    concept("port", "Hull", "The body of a ship without masts."),
    concept("port", "Keel", "A beam along the bottom of a boat."),
    concept("garden", "Mulch", "Straw or bark that covers soil."),
    concept("garden", "Trellis", "A frame on which plants climb."),
]
BAKERY = CONCEPTS[:3]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexView]:
    """Give the open index of all domains, without a model."""
    with opened(CONCEPTS, tmp_path_factory.mktemp("domains") / "index", "hashed") as found:
        yield found


def test_one_question_of_each_concept_is_asked_the_same_each_time() -> None:
    """Of the four; far ones are those of other domains."""
    asked = questions_of(CONCEPTS)
    assert asked == questions_of(CONCEPTS)
    for one, known in zip(asked, CONCEPTS, strict=True):
        assert (one.text, one.kind) == (known.questions[chosen(known)], KINDS[chosen(known)])
    far = far_questions("bakery", CONCEPTS[3:])
    assert {one.text for one in far} == {one.text for one in questions_of(CONCEPTS[3:])}
    assert {one.concept for one in far} == {None}


def test_a_concept_is_found_and_is_gone_when_it_is_left_out(shown: IndexView) -> None:
    """Its own question finds a concept in its domain, unless it is left out.

    The others of the domain stay, and it is there afterwards.
    """
    bakery = Domain(shown, "bakery")
    for asked, question in bakery.embedded(questions_of(BAKERY)):
        assert asked.concept is not None
        right = id_of(asked.concept)
        for _ in range(2):
            found = bakery.ask(asked, question)
            assert (found.question.kind, found.rank) == (ANSWERABLE, 1)
            without = bakery.ask_without(asked, question)
            assert (without.question.kind, without.question.is_answerable) == (NEAR, False)
            assert {hit.id for hit in without.shown} == {id_of(c) for c in BAKERY} - {right}
            assert without.confidence < found.confidence


def test_questions_of_other_domains_find_nothing(shown: IndexView) -> None:
    """They are asked, and none of their answers can be right."""
    bakery = Domain(shown, "bakery")
    for asked, question in bakery.embedded(far_questions("bakery", CONCEPTS[3:])):
        found = bakery.ask(asked, question)
        assert (found.question.kind, found.is_right) == (FAR, False)


def test_every_domain_is_asked_by_the_encoder_of_its_fold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One index a fold.

    Every concept is asked, left out, and asked elsewhere of its fold; the tables name all.
    """
    asked_for: list[str] = []

    def model_of(fold: str, encoders: Path | None, folder: Path) -> str:
        asked_for.append(fold)
        return "hashed"

    monkeypatch.setattr(questions, "model_of", model_of)
    monkeypatch.setattr(questions, "FAR_SHARE", 1)
    answered = list(questions.ask_all(CONCEPTS, tmp_path, None))
    assert sorted(set(asked_for)) == sorted(asked_for)
    kinds = [one.outcome.question.kind for one in answered]
    assert (kinds.count(ANSWERABLE), kinds.count(NEAR)) == (len(CONCEPTS), len(CONCEPTS))
    assert [one.outcome.rank for one in answered if one.outcome.question.is_answerable] == [1] * 7
    show(answered)
    printed = capsys.readouterr().out
    assert "mean of 3 domains" in printed
    assert "AUROC against near questions, mean of the domains 1.000" in printed


def test_a_part_of_the_domains_is_never_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would stand for all of them."""
    monkeypatch.setattr("sys.argv", ["questions", str(tmp_path), "--folds", "a", "--store"])
    with pytest.raises(SystemExit):
        questions.main()
    assert "leave --folds out" in capsys.readouterr().err


def test_the_questions_that_are_not_asked_are_phrases() -> None:
    """Three of four, where phrases are wanted."""
    for known in CONCEPTS:
        others = [q for n, q in enumerate(known.questions) if n != chosen(known)]
        assert entry_of(known, phrases=True).details.asked_as == tuple(others)
        assert entry_of(known).details.asked_as == ()


def test_strong_answers_are_counted() -> None:
    """How many of them are right, and how many of the answerable questions have one."""
    found = [
        outcome(1, confidence=0.9, query="a"),
        outcome(2, confidence=0.8, query="b"),
        outcome(1, confidence=0.3, query="c"),
        outcome(kind="near", confidence=0.99, query="d"),
    ]
    strong = Strong.of(found)
    assert (strong.right, strong.covers) == pytest.approx((1 / 3, 2 / 3))
    assert Strong.of(found[2:3]) == Strong(right=1, covers=0)


def test_a_part_of_the_unanswerable_questions_counts_for_the_calibration() -> None:
    """One of four near ones, one of seven far ones."""
    kinds = ["answerable"] * 3 + ["near"] * 8 + ["far"] * 14
    answered = [
        DomainOutcome("bakery", k, outcome(1 if k == "answerable" else None, kind=k, query=str(i)))
        for i, k in enumerate(kinds)
    ]
    assert len(mixed(answered)) == 3 + 2 + 2


def test_samples_are_drawn_of_every_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples have all parts of each candidate.

    What is left out is none of them, and a made question says no name of its entry.
    """
    monkeypatch.setattr(samples, "model_of", lambda *_: "hashed")
    found = list(of_domains(CONCEPTS, tmp_path, None))
    kinds = [sample.kind for sample in found]
    assert kinds.count(NEAR) == len(CONCEPTS)
    assert {WORDS, RIVAL, MISSING} < set(kinds)
    for sample in found:
        assert sample.parts.shape == (len(sample.right), len(PARTS))
        assert sample.right.sum() == sample.is_answerable
    (words,) = [s for s in found if s.kind == WORDS and s.glossary == "port"]
    assert "hull" not in words.text.casefold()
    leaven = next(s for s in found if s.kind == RIVAL and s.glossary == "bakery")
    assert leaven.text.startswith("like Crumb, but ")
    with_phrases = [s for s in found if s.kind in KINDS and s.phrases.any()]
    assert len(with_phrases) == len(CONCEPTS)
    for sample in with_phrases:
        assert np.argmax(sample.phrases) == np.flatnonzero(sample.right)[0]


def test_the_encoder_of_a_fold_is_its_adapter_merged(tmp_path: Path) -> None:
    """Without adapters the encoder is the default.

    An unknown folder is refused with the file that is missing.
    """
    from semsearch.models.registry import DEFAULT_MODEL  # noqa: PLC0415

    assert domains.model_of("a", None, tmp_path) == DEFAULT_MODEL
