"""`benchmarks/quality/gaps`: which concepts are taught, and what is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality.domains import entry_of
from benchmarks.quality.gaps import SplitConcept, f_half, pair_scores, teach_and_ask, worst
from semsearch.ingest.build import build_index
from training.concepts import TrainingConcept


def concept(n: int) -> TrainingConcept:
    """Return a concept whose questions share words of which its definition has none."""
    words = [f"alpha{n}", f"beta{n}"]
    return TrainingConcept(
        domain="letters",
        term=f"Term {n}",
        aliases=(),
        definition=f"Definition number {n} of a thing.",
        questions=tuple(f"{' '.join(words)} {kind}" for kind in ("why", "how", "when", "who")),
        confused_with=(),
    )


def test_the_questions_of_a_concept_are_split_in_two() -> None:
    """The same way each time."""
    split = SplitConcept.of(concept(1))
    assert split == SplitConcept.of(concept(1))
    assert sorted(split.recorded + split.asked) == sorted(concept(1).questions)
    assert (len(split.recorded), len(split.asked)) == (2, 2)


def test_those_that_fail_most_are_taught() -> None:
    """First by failures, then by ranks; the others are drawn from the rest."""
    own = [SplitConcept.of(concept(n)) for n in range(25)]
    ranks = [1, 1] * 25
    ranks[2 * 7 : 2 * 7 + 2] = [5, 1]
    ranks[2 * 9 : 2 * 9 + 2] = [2, 3]
    taught, others = worst(own, ranks)
    assert [one.concept.term for one in taught[:3]] == ["Term 9", "Term 7", "Term 0"]
    assert (len(taught), len(others)) == (10, 10)
    assert not {one.concept.term for one in taught} & {one.concept.term for one in others}


def test_pairs_in_one_group() -> None:
    """Counted: all, the right ones, and those that should be."""
    vectors = np.eye(2, dtype=np.float32)[[0, 0, 0, 1]]
    assert pair_scores(vectors, [0, 0, 1, 1], 0.5) == (3, 1, 2)
    assert f_half(0.5, 0.5) == pytest.approx(0.5)
    assert f_half(0, 0) == 0


def test_taught_concepts_gain(tmp_path: Path) -> None:
    """Their other questions find them, since they share words with the taught ones."""
    concepts = [concept(n) for n in range(22)]
    build_index([entry_of(one) for one in concepts], tmp_path / "index", model="hashed")
    taught, others = teach_and_ask(tmp_path / "index", tmp_path / "taught", concepts)
    assert (taught.questions, others.questions) == (20, 20)
    assert taught.after == 1
    assert taught.points > 20
    assert others.after >= 0
