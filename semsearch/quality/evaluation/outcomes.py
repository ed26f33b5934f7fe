"""Asks judged questions and records the outcomes, from which everything else is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from semsearch.core.errors import EncoderUnavailable
from semsearch.quality.evaluation.questions import JudgedQuestion
from semsearch.ranking import confidence
from semsearch.search.glossary import Glossary

RANKS_RECORDED = 10
"""Hits recorded for each question."""

Values = NDArray[np.float64]
"""(n,) a value of each question."""


class Failure(StrEnum):
    """What can go wrong with a question, in words."""

    MISSING = "right term not among the first ten"
    LOW = "right term only further down"
    HIDDEN = "right term first, but called no close match"
    ANSWERED = "answered although nothing fits"


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One recorded hit."""

    id: str
    term: str
    tier: str


@dataclass(frozen=True, slots=True)
class QuestionOutcome:
    """A question and its answer.

    `is_refused` tells whether the answer was "no close match"; `seconds` is the time including
    encoding.
    """

    question: JudgedQuestion
    shown: tuple[ShownEntry, ...]
    confidence: float
    is_refused: bool
    seconds: float

    @property
    def rank(self) -> int | None:
        """The rank of the first right hit, from 1; None if it is not among the first ten."""
        right = self.question.right
        return next((i for i, hit in enumerate(self.shown, 1) if hit.id in right), None)

    @property
    def is_right(self) -> bool:
        """Whether the first hit is right; never for an unanswerable question."""
        return self.rank == 1

    @property
    def failure(self) -> Failure | None:
        """What went wrong, or None."""
        if not self.question.is_answerable:
            return None if self.is_refused else Failure.ANSWERED
        if self.rank is None:
            return Failure.MISSING
        if self.rank > 1:
            return Failure.LOW
        return Failure.HIDDEN if self.is_refused else None


def collect(
    glossary: Glossary,
    questions: Sequence[JudgedQuestion],
    *,
    min_confidence: float = confidence.THRESHOLD,
) -> list[QuestionOutcome]:
    """Ask all questions one by one; the first is asked twice, so that caches are warm.

    Raises:
        EncoderUnavailable: an embeddings server has no vector for a question. Words and names alone
            answered it, and the figures would be those of another search.
    """
    for first in questions[:1]:
        glossary.ask(first.query, k=RANKS_RECORDED, glossary=first.glossary)
    return [_outcome(glossary, question, min_confidence) for question in questions]


def _outcome(
    glossary: Glossary, question: JudgedQuestion, min_confidence: float
) -> QuestionOutcome:
    started = perf_counter()
    answer = glossary.ask(
        question.query, k=RANKS_RECORDED, glossary=question.glossary, min_confidence=min_confidence
    )
    seconds = perf_counter() - started
    if answer.is_passing:
        raise EncoderUnavailable(
            f"{question.query!r} was answered by words and names only, since the embeddings server "
            "had no vector for it in time; give it more seconds in SEMSEARCH_EMBEDDINGS_TIMEOUT, or "
            "take out a question that it refuses"
        )
    shown = tuple(
        ShownEntry(hit.entry.id, hit.entry.term, hit.matched_by.value) for hit in answer.hits
    )
    return QuestionOutcome(question, shown, answer.confidence, answer.no_close_match, seconds)


def confidences_of(outcomes: Sequence[QuestionOutcome]) -> Values:
    """Return (n,) the confidence of each answer."""
    return np.array([o.confidence for o in outcomes], dtype=np.float64)


def right_of(outcomes: Sequence[QuestionOutcome]) -> NDArray[np.bool_]:
    """Return (n,) whether each first hit is right."""
    return np.array([o.is_right for o in outcomes], dtype=np.bool_)
