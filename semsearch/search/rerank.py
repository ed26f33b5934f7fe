"""The second stage of an answer: the reranker looks at the first candidates found by meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from semsearch.index.retrieval import Candidate
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.models.rerankers.base import Reranker
from semsearch.ranking.reranking import DEPTH, probability, rescore, text_to_read


def rerank(
    reranker: Reranker, question: str, candidates: Sequence[Candidate], snapshot: MultiEntries
) -> list[Candidate]:
    """Let a reranker score the best of some candidates. Blocks, for each of them.

    Args:
        reranker: what scores.
        question: the question.
        candidates: those that were found by meaning, best first.
        snapshot: where their entries are.

    Returns:
        The first `DEPTH` of them with the reranker's score, and a fused score above that of all
        others; in the order given.
    """
    read = candidates[:DEPTH]
    entries = snapshot.entries([c.position for c in read])
    places = snapshot.passages([c.sentence_row for c in read])
    texts = [text_to_read(entry, *place) for entry, place in zip(entries, places, strict=True)]
    found = probability(reranker.score(question, texts))
    scores = rescore(np.array([c.fused for c in read]), found)
    return [
        replace(c, fused=float(score), rerank_score=float(p))
        for c, score, p in zip(read, scores, found, strict=True)
    ]
