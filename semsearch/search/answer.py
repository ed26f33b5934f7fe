"""Answering: from a question that has been parsed and embedded to an answer.

Decides tiers and order; finding is `index/retrieval`'s, scoring `ranking`'s. `hit_confidence` says
how sure a hit is, `evidence` why it matched, `verdict` puts it in words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from semsearch.core.answers import Answer, Hit, Tier, Verdict
from semsearch.core.errors import EncoderUnavailable, TextRefused
from semsearch.index.query_vectors import QueryVectors
from semsearch.index.retrieval import Candidate
from semsearch.models.encoders.caching import CachingEncoder
from semsearch.ranking import confidence
from semsearch.ranking.rerank_scores import RERANK_DEPTH
from semsearch.ranking.tiers import tier_order, tier_score
from semsearch.ranking.weights import WORDS_AND_NAMES
from semsearch.search.evidence import EvidenceFinder
from semsearch.search.hit_confidence import (
    content_confidence,
    first_hit_confidence,
    fits_by_meaning,
)
from semsearch.search.name_lookup import NameMatch
from semsearch.search.notices import notices_of
from semsearch.search.question_parser import ParsedQuestion
from semsearch.search.rerank import rerank
from semsearch.search.search_context import SearchContext
from semsearch.search.verdict import verdict_of

EXACT_SPELLING_BONUS = 10.0
"""Bonus that ranks an exact spelling before all other names of its tier; larger than any fused
score."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A question and the options of its answer; see `Glossary.ask`."""

    question: str
    k: int = 10
    glossary: str | None = None
    min_confidence: float = confidence.THRESHOLD
    language: str | None = None


@dataclass(frozen=True, slots=True)
class EmbeddedQuery:
    """A question that has been parsed and embedded, and where it is to be answered."""

    k: int
    context: SearchContext
    parsed: ParsedQuestion
    query: QueryVectors
    is_remembered: bool
    """Whether its vector was known from an earlier question."""

    def rank(self) -> Ranking:
        """Find the candidates and their order, the first half of the work."""
        parsed = self.parsed
        if parsed.is_fallback and fits_by_meaning(self.context, self.query):
            parsed = replace(parsed, names={})
        return _rank(self.context, parsed, self.query, self.k)

    @classmethod
    def without_vector(cls, k: int, context: SearchContext, parsed: ParsedQuestion) -> Self:
        """Return a question that could not be embedded, and is answered by words and names."""
        by_words = replace(context, weights=WORDS_AND_NAMES)
        query = QueryVectors.without_vector(parsed.read_as, context.retriever.dim)
        return cls(k, by_words, parsed, query, is_remembered=False)

    def answer(self) -> Answer:
        """Search, and put the answer together."""
        return self.rank().answer()


def embed_all(
    ks: Sequence[int],
    contexts: Sequence[SearchContext],
    parsed: Sequence[ParsedQuestion],
    encoder: CachingEncoder,
) -> list[EmbeddedQuery]:
    """Embed several parsed questions in one batch.

    If an embeddings server is away, those whose vector is not in the cache have none; if it refuses
    the batch, those that it refuses alone.
    """
    texts = [one.read_as for one in parsed]
    known = [encoder.remembers(text) for text in texts]
    try:
        queries = QueryVectors.all_of(texts, encoder.encode_questions(texts))
    except EncoderUnavailable as error:
        if len(texts) > 1 and (any(known) or isinstance(error, TextRefused)):
            each = zip(ks, contexts, parsed, strict=True)
            return [embed_all([k], [where], [one], encoder)[0] for k, where, one in each]
        return list(map(EmbeddedQuery.without_vector, ks, contexts, parsed))
    return list(map(EmbeddedQuery, ks, contexts, parsed, queries, known))


def parse(context: SearchContext, question: str, is_word: Callable[[str], bool]) -> ParsedQuestion:
    """Parse a question, unless the weights leave names out; see `QuestionParser.parse`."""
    if not context.weights.names:
        return ParsedQuestion(question, question, {})
    return context.parser.parse(question, context.allowed, is_word)


