"""Answering: from a question that has been parsed and embedded to an answer.

Decides tiers, order, evidence and confidence; finding is `retrieval`'s, scoring `ranking`'s.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from semsearch.core.answers import Answer, Evidence, Hit, Span, Tier, Verdict
from semsearch.core.entries import Entry
from semsearch.core.errors import EncoderUnavailable, TextRefused
from semsearch.core.positions import PositionFilter
from semsearch.index.query_vectors import QueryVectors
from semsearch.index.retrieval import Candidate, Retriever
from semsearch.models.encoders.caching import CachingEncoder
from semsearch.models.rerankers.base import Reranker
from semsearch.ranking import confidence
from semsearch.ranking.confidence import Calibration
from semsearch.ranking.rerank_scores import RERANK_DEPTH
from semsearch.ranking.similarity_baseline import Baseline
from semsearch.ranking.tiers import tier_order, tier_score
from semsearch.ranking.weights import WORDS_AND_NAMES, ScoreWeights
from semsearch.search.name_lookup import NameMatch
from semsearch.search.notices import notices_of
from semsearch.search.question_parser import ParsedQuestion, QuestionParser
from semsearch.search.rerank import rerank
from semsearch.search.verdict import verdict_of
from semsearch.text.passages import phrases_of
from semsearch.text.stems import count_content_words, shared_words, stems_in

EXACT_SPELLING_BONUS = 10.0
"""Bonus that ranks an exact spelling before all other names of its tier; larger than any fused
score."""

MIN_PHRASE_COSINE = 0.4
"""Least cosine of an asked-as phrase that is shown as evidence; one below it is hardly related."""


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
    question: QueryVectors
    is_remembered: bool
    """Whether its vector was known from an earlier question."""

    def rank(self) -> Ranking:
        """Find the candidates and their order, the first half of the work."""
        parsed = self.parsed
        if parsed.is_fallback and _fits_by_meaning(self.context, self.question):
            parsed = replace(parsed, names={})
        return _rank(self.context, parsed, self.question, self.k)

    @classmethod
    def without_vector(cls, k: int, context: SearchContext, parsed: ParsedQuestion) -> Self:
        """Return a question that could not be embedded, and is answered by words and names."""
        by_words = replace(context, weights=WORDS_AND_NAMES)
        question = QueryVectors.without_vector(parsed.text, context.retriever.dim)
        return cls(k, by_words, parsed, question, is_remembered=False)

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
    texts = [one.text for one in parsed]
    known = [encoder.remembers(text) for text in texts]
    try:
        questions = QueryVectors.all_of(texts, encoder.encode_questions(texts))
    except EncoderUnavailable as error:
        if len(texts) > 1 and (any(known) or isinstance(error, TextRefused)):
            each = zip(ks, contexts, parsed, strict=True)
            return [embed_all([k], [where], [one], encoder)[0] for k, where, one in each]
        return list(map(EmbeddedQuery.without_vector, ks, contexts, parsed))
    return list(map(EmbeddedQuery, ks, contexts, parsed, questions, known))


def parse(context: SearchContext, question: str, is_word: Callable[[str], bool]) -> ParsedQuestion:
    """Parse a question, unless the weights leave names out; see `QuestionParser.parse`."""
    if not context.weights.names:
        return ParsedQuestion(question, question, {})
    return context.parser.parse(question, context.allowed, is_word)


def _rank(
    context: SearchContext, parsed: ParsedQuestion, question: QueryVectors, k: int
) -> Ranking:
    """Find the candidates for a question, and order them by tier and strength."""
    matches = parsed.names
    fetch = max(k, RERANK_DEPTH + len(matches)) if context.reranker else k
    candidates = context.retriever.candidates(
        question, fetch, context.allowed, matches, context.weights
    )
    other = Tier.NEAREST if parsed.is_misspelt or parsed.is_comparison else Tier.MEANING
    at = (c.position for c in candidates)
    tiers = {p: matches[p].tier if p in matches else other for p in at}
    if context.reranker:
        found = [c for c in candidates if tiers[c.position] is Tier.MEANING]
        reread = rerank(context.reranker, question.text, found, context.retriever.entry_table)
        candidates = [*{c.position: c for c in (*candidates, *reread)}.values()]
    strengths = {c.position: _strength(c, matches.get(c.position)) for c in candidates}
    candidates.sort(key=lambda c: (-strengths[c.position], -c.fused, c.position))
    candidates.sort(key=lambda c: tier_order(tiers[c.position]))
    return Ranking(context, parsed, question, candidates, tiers, k)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates for a question in their order, with their tiers by position."""

    context: SearchContext
    parsed: ParsedQuestion
    question: QueryVectors
    candidates: list[Candidate]
    tiers: dict[int, Tier]
    k: int

    def answer(self) -> Answer:
        """Return the answer with at most k hits."""
        parsed = self.parsed
        probability, verdict = 0.0, Verdict.NONE
        if self.candidates:
            probability = self._confidence()
            if parsed.has_unknown_name:
                probability = min(probability, confidence.MAX_PARTIAL_COMPARISON)
            tier = self.tiers[self.candidates[0].position]
            verdict = verdict_of(parsed, tier, probability, self.context.min_confidence)
        repaired = None if parsed.text == parsed.question else parsed.text
        tags = self.context.allowed.tags
        notices = notices_of(parsed.question, self.question, tags, verdict)
        hits = self._hits(verdict)
        return Answer(parsed.question, verdict, probability, hits, repaired, notices)

    def _confidence(self) -> float:
        """Return the probability that the first candidate is right.

        A calibration was learned from answers by meaning, so a name, also a misspelt one, keeps its
        own.
        """
        first = self.candidates[0]
        match = self.parsed.names.get(first.position)
        by_name = match.certainty if match else 0.0
        by_meaning = self._without_name(first)
        tier = self.tiers[first.position]
        probability = confidence.first_hit_probability(tier, by_meaning, by_name)
        probability = probability if match else self._calibrated(probability)
        return math.floor(probability * 10_000) / 10_000  # what is stated is what is compared

    def _without_name(self, candidate: Candidate) -> float:
        """Return the probability that a candidate is right, whatever its name."""
        question = self.question
        if question.is_embedded:
            return _by_meaning(self.context, question.text, candidate)
        languages = self.context.allowed.word_languages
        asked = stems_in(question.text, languages)
        has = set().union(*self.context.retriever.entry_table.stems(candidate.position))
        words = count_content_words(question.text, languages)
        share = min(sum(one in has for one in asked) / max(words, 1), 1.0)
        return confidence.words_probability(share, words)

    def _calibrated(self, probability: float) -> float:
        """Return a probability as calibrated; a calibration was learned from embedded questions."""
        is_embedded = self.question.is_embedded
        return self.context.calibration.apply(probability) if is_embedded else probability

    def _hits(self, verdict: Verdict) -> tuple[Hit, ...]:
        """Return the first k candidates as hits."""
        candidates = self.candidates[: self.k]
        if not candidates:
            return ()
        table = self.context.retriever.entry_table
        entries = table.entries([c.position for c in candidates])
        places = table.passages([self._sentence_row(c) for c in candidates])
        asked = stems_in(self.question.text, self.context.allowed.word_languages)
        hits = []
        for rank, (c, entry, place) in enumerate(zip(candidates, entries, places, strict=True), 1):
            match = self.parsed.names.get(c.position)
            text, term = entry.definition, entry.term
            words: tuple[Span, ...] = ()
            term_words: tuple[Span, ...] = ()
            if c.parts.words:
                in_text, in_term = table.stems(c.position)
                words = shared_words(asked, text, in_text)
                term_words = shared_words(asked, term, in_term)
            phrase, common_question = self._phrases(c, entry)
            evidence = Evidence(
                name=match.label if match else None,
                words=words,
                term_words=term_words,
                sentence=Span(*place, text[slice(*place)]),
                phrase=phrase,
                common_question=common_question,
                parts=c.parts,
                rerank_score=None if c.rerank_score is None else round(c.rerank_score, 6),
            )
            score = round(tier_score(self.tiers[c.position], _strength(c, match)), 6)
            label = self._label(c, rank, verdict)
            hits.append(Hit(rank, entry, score, round(c.meaning, 6), label, evidence))
        return tuple(hits)

    def _phrases(self, candidate: Candidate, entry: Entry) -> tuple[str | None, str | None]:
        """Return the asked-as phrase that speaks for an entry, or its common question, if any."""
        if candidate.parts.asked <= MIN_PHRASE_COSINE:
            return None, None
        own, number = phrases_of(entry), candidate.phrase
        if number < len(own):
            return own[number], None
        table = self.context.retriever.entry_table
        return None, table.common_question(candidate.position, number - len(own))

    def _sentence_row(self, candidate: Candidate) -> int:
        """Return the row of the sentence to show: the first one if the question is a name.

        Whoever asks for a name wants to know what it means. The sentence nearest to the bare name
        is often one that only mentions it.
        """
        match = self.parsed.names.get(candidate.position)
        if match is None or not match.is_whole:
            return candidate.sentence_row
        rows = self.context.retriever.rows_of(candidate.position)
        return rows[:2][-1]  # row 0 is the whole definition, row 1 its first sentence

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
        chance = self._calibrated(self._without_name(candidate))
        matches = chance >= self.context.min_confidence * confidence.ALTERNATIVE
        return Tier.MEANING if matches else Tier.NEAREST


def _by_meaning(context: SearchContext, question: str, candidate: Candidate) -> float:
    """Return the probability that something fits and that it is this candidate."""
    z_score = context.baseline.z_score(candidate.base_score)
    words = count_content_words(question, context.allowed.word_languages)
    return confidence.meaning_probability(z_score, candidate.log_odds, candidate.parts, words)


def _fits_by_meaning(context: SearchContext, question: QueryVectors) -> bool:
    """Whether something is a match for a question without regard to names."""
    if not question.is_embedded:
        return False
    found = context.retriever.candidates(question, 1, context.allowed, (), context.weights)
    if not found:
        return False
    probability = context.calibration.apply(_by_meaning(context, question.text, found[0]))
    return probability >= confidence.LIKELY_NAME


def _strength(candidate: Candidate, name: NameMatch | None) -> float:
    """What orders a candidate within its tier: its name, if that says so, or the fused score."""
    if name is None:
        return candidate.fused
    strength = candidate.fused if name.order is None else name.order
    return strength + EXACT_SPELLING_BONUS if name.is_as_written else strength
