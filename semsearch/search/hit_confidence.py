"""The confidence of hits: `ranking/confidence.py` applied to a candidate for a question.

A calibration was learned from answers by meaning to embedded questions, so nothing else is
rescaled: a name, also a misspelt one, keeps its own probability.
"""

from __future__ import annotations

import math

from semsearch.core.answers import Tier
from semsearch.index.query_vectors import QueryVectors
from semsearch.index.retrieval import Candidate
from semsearch.ranking import confidence
from semsearch.search.name_lookup import NameMatch
from semsearch.search.search_context import SearchContext
from semsearch.text.stems import count_content_words, stems_in


def first_hit_confidence(
    context: SearchContext,
    query: QueryVectors,
    first: Candidate,
    tier: Tier,
    match: NameMatch | None,
) -> float:
    """Return the probability that the first candidate is right.

    Args:
        context: where it was found.
        query: the question.
        first: the candidate.
        tier: its tier.
        match: its name that matched, if one did.
    """
    by_content = _content_probability(context, query, first)
    probability = confidence.first_hit_probability(
        tier, by_content, match.certainty if match else 0.0
    )
    probability = probability if match else _calibrated(context, query, probability)
    return math.floor(probability * 10_000) / 10_000  # what is stated is what is compared


def content_confidence(context: SearchContext, query: QueryVectors, candidate: Candidate) -> float:
    """Return the calibrated probability that a candidate is right, whatever its name."""
    return _calibrated(context, query, _content_probability(context, query, candidate))


def fits_by_meaning(context: SearchContext, query: QueryVectors) -> bool:
    """Whether something is a match for a question without regard to names."""
    if not query.is_embedded:
        return False
    found = context.retriever.candidates(query, 1, context.allowed, (), context.weights)
    return bool(found) and content_confidence(context, query, found[0]) >= confidence.LIKELY_NAME


def _content_probability(
    context: SearchContext, query: QueryVectors, candidate: Candidate
) -> float:
    """Return the probability by meaning; by words if the question could not be embedded."""
    languages = context.allowed.word_languages
    words = count_content_words(query.text, languages)
    if query.is_embedded:
        z_score = context.baseline.z_score(candidate.fused_score)
        return confidence.meaning_probability(z_score, candidate.log_odds, candidate.parts, words)
    has = set().union(*context.retriever.entry_table.stems(candidate.position))
    shared = sum(stem in has for stem in stems_in(query.text, languages))
    return confidence.words_probability(min(shared / max(words, 1), 1.0), words)


def _calibrated(context: SearchContext, query: QueryVectors, probability: float) -> float:
    return context.calibration.apply(probability) if query.is_embedded else probability
