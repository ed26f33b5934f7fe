"""Measures the score baseline: the fused scores of wrong answers, which confidence compares with.

The questions are sentences of the glossary itself, each with its own entry left out, so no labelled
questions are needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from semsearch.core.positions import PositionFilter
from semsearch.index.query_vectors import QueryVectors
from semsearch.index.retrieval import Retriever
from semsearch.models.encoders.base import Encoder
from semsearch.ranking.similarity_baseline import (
    DUPLICATE_COSINE,
    Baseline,
    baseline_of,
    evenly_spaced,
)
from semsearch.ranking.weights import DEFAULT
from semsearch.text.questions import MAX_QUESTION_CHARS

SAMPLE = 200
"""Sentences asked in one glossary. They take a second or less, and the mean varies by a fifteenth
of a standard deviation."""

TOTAL = 2000
"""Sentences asked in all glossaries together, unless `MIN_EACH` for each needs more."""

MIN_EACH = 10

WORDS = range(4, 41)
"""Word counts of a sentence that can serve as a question."""

RIVALS = 5
"""Candidates inspected besides the sentence's own entry and its copies."""

TYPICAL = Baseline(1.15, 0.23)
"""Fused scores in the seed corpus; the prior for a glossary of a few entries."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of the entry at a position."""

    text: str
    position: int


def measure_score_baseline(
    retriever: Retriever, encoder: Encoder
) -> tuple[Baseline, dict[str, Baseline]]:
    """Search for sentences of a generation and measure the best scores of other entries.

    Args:
        retriever: the open generation.
        encoder: the encoder that will embed questions.

    Returns:
        The baseline of all glossaries together, and of each one.
    """
    glossaries = retriever.entry_table.glossaries
    each = max(MIN_EACH, min(SAMPLE, TOTAL // len(glossaries)))
    baselines: dict[str, Baseline] = {}
    everything = retriever.entry_table.everything
    all_scores: list[float] = []
    for name, allowed in glossaries.items():
        sentences = _sentences(retriever, allowed, each)
        texts = [sentence.text for sentence in sentences]
        questions = QueryVectors.all_of(texts, encoder.encode_questions(texts))
        best = [
            _best_other(retriever, *one, allowed) for one in zip(sentences, questions, strict=True)
        ]
        baselines[name] = baseline_of(_known(best), len(allowed), TYPICAL)
        if len(glossaries) > 1:
            best = [
                _best_other(retriever, *one, everything)
                for one in zip(sentences, questions, strict=True)
            ]
        all_scores += _known(best)
    return baseline_of(all_scores, len(everything), TYPICAL), baselines


def _sentences(retriever: Retriever, allowed: PositionFilter, sample: int) -> list[_Sentence]:
    """Return sentences, evenly spread over a glossary, that can serve as questions."""
    found = []
    (positions,) = allowed.ranges  # a generation is a single segment
    for offset in evenly_spaced(len(allowed), sample):
        position = positions[int(offset)]
        (entry,) = retriever.entry_table.entries([position])
        rows = retriever.rows_of(position)
        rows = rows[min(1, len(rows) - 1) :]  # a definition of one sentence has no other passage
        for start, stop in retriever.entry_table.passages(rows):
            text = entry.definition[start:stop]
            if len(text.split()) in WORDS and len(text) <= MAX_QUESTION_CHARS:
                found.append(_Sentence(text, position))
    return [found[int(i)] for i in evenly_spaced(len(found), sample)] if found else []


def _best_other(
    retriever: Retriever, sentence: _Sentence, question: QueryVectors, allowed: PositionFilter
) -> float | None:
    """Return the best fused score of an entry other than the sentence's own and its copies."""
    candidates = retriever.candidates(question, RIVALS, allowed, (), DEFAULT)
    for candidate in candidates:
        if candidate.position != sentence.position and candidate.parts.sentence < DUPLICATE_COSINE:
            return candidate.fused_score
    return None


def _known(scores: Sequence[float | None]) -> list[float]:
    return [score for score in scores if score is not None]
