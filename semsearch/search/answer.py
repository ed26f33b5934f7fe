"""Answering: from a question that has been read and embedded to an answer.

Decides tiers, order, evidence and confidence; finding is `retrieval`'s, scoring `ranking`'s.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from semsearch.core.answers import Answer, Evidence, Hit, Span, Tier, Verdict
from semsearch.core.entries import Entry
from semsearch.core.positions import PositionFilter
from semsearch.index.files.postings import shared_words
from semsearch.index.retrieval import Candidate, QueryVectors, Retriever
from semsearch.models.rerankers.base import Reranker
from semsearch.ranking import confidence
from semsearch.ranking.confidence import Calibration
from semsearch.ranking.match_kinds import tier_order, tier_score
from semsearch.ranking.rerank_scores import DEPTH
from semsearch.ranking.similarity_baseline import Baseline
from semsearch.ranking.weights import ScoreWeights
from semsearch.search.name_lookup import NameMatch
from semsearch.search.query import QuestionReader, Reading
from semsearch.search.rerank import rerank
from semsearch.search.verdict import verdict_of
from semsearch.text.passages import phrases_of
from semsearch.text.stems import question_stems, words_with_stems

EXACT_SPELLING_BONUS = 10.0
"""What puts a name that is written just as it was asked for before any other: more than a fused
score can be."""

MIN_PHRASE_COSINE = 0.4
"""Cosine from which an asked-as phrase is shown as evidence; below it has little to do with the
question."""


@dataclass(frozen=True, slots=True)
class SearchContext:
    """Where and how questions are answered."""

    retriever: Retriever
    names: QuestionReader
    weights: ScoreWeights
    reranker: Reranker | None
    allowed: PositionFilter
    baseline: Baseline
    calibration: Calibration
    min_confidence: float
    """Below it an answer says "no close match"; it labels, and moves nothing."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A question with what is wanted of its answer; see `Glossary.ask`."""

    question: str
    k: int = 10
    glossary: str | None = None
    min_confidence: float = confidence.THRESHOLD
    language: str | None = None


@dataclass(frozen=True, slots=True)
class EmbeddedQuery:
    """A question that has been read and embedded, and where it is to be answered."""

    k: int
    search: SearchContext
    reading: Reading
    question: QueryVectors
    is_remembered: bool
    """Whether its vector was known from an earlier question."""

    def answer(self) -> Answer:
        """Search, and put the answer together."""
        return answer(self.search, self.reading, self.question, self.k)


def read(search: SearchContext, question: str, is_word: Callable[[str], bool]) -> Reading:
    """Read a question, unless the weights leave names out; see `QuestionReader.read`."""
    if not search.weights.names:
        return Reading(question, question, {})
    return search.names.read(question, search.allowed, is_word)


def answer(search: SearchContext, reading: Reading, question: QueryVectors, k: int) -> Answer:
    """Answer one question with at most k hits."""
    if reading.is_fallback and _fits_by_meaning(search, question):
        reading = replace(reading, names={})
    names = reading.names
    candidates, tiers = _ranked(search, reading, question, k)
    sure = _confidence(search, question.text, candidates[0], tiers, names) if candidates else 0.0
    sure = min(sure, confidence.MAX_PARTIAL_COMPARISON) if reading.has_unknown_name else sure
    verdict = (
        verdict_of(reading, tiers[candidates[0].position], sure, search.min_confidence)
        if candidates
        else Verdict.NONE
    )
    hits = _hits(search, question.text, candidates[:k], tiers, names, verdict)
    repaired = None if reading.text == reading.question else reading.text
    return Answer(reading.question, verdict, sure, hits, repaired)


def _confidence(
    search: SearchContext,
    question: str,
    first: Candidate,
    tiers: dict[int, Tier],
    names: dict[int, NameMatch],
) -> float:
    """Return the probability that the first candidate is right.

    A calibration was learned from answers by meaning, so a name, also a misspelt one, keeps its
    own.
    """
    named = names.get(first.position)
    by_name = named.certainty if named else 0.0
    by_meaning = _by_meaning(search, question, first)
    sure = confidence.first_hit_probability(tiers[first.position], by_meaning, by_name)
    sure = sure if named else search.calibration.apply(sure)
    return math.floor(sure * 10_000) / 10_000  # what is stated is what is compared


