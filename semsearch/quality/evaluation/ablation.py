"""Ablation: measures each part of the score by asking without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from semsearch.quality.evaluation.comparison import paired_p
from semsearch.quality.evaluation.measures import MeasureRow, per_question, rows, total
from semsearch.quality.evaluation.outcomes import QuestionOutcome, collect
from semsearch.quality.evaluation.questions import JudgedQuestion
from semsearch.ranking.weights import ABLATIONS, DEFAULT
from semsearch.search.glossary import Glossary


@dataclass(frozen=True, slots=True)
class Variant:
    """The measures of one set of weights: means over the glossaries.

    `p` is the probability of such a difference of MRR@10 from the default by chance; None for the
    default.
    """

    name: str
    row: MeasureRow
    p: float | None


def ask_each(
    glossary: Glossary, questions: Sequence[JudgedQuestion]
) -> dict[str, list[QuestionOutcome]]:
    """Ask the answerable questions with each set of weights in `ABLATIONS`."""
    answerable = [question for question in questions if question.is_answerable]
    return {
        name: collect(glossary.with_weights(weights), answerable)
        for name, weights in ABLATIONS.items()
    }


def variants(asked: Mapping[str, Sequence[QuestionOutcome]]) -> list[Variant]:
    """Measure the outcomes of `ask_each`; empty if no question was answerable."""
    default = next(name for name, weights in ABLATIONS.items() if weights == DEFAULT)
    found = []
    for name, outcomes in asked.items():
        row = total(rows(outcomes))
        if row is not None:
            before, now = (per_question(o)["MRR@10"] for o in (asked[default], outcomes))
            found.append(Variant(name, row, None if name == default else paired_p(before, now)))
    return found
