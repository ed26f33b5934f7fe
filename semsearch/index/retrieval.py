"""Retrieval: finds candidates by vectors and by words, and computes every part of their score.

It reads a generation and the live segment as one. It scores; `search/answer.py` sets tiers and
order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from semsearch.core.answers import ScoreParts
from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.entries import Entry
from semsearch.core.positions import PositionFilter, distinct, spread, without
from semsearch.index.ann.engine import FETCH
from semsearch.index.files.postings import QuestionPostings
from semsearch.index.map.projection import landmarks, place
from semsearch.index.query_vectors import QueryVectors
from semsearch.index.segments.multi import (
    MultiAskedAsPhrases,
    MultiNameStems,
    MultiParts,
    MultiPostings,
    MultiSearcher,
    MultiTextVectors,
    MultiTokens,
)
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.index.segments.multi_relations import MultiRelations
from semsearch.index.segments.segment import Segment
from semsearch.models.registry import reads_only_english
from semsearch.ranking.confidence import MAX_ODDS, log_odds_of_shares
from semsearch.ranking.fusion import Scores, fuse, passage_scores, shown_similarity
from semsearch.ranking.weights import PARTS, SHORTLIST, ScoreWeights
from semsearch.text.question_language import languages_of_names
from semsearch.text.word_languages import ENGLISH

NO_NUMBERS: Numbers = np.empty(0, dtype=np.int64)

_AT_A_TIME = 1_000
"""Entries read at once."""
_COMPARED = 65_536
"""Definitions compared at once; their vectors take 100 MB."""

UNREAD_WORDS = np.float32(5)
"""Factor of the BM25 score where the encoder does not read the language of the entries, so that
words tell more than meaning. From 3 to 8 the figures of docs/languages.md are about the same."""

LATE_INTERACTION_DEPTH = 50
"""Candidates whose tokens are compared, which costs more than all other parts. On both halves of
the judged questions 20 rank as well as 100, and 10 a little worse."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry by position, with the parts of its score."""

    position: int
    parts: ScoreParts
    sentence_row: int
    phrase: int
    """Number of its phrase that is nearest to the question, or `NO_PHRASE`."""
    fused_score: float
    """See `ranking/fusion.py`."""
    log_odds: float
    """Log odds that this candidate is the right one of all; see `confidence.log_odds_of_shares`."""
    rank_score: float
    """Orders candidates: the fused score, or one above all others if the reranker has read it."""
    rerank_score: float | None = None
    """Score of the reranker, 0 to 1, if it has read the entry."""

    @property
    def meaning(self) -> float:
        """The similarity that users see."""
        return shown_similarity(self.parts.definition, self.parts.sentence)


