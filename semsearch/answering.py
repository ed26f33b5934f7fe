"""Answering: from a question that has been read and embedded to an answer.

Decides tiers, order, evidence and confidence; finding is `retrieval`'s, scoring `ranking`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from semsearch.encoders.base import Encoder
from semsearch.ranking import confidence
from semsearch.ranking.background import Background
from semsearch.ranking.recipe import Recipe
from semsearch.ranking.reranking import DEPTH
from semsearch.ranking.tiers import tier_score
from semsearch.reading import NameFinder, NameMatch, Reading
from semsearch.rerankers.base import Reranker
from semsearch.reranking import rerank
from semsearch.retrieval import Candidate, Question, Retriever
from semsearch.stems import question_stems
from semsearch.storage.words import shared_words
from semsearch.types import Answer, Evidence, Hit, Span, Tier

_TIER_ORDER = {tier: i for i, tier in enumerate(Tier)}


@dataclass(frozen=True, slots=True)
class Search:
    """Where and how questions are answered."""

    retriever: Retriever
    recipe: Recipe
    reranker: Reranker | None
    within: range
    background: Background


def read(
    names: NameFinder, question: str, within: range, encoder: Encoder, recipe: Recipe
) -> Reading:
    """Read a question, unless the recipe leaves names out."""
    if not recipe.names:
        return Reading(question, question, {})
    return names.read(question, within, encoder.is_word)


def answer(search: Search, reading: Reading, question: Question, k: int) -> Answer:
    """Answer one question with at most k hits."""
    names = reading.names
    candidates, tiers = _ranked(search, reading, question, k)
    hits = _hits(search, question.text, candidates[:k], tiers, names)
    sure = 0.0
    if hits:
        standout = search.background.standout(hits[0].similarity)
        coverage = confidence.coverage_of(question.text, hits[0].evidence.words)
        resemblance = names[candidates[0].position].certainty if hits[0].evidence.name else 0.0
        sure = confidence.of_first_hit(hits[0].matched_by, standout, coverage, resemblance)
    if sure < confidence.THRESHOLD:
        hits = tuple(_as_nearest(hit) for hit in hits)
    repaired = None if reading.text == reading.question else reading.text
    return Answer(reading.question, sure < confidence.THRESHOLD, round(sure, 4), hits, repaired)


def _ranked(
    search: Search, reading: Reading, question: Question, k: int
) -> tuple[list[Candidate], dict[int, Tier]]:
    """Return candidates in the order of their ranks, and the tier of each position."""
    names = reading.names
    fetch = max(k, DEPTH + len(names)) if search.reranker else k
    candidates = search.retriever.candidates(question, fetch, search.within, names, search.recipe)
    other = Tier.NEAREST if reading.is_guess else Tier.MEANING
    at = (c.position for c in candidates)
    tiers = {p: names[p].tier if p in names else other for p in at}
    if search.reranker:
        found = [c for c in candidates if tiers[c.position] is Tier.MEANING]
        reread = rerank(search.reranker, question.text, found, search.retriever.snapshot)
        candidates = [*{c.position: c for c in (*candidates, *reread)}.values()]
    strengths = {c.position: _strength(c, names.get(c.position)) for c in candidates}
    candidates.sort(key=lambda c: (-strengths[c.position], -c.fused, c.position))
    candidates.sort(key=lambda c: _TIER_ORDER[tiers[c.position]])
    return candidates, tiers


def _hits(
    search: Search,
    question: str,
    candidates: list[Candidate],
    tiers: dict[int, Tier],
    names: dict[int, NameMatch],
) -> tuple[Hit, ...]:
    if not candidates:
        return ()
    snapshot = search.retriever.snapshot
    entries = snapshot.entries([c.position for c in candidates])
    places = snapshot.passages([c.sentence_row for c in candidates])
    asked = frozenset(question_stems(question))
    hits = []
    for rank, (c, entry, place) in enumerate(zip(candidates, entries, places, strict=True), 1):
        tier = tiers[c.position]
        named = names.get(c.position)
        shares_words = c.parts.words > 0
        evidence = Evidence(
            name=named.label if named else None,
            words=shared_words(asked, snapshot.stems(c.position)) if shares_words else (),
            sentence=Span(*place, entry.definition[slice(*place)]),
            parts=c.parts,
            rerank_score=None if c.rerank_score is None else round(c.rerank_score, 6),
        )
        score = round(tier_score(tier, _strength(c, named)), 6)
        hits.append(Hit(rank, entry, score, round(c.meaning, 6), tier, evidence))
    return tuple(hits)


def _strength(candidate: Candidate, name: NameMatch | None) -> float:
    """What orders a candidate within its tier: how likely its name was meant, or the fused score."""
    return name.share if name is not None and name.tier is Tier.FUZZY else candidate.fused


def _as_nearest(hit: Hit) -> Hit:
    """Label a hit below the threshold; its place stays."""
    return replace(hit, matched_by=Tier.NEAREST)