def _by_meaning(search: SearchContext, question: str, candidate: Candidate) -> float:
    """Return the probability that something fits and that it is this candidate."""
    z_score = search.baseline.z_score(candidate.fit)
    words = len(question_stems(question))
    return confidence.meaning_probability(z_score, candidate.odds, candidate.parts, words)


def _fits_by_meaning(search: SearchContext, question: QueryVectors) -> bool:
    """Whether something is a match for a question without regard to names."""
    found = search.retriever.candidates(question, 1, search.allowed, (), search.weights)
    if not found:
        return False
    sure = search.calibration.apply(_by_meaning(search, question.text, found[0]))
    return sure >= confidence.LIKELY_NAME


def _label(
    search: SearchContext,
    question: str,
    candidate: Candidate,
    tier: Tier,
    rank: int,
    verdict: Verdict,
) -> Tier:
    """Return the tier a hit is shown with: `nearest` if it does not match. Its place stays.

    When nothing fits that is every hit; else those behind the first that are hardly what was meant.
    """
    if verdict is Verdict.NONE:
        return Tier.NEAREST
    if tier is not Tier.MEANING or rank == 1:
        return tier
    chance = search.calibration.apply(_by_meaning(search, question, candidate))
    matches = chance >= search.min_confidence * confidence.ALTERNATIVE
    return Tier.MEANING if matches else Tier.NEAREST


def _ranked(
    search: SearchContext, reading: Reading, question: QueryVectors, k: int
) -> tuple[list[Candidate], dict[int, Tier]]:
    """Return candidates in the order of their ranks, and the tier of each position."""
    names = reading.names
    fetch = max(k, DEPTH + len(names)) if search.reranker else k
    candidates = search.retriever.candidates(question, fetch, search.allowed, names, search.weights)
    other = Tier.NEAREST if reading.is_misspelt or reading.is_comparison else Tier.MEANING
    at = (c.position for c in candidates)
    tiers = {p: names[p].tier if p in names else other for p in at}
    if search.reranker:
        found = [c for c in candidates if tiers[c.position] is Tier.MEANING]
        reread = rerank(search.reranker, question.text, found, search.retriever.snapshot)
        candidates = [*{c.position: c for c in (*candidates, *reread)}.values()]
    strengths = {c.position: _strength(c, names.get(c.position)) for c in candidates}
    candidates.sort(key=lambda c: (-strengths[c.position], -c.fused, c.position))
    candidates.sort(key=lambda c: tier_order(tiers[c.position]))
    return candidates, tiers


def _hits(
    search: SearchContext,
    question: str,
    candidates: list[Candidate],
    tiers: dict[int, Tier],
    names: dict[int, NameMatch],
    verdict: Verdict,
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
        text, term = entry.definition, entry.term
        evidence = Evidence(
            name=named.label if named else None,
            words=shared_words(asked, text, snapshot.stems(c.position)) if shares_words else (),
            term_words=shared_words(asked, term, words_with_stems(term)) if shares_words else (),
            sentence=Span(*place, text[slice(*place)]),
            phrase=_phrase(c, entry),
            parts=c.parts,
            rerank_score=None if c.rerank_score is None else round(c.rerank_score, 6),
        )
        score = round(tier_score(tier, _strength(c, named)), 6)
        label = _label(search, question, c, tier, rank, verdict)
        hits.append(Hit(rank, entry, score, round(c.meaning, 6), label, evidence))
    return tuple(hits)


def _phrase(candidate: Candidate, entry: Entry) -> str | None:
    """Return the phrase of an entry that speaks for it, if one does."""
    if candidate.parts.asked <= MIN_PHRASE_COSINE:
        return None
    return phrases_of(entry)[candidate.phrase]


def _strength(candidate: Candidate, name: NameMatch | None) -> float:
    """What orders a candidate within its tier: its name, if that says so, or the fused score."""
    if name is None:
        return candidate.fused
    strength = candidate.fused if name.order is None else name.order
    return strength + EXACT_SPELLING_BONUS if name.is_as_written else strength
