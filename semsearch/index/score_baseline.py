"""Self-check: what a new generation answers to its own sentences, before anybody else asks it.

The fused scores of the best wrong answers are the background of the confidence: questions made from
the glossary itself take the place of labelled ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from semsearch.core.positions import PositionFilter
from semsearch.index.retrieval import QueryVectors, Retriever
from semsearch.models.encoders.base import Encoder
from semsearch.ranking.baseline import TWIN, Baseline, background_of, evenly_spaced
from semsearch.ranking.weights import DEFAULT
from semsearch.text.normalise import MAX_QUESTION_CHARS

SAMPLE = 200
"""Sentences asked of one glossary: a second or less, and the mean varies by a fifteenth of a deviation."""

TOTAL = 2000
"""Sentences asked of all glossaries together, as long as that leaves `MIN_EACH` to each."""

MIN_EACH = 10

WORDS = range(4, 41)
"""Words of a sentence that can pass for a question."""

RIVALS = 5
"""Answers looked at besides the sentence's own entry and its copies."""

TYPICAL = Baseline(1.35, 0.23)
"""Fused scores in the seed, which a glossary of a few entries borrows from."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of the entry at a position."""

    text: str
    position: int


def measure_score_baseline(
    retriever: Retriever, encoder: Encoder
) -> tuple[Baseline, dict[str, Baseline]]:
    """Ask a generation its own sentences, each with its own entry left out.

    Args:
        retriever: the open generation.
        encoder: the one that will answer its questions.

    Returns:
        The background of all glossaries together, and of each by itself.
    """
    glossaries = retriever.snapshot.glossaries
    each = max(MIN_EACH, min(SAMPLE, TOTAL // len(glossaries)))
    apart: dict[str, Baseline] = {}
    everything = retriever.snapshot.everything
    together: list[float] = []
    for name, within in glossaries.items():
        sentences = _sentences(retriever, within, each)
        texts = [sentence.text for sentence in sentences]
        questions = QueryVectors.all_of(texts, encoder.encode_questions(texts))
        best = [
            _best_other(retriever, *one, within) for one in zip(sentences, questions, strict=True)
        ]
        apart[name] = background_of(_known(best), len(within), TYPICAL)
        if len(glossaries) > 1:
            best = [
                _best_other(retriever, *one, everything)
                for one in zip(sentences, questions, strict=True)
            ]
        together += _known(best)
    return background_of(together, len(everything), TYPICAL), apart


def _sentences(retriever: Retriever, within: PositionFilter, sample: int) -> list[_Sentence]:
    """Return sentences spread over a glossary that can pass for questions."""
    found = []
    (positions,) = within.ranges  # a generation is one layer
    for offset in evenly_spaced(len(within), sample):
        position = positions[int(offset)]
        (entry,) = retriever.snapshot.entries([position])
        rows = retriever.rows_of(position)
        rows = rows[min(1, len(rows) - 1) :]  # one sentence alone is the whole definition
        for start, stop in retriever.snapshot.passages(rows):
            text = entry.definition[start:stop]
            if len(text.split()) in WORDS and len(text) <= MAX_QUESTION_CHARS:
                found.append(_Sentence(text, position))
    return [found[int(i)] for i in evenly_spaced(len(found), sample)] if found else []


def _best_other(
    retriever: Retriever, sentence: _Sentence, question: QueryVectors, within: PositionFilter
) -> float | None:
    """Return the best fused score of an entry that is neither the sentence's own nor a copy of it."""
    candidates = retriever.candidates(question, RIVALS, within, (), DEFAULT)
    for candidate in candidates:
        if candidate.position != sentence.position and candidate.parts.sentence < TWIN:
            return candidate.fit
    return None


def _known(scores: Sequence[float | None]) -> list[float]:
    return [score for score in scores if score is not None]
