"""Reranking: a cross-encoder scores the first candidates that retrieval found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from semsearch.index.retrieval import Candidate
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.models.rerankers.base import Reranker
from semsearch.ranking.rerank_scores import RERANK_DEPTH, probability, rescore, text_to_read


def rerank(
    reranker: Reranker, question: str, candidates: Sequence[Candidate], entry_table: MultiEntries
) -> list[Candidate]:
    """Score the best candidates with a reranker; takes time for each of them.

    Args:
        reranker: the model.
        question: the question.
        candidates: found by retrieval, best first.
        entry_table: has their entries.

    Returns:
        The first `RERANK_DEPTH` candidates with the reranker's score, and a rank score above all
        others; in the given order.
    """
    top = candidates[:RERANK_DEPTH]
    entries = entry_table.entries([c.position for c in top])
    places = entry_table.passages([c.sentence_row for c in top])
    texts = [text_to_read(entry, *place) for entry, place in zip(entries, places, strict=True)]
    found = probability(reranker.score(question, texts))
    scores = rescore(np.array([c.fused_score for c in top]), found)
    return [
        replace(c, rank_score=float(score), rerank_score=float(p))
        for c, score, p in zip(top, scores, found, strict=True)
    ]