class Retriever:
    """A generation and the live segment, ready for search. Thread-safe."""

    def __init__(
        self,
        generation: Segment,
        changed: Segment | None = None,
        deleted: Numbers = NO_NUMBERS,
        *,
        model: str = "",
    ) -> None:
        """Open both segments as one.

        Args:
            generation: the files of most entries.
            changed: the files of entries added or changed since.
            deleted: ascending positions in the generation of entries that were changed or deleted
                since.
            model: name of the encoder, which may read English only.
        """
        self._reads_only_english = reads_only_english(model)
        self.dim = generation.rows.width
        """Length of every vector."""
        self._segments = (generation,) if changed is None else (generation, changed)
        counts = [len(one) for one in self._segments]
        rows = [len(one.rows) for one in self._segments]
        self._deleted = deleted
        self._entry_segments = MultiParts(self._segments, counts)
        self._rows = MultiParts([one.rows for one in self._segments], rows)
        self._row_starts = dict(zip(self._segments, self._rows.starts, strict=True))
        self.entry_table = MultiEntries(
            [s.entry_table for s in self._segments], counts, rows, deleted
        )
        self.relations = MultiRelations(
            self.entry_table, [s.entry_table for s in self._segments], counts, deleted
        )
        self.postings = MultiPostings([s.postings for s in self._segments], counts, deleted)
        self.tokens = MultiTokens([s.tokens for s in self._segments], counts)
        self.name_stems = MultiNameStems([s.name_stems for s in self._segments], counts, deleted)
        self.name_vectors = MultiTextVectors([s.name_vectors for s in self._segments], counts)
        self.searcher = MultiSearcher([s.searcher for s in self._segments], counts, deleted)
        self.phrases = MultiAskedAsPhrases([s.phrases for s in self._segments], counts, deleted)
        self._glossary_at = {s.ranges: name for name, s in self.entry_table.glossaries.items()}

    def close(self) -> None:
        """Close the files; no query may be running."""
        for segment in self._segments:
            segment.close()

    def positions(self, allowed: PositionFilter | None = None) -> Numbers:
        """Return the ascending positions that a filter allows, or all that are not deleted."""
        ranges = allowed.ranges if allowed else (range(self._entry_segments.end),)
        every = np.concatenate([np.arange(one.start, one.stop) for one in ranges])
        return without(every, self._deleted)

    def entries(self, allowed: PositionFilter) -> Iterator[Entry]:
        """Yield every entry that a filter allows, by position, without holding all in memory."""
        positions = self.positions(allowed).tolist()
        for start in range(0, len(positions), _AT_A_TIME):
            yield from self.entry_table.entries(positions[start : start + _AT_A_TIME])

    def vectors(self, rows: Numbers) -> Vectors:
        """Return the vectors of some passages, (n, d)."""
        return self._rows.gather(rows, lambda part, own: part.take(own))

    def definition_vectors(self, positions: Numbers) -> Vectors:
        """Return the vectors of the definitions at some positions, (n, d)."""
        return self.vectors(self._first_rows(positions))

    def nearest_definitions(self, asked: Vectors, allowed: PositionFilter, limit: int) -> Numbers:
        """Return the ascending positions whose definitions are nearest to a question.

        All are compared, some at a time, so that a million need no memory.

        Args:
            asked: the vector of the question, (1, d).
            allowed: the positions compared.
            limit: most positions returned.
        """
        positions = self.positions(allowed)
        if len(positions) > limit:
            scores = np.concatenate(
                [
                    self.definition_vectors(positions[start : start + _COMPARED]) @ asked[0]
                    for start in range(0, len(positions), _COMPARED)
                ]
            )
            positions = positions[np.sort(np.argsort(-scores, kind="stable")[:limit])]
        return positions

    @cached_property
    def places(self) -> NDArray[np.float32]:
        """The place of every entry on the map, (n, 2).

        Live entries stand between their neighbours.
        """
        places = self._segments[0].map
        later = np.arange(len(places), self._entry_segments.end)
        if not len(later):
            return places
        among = landmarks(len(places))
        added = place(self.definition_vectors(later), self.definition_vectors(among), places[among])
        return np.concatenate([places, added.astype("f4")])

    def rows_of(self, position: int) -> range:
        """Return the rows of the passages of an entry, the whole definition first."""
        first = int(self._first_rows(np.array([position]))[0])
        return range(first, first + int(self._counts(np.array([position]))[0]))

    def _first_rows(self, positions: Numbers) -> Numbers:
        return self._entry_segments.gather(
            positions, lambda part, own: part.first_rows[own] + self._row_starts[part]
        )

    def _counts(self, positions: Numbers) -> Numbers:
        """Return the number of passages of each entry."""
        return self._entry_segments.gather(
            positions, lambda part, own: part.first_rows[own + 1] - part.first_rows[own]
        )

    def rivals(self, positions: Numbers) -> Numbers:
        """Return ascending positions that include the nearest neighbours of some entries.

        All positions are returned if search is exact.
        """
        if self.searcher.is_exact:
            return self.positions()
        return self.searcher.nearest(
            self.definition_vectors(positions), FETCH, self.entry_table.everything
        )

    def candidates(
        self,
        question: QueryVectors,
        k: int,
        allowed: PositionFilter,
        also: Collection[int],
        weights: ScoreWeights,
    ) -> list[Candidate]:
        """Return the candidates that vectors, phrases and words propose, with complete scores.

        Args:
            question: the question.
            k: candidates wanted.
            allowed: positions that may answer.
            also: positions to score in any case, because their name matched.
            weights: weights of the parts.

        Returns:
            The k best by fused score, best first, and then the others of `also`.
        """
        words = self.postings.find(question.text, allowed)
        certain = np.array(sorted(also), dtype=np.int64)
        positions = self._proposed(question, words, k, allowed, certain)
        if not len(positions):
            return []
        bm25 = words.scores(positions)
        if self._reads_only_english and ENGLISH not in allowed.word_languages:
            bm25 *= UNREAD_WORDS
        parts, sentences = self._parts(question, positions, bm25)
        parts[:, PARTS.index("asked")], phrases = self.phrases.best(question.vector, positions)
        named = positions.searchsorted(certain)
        inspected = np.arange(len(positions))
        if not weights.is_shallow:
            if len(positions) > LATE_INTERACTION_DEPTH:
                first = fuse(parts, SHORTLIST)
                most_likely = np.lexsort((positions, -first))[:LATE_INTERACTION_DEPTH]
                inspected = distinct(np.concatenate([most_likely, named]))
            self._add_costly_parts(question, positions, parts, inspected, allowed)
        fused = _rank_uninspected_last(fuse(parts, weights), inspected)
        log_odds = np.full(len(positions), -MAX_ODDS)
        log_odds[inspected] = log_odds_of_shares(fused[inspected])
        best = np.lexsort((positions, -fused))[:k]
        chosen = list(dict.fromkeys([*best.tolist(), *named.tolist()]))
        shown = np.round(parts[chosen].astype(np.float64), 6).tolist()
        columns = (positions, sentences, phrases, fused, log_odds)
        rows = zip(shown, *(column[chosen].tolist() for column in columns), strict=True)
        return [
            Candidate(
                position=position,
                parts=ScoreParts(*scores),
                sentence_row=sentence,
                phrase=phrase,
                fused_score=score,
                log_odds=log_odds,
                rank_score=score,
            )
            for scores, position, sentence, phrase, score, log_odds in rows
        ]

    def _proposed(
        self,
        question: QueryVectors,
        words: QuestionPostings,
        k: int,
        allowed: PositionFilter,
        certain: Numbers,
    ) -> Numbers:
        """Return the ascending positions that meaning, phrases or words propose, and `certain`."""
        if not question.is_embedded:
            return distinct(np.concatenate([words.best(FETCH), certain]))
        by_meaning = self.searcher.nearest(question.vector[np.newaxis], k, allowed)
        if len(by_meaning) == len(allowed):
            return by_meaning
        by_phrase = self.phrases.nearest(question.vector, FETCH, allowed)
        return distinct(np.concatenate([by_meaning, by_phrase, words.best(FETCH), certain]))

    def _parts(
        self, question: QueryVectors, positions: Numbers, words: Scores
    ) -> tuple[Scores, Numbers]:
        """Return the cheap parts, (n, len(PARTS)), and the rows of the best sentences."""
        counts = self._counts(positions)
        rows, _ = spread(self._first_rows(positions), counts)
        whole, lead, sentence, best = passage_scores(self.vectors(rows), question.vector, counts)
        parts = np.zeros((len(positions), len(PARTS)), dtype=np.float32)
        for name, column in zip(_CHEAP, (whole, lead, sentence, words), strict=True):
            parts[:, PARTS.index(name)] = column
        return parts, rows[best]

    def _add_costly_parts(
        self,
        question: QueryVectors,
        positions: Numbers,
        parts: Scores,
        inspected: Numbers,
        allowed: PositionFilter,
    ) -> None:
        """Compute the costly parts of the score for some rows."""
        chosen = positions[inspected]
        glossary = self._glossary_at.get(allowed.ranges)  # of all languages
        known = (
            self.entry_table.everything
            if glossary is None
            else self.entry_table.glossaries[glossary]
        )
        tokens, coverage = self.tokens.compare(question.tokens, chosen, glossary, len(known))
        languages = languages_of_names(question.text, allowed.word_languages)
        named = self.name_stems.name_overlap(question.text, chosen, languages)
        term = self.name_vectors.nearest(question.vector, chosen)
        for name, column in zip(_COSTLY, (term, tokens, coverage, named), strict=True):
            parts[inspected, PARTS.index(name)] = column


_CHEAP = ("definition", "lead", "sentence", "words")
_COSTLY = ("term", "tokens", "coverage", "named")


def _rank_uninspected_last(fused: Scores, inspected: Numbers) -> Scores:
    """Lower the scores without the costly parts below all others, so the order ignores k."""
    rest = np.ones(len(fused), dtype=bool)
    rest[inspected] = False
    if rest.any() and len(inspected):
        fused = fused.copy()
        above = max(float(fused[rest].max() - fused[inspected].min()), 0.0)
        fused[rest] -= np.float32(above + 1e-3)
    return fused
