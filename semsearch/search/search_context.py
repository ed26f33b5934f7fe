"""Where and how a question is answered."""

from __future__ import annotations

from dataclasses import dataclass

from semsearch.core.positions import PositionFilter
from semsearch.index.retrieval import Retriever
from semsearch.models.rerankers.base import Reranker
from semsearch.ranking.confidence import Calibration
from semsearch.ranking.similarity_baseline import Baseline
from semsearch.ranking.weights import ScoreWeights
from semsearch.search.question_parser import QuestionParser


@dataclass(frozen=True, slots=True)
class SearchContext:
    """Where and how questions are answered."""

    retriever: Retriever
    parser: QuestionParser
    weights: ScoreWeights
    reranker: Reranker | None
    allowed: PositionFilter
    baseline: Baseline
    calibration: Calibration
    min_confidence: float
    """Below it an answer says "no close match"; it labels, and moves nothing."""