def _rank(context: SearchContext, parsed: ParsedQuestion, query: QueryVectors, k: int) -> Ranking:
    """Find the candidates for a question, and order them by tier and strength."""
    matches = parsed.names
    fetch = max(k, RERANK_DEPTH + len(matches)) if context.reranker else k
    candidates = context.retriever.candidates(
        query, fetch, context.allowed, matches, context.weights
    )
    other = Tier.NEAREST if parsed.is_misspelt or parsed.is_comparison else Tier.MEANING
    at = (c.position for c in candidates)
    tiers = {p: matches[p].tier if p in matches else other for p in at}
    if context.reranker:
        found = [c for c in candidates if tiers[c.position] is Tier.MEANING]
        reread = rerank(context.reranker, query.text, found, context.retriever.entry_table)
        candidates = [*{c.position: c for c in (*candidates, *reread)}.values()]
    strengths = {c.position: _strength(c, matches.get(c.position)) for c in candidates}
    candidates.sort(key=lambda c: (-strengths[c.position], -c.rank_score, c.position))
    candidates.sort(key=lambda c: tier_order(tiers[c.position]))
    return Ranking(context, parsed, query, candidates, tiers, k)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates for a question in their order, with their tiers by position."""

    context: SearchContext
    parsed: ParsedQuestion
    query: QueryVectors
    candidates: list[Candidate]
    tiers: dict[int, Tier]
    k: int

    def answer(self) -> Answer:
        """Return the answer with at most k hits."""
        parsed = self.parsed
        probability, verdict = 0.0, Verdict.NONE
        if self.candidates:
            first = self.candidates[0]
            tier, match = self.tiers[first.position], parsed.names.get(first.position)
            probability = first_hit_confidence(self.context, self.query, first, tier, match)
            if parsed.has_unknown_name:
                probability = min(probability, confidence.MAX_PARTIAL_COMPARISON)
            verdict = verdict_of(parsed, tier, probability, self.context.min_confidence)
        repaired = None if parsed.read_as == parsed.question else parsed.read_as
        tags = self.context.allowed.tags
        notices = notices_of(parsed.question, self.query, tags, verdict)
        hits = self._hits(verdict)
        return Answer(parsed.question, verdict, probability, hits, repaired, notices)

    def _hits(self, verdict: Verdict) -> tuple[Hit, ...]:
        """Return the first k candidates as hits."""
        candidates = self.candidates[: self.k]
        if not candidates:
            return ()
        names = self.parsed.names
        entries = self.context.retriever.entry_table.entries([c.position for c in candidates])
        found = EvidenceFinder(self.context, self.query, names).all_of(candidates, entries)
        hits = []
        rows = zip(candidates, entries, found, strict=True)
        for rank, (c, entry, evidence) in enumerate(rows, 1):
            strength = _strength(c, names.get(c.position))
            score = round(tier_score(self.tiers[c.position], strength), 6)
            label = self._label(c, rank, verdict)
            hits.append(Hit(rank, entry, score, round(c.meaning, 6), label, evidence))
        return tuple(hits)

    def _label(self, candidate: Candidate, rank: int, verdict: Verdict) -> Tier:
        """Return the displayed tier: `nearest` for hits that do not match. Ranks stay.

        Without a close match that is every hit; otherwise each later hit below one chance in
        twenty.
        """
        if verdict is Verdict.NONE:
            return Tier.NEAREST
        tier = self.tiers[candidate.position]
        if tier is not Tier.MEANING or rank == 1:
            return tier
        chance = content_confidence(self.context, self.query, candidate)
        matches = chance >= self.context.min_confidence * confidence.ALTERNATIVE
        return Tier.MEANING if matches else Tier.NEAREST


def _strength(candidate: Candidate, name: NameMatch | None) -> float:
    """What orders a candidate within its tier: its name, if that says so, or the fused score."""
    if name is None:
        return candidate.rank_score
    strength = candidate.rank_score if name.order is None else name.order
    return strength + EXACT_SPELLING_BONUS if name.is_as_written else strength
