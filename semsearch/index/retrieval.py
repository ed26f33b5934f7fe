"""Candidates: who could answer a question by meaning and by words, with every part of the score.

Holds handles on the files of a generation, and on those of what has been changed since. It finds and scores; ordering is
not its own (`answering`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from semsearch.core.answers import ScoreParts
from semsearch.core.arrays import Encoded, Numbers, Tokens, Vectors
from semsearch.core.entries import Entry
from semsearch.core.positions import PositionFilter, live
from semsearch.index.ann.engine import FETCH
from semsearch.index.map.projection import landmarks, place
from semsearch.index.segments.multi import (
    MultiNameStems,
    MultiParts,
    MultiPhrases,
    MultiPostings,
    MultiSearcher,
    MultiTokens,
)
from semsearch.index.segments.multi_entries import MultiEntries
from semsearch.index.segments.multi_relations import MultiRelations
from semsearch.index.segments.segment import Segment
from semsearch.ranking.confidence import MAX_ODDS, odds_of
from semsearch.ranking.fusion import Scores, fuse, passage_scores
from semsearch.ranking.weights import PARTS, SHORTLIST, ScoreWeights

NO_NUMBERS: Numbers = np.empty(0, dtype=np.int64)

_AT_A_TIME = 1_000
"""Entries read at once."""

CLOSER_LOOK = 50
"""Candidates whose tokens are compared, which costs more than all the rest. On both halves of the judged
questions 20 of them rank as 100 do, and 10 a little worse."""


@dataclass(frozen=True, slots=True)
class QueryVectors:
    """One question as retrieval needs it: its text, its unit vector (d,) and its tokens."""

    text: str
    vector: Vectors
    tokens: Tokens

    @classmethod
    def all_of(cls, texts: list[str], encoded: Encoded) -> list[QueryVectors]:
        """Bring texts together with what an encoder made of them."""
        return [cls(*one) for one in zip(texts, encoded.vectors, encoded.tokens, strict=True)]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry by position, and everything known about how it fits a question."""

    position: int
    parts: ScoreParts
    sentence_row: int
    phrase: int
    """Which of its phrases is nearest to the question, or `NO_PHRASE`."""
    fused: float
    odds: float
    """Log odds that it is this one rather than another candidate; see `confidence.odds_of`."""
    fit: float
    """The fused score, whatever a reranker does to `fused`."""
    rerank_score: float | None = None
    """What the reranker says, 0 to 1, if one has read the entry; `fused` is then above all others."""

    @property
    def meaning(self) -> float:
        """The similarity that is shown."""
        return (self.parts.definition + self.parts.sentence) / 2


class Retriever:
    """A generation and what has been changed since, ready to be searched from several threads."""

    def __init__(
        self, generation: Segment, changed: Segment | None = None, deleted: Numbers = NO_NUMBERS
    ) -> None:
        """Take what answers.

        Args:
            generation: the derived files of most entries.
            changed: those of the entries that were added or changed since.
            deleted: positions of the generation whose entries were changed or deleted since, ascending.
        """
        self._segments = (generation,) if changed is None else (generation, changed)
        counts = [len(one) for one in self._segments]
        rows = [len(one.rows.all) for one in self._segments]
        self._hidden = deleted
        self._layers = MultiParts(self._segments, counts)
        self._rows = MultiParts([one.rows for one in self._segments], rows)
        self._row_starts = dict(zip(self._segments, self._rows.starts, strict=True))
        self.snapshot = MultiEntries([s.snapshot for s in self._segments], counts, rows, deleted)
        self.relations = MultiRelations(
            self.snapshot, [s.snapshot for s in self._segments], counts, deleted
        )
        self.words = MultiPostings([s.words for s in self._segments], counts, deleted)
        self.tokens = MultiTokens([s.tokens for s in self._segments], counts)
        self.name_stems = MultiNameStems([s.name_stems for s in self._segments], counts)
        self.finder = MultiSearcher([s.finder for s in self._segments], counts, deleted)
        self.phrases = MultiPhrases([s.phrases for s in self._segments], counts, deleted)
        self._glossary_at = {s.ranges: name for name, s in self.snapshot.glossaries.items()}

    def close(self) -> None:
        """Close the files; no question may be under way."""
        for segment in self._segments:
            segment.close()

    def positions(self, within: PositionFilter | None = None) -> Numbers:
        """Return every position that may answer, in a scope or in all, ascending."""
        ranges = within.ranges if within else (range(self._layers.end),)
        every = np.concatenate([np.arange(one.start, one.stop) for one in ranges])
        return live(every, self._hidden)

    def entries(self, within: PositionFilter) -> Iterator[Entry]:
        """Yield every entry of a scope, in order, without holding all of them."""
        positions = self.positions(within).tolist()
        for start in range(0, len(positions), _AT_A_TIME):
            yield from self.snapshot.entries(positions[start : start + _AT_A_TIME])

    def vectors(self, rows: Numbers) -> Vectors:
        """Return the vectors of some passages, (n, d)."""
        return self._rows.gather(rows, lambda part, own: part.take(own))

    def definition_vectors(self, positions: Numbers) -> Vectors:
        """Return the vectors of the whole definitions at some positions, (n, d)."""
        return self.vectors(self._first_rows(positions))

    @cached_property
    def places(self) -> NDArray[np.float32]:
        """Where every entry stands on the map, (n, 2); what was changed since the generation is placed by its neighbours."""
        places = self._segments[0].map
        later = np.arange(len(places), self._layers.end)
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
        return self._layers.gather(
            positions, lambda part, own: part.first_rows[own] + self._row_starts[part]
        )

    def _counts(self, positions: Numbers) -> Numbers:
        """Return how many passages entries have."""
        return self._layers.gather(
            positions, lambda part, own: part.first_rows[own + 1] - part.first_rows[own]
        )

    def rivals(self, positions: Numbers) -> Numbers:
        """Return entries among which the nearest of some positions are, ascending: all if all are compared anyway."""
        if self.finder.is_exact:
            return self.positions()
        return self.finder.nearest(
            self.definition_vectors(positions), FETCH, self.snapshot.everything
        )

    def candidates(
        self,
        question: QueryVectors,
        k: int,
        within: PositionFilter,
        also: Collection[int],
        recipe: ScoreWeights,
    ) -> list[Candidate]:
        """Find what meaning, phrases and words propose, fully scored.

        Args:
            question: what is asked.
            k: candidates wanted.
            within: positions that may answer.
            also: positions to score in any case, because their name matched.
            recipe: how the parts of the score are put together.

        Returns:
            The k best by fused score, best first, and those of `also` that are not among them.
        """
        words = self.words.find(question.text, within)
        by_words = words.best(FETCH)
        by_meaning = self.finder.nearest(question.vector[np.newaxis], k, within)
        by_phrase = self.phrases.nearest(question.vector, FETCH, within)
        certain = np.array(sorted(also), dtype=np.int64)
        positions = np.unique(np.concatenate([by_meaning, by_phrase, by_words, certain]))
        if not len(positions):
            return []
        parts, sentences = self._parts(question, positions, words.scores(positions))
        parts[:, PARTS.index("asked")], phrases = self.phrases.best(question.vector, positions)
        named = np.searchsorted(positions, certain)
        looked_at = np.arange(len(positions))
        if not recipe.is_shallow:
            first = fuse(parts, SHORTLIST)
            looked_at = np.union1d(np.lexsort((positions, -first))[:CLOSER_LOOK], named)
            self._look_closer(question, positions, parts, looked_at, within)
        fused = _ranked_apart(fuse(parts, recipe), looked_at)
        odds = np.full(len(positions), -MAX_ODDS)
        odds[looked_at] = odds_of(fused[looked_at])
        best = np.lexsort((positions, -fused))[:k]
        chosen = list(dict.fromkeys([*best.tolist(), *named.tolist()]))
        shown = np.round(parts.astype(np.float64), 6)
        columns = (positions, shown, sentences, phrases, fused, odds, fused)
        rows = zip(*(column[chosen].tolist() for column in columns), strict=True)
        return [
            Candidate(position, ScoreParts(*scores), sentence, phrase, score, odds_, fit)
            for position, scores, sentence, phrase, score, odds_, fit in rows
        ]

    def _parts(
        self, question: QueryVectors, positions: Numbers, words: Scores
    ) -> tuple[Scores, Numbers]:
        """Return the parts of the score that cost little, (n, len(PARTS)), and the best sentences."""
        counts = self._counts(positions)
        starts = np.cumsum(counts) - counts
        rows = np.repeat(self._first_rows(positions) - starts, counts) + np.arange(counts.sum())
        whole, lead, sentence, best = passage_scores(self.vectors(rows), question.vector, counts)
        parts = np.zeros((len(positions), len(PARTS)), dtype=np.float32)
        for name, column in zip(_CHEAP, (whole, lead, sentence, words), strict=True):
            parts[:, PARTS.index(name)] = column
        return parts, rows[best]

    def _look_closer(
        self,
        question: QueryVectors,
        positions: Numbers,
        parts: Scores,
        looked_at: Numbers,
        within: PositionFilter,
    ) -> None:
        """Fill in the other parts of some rows."""
        chosen = positions[looked_at]
        glossary = self._glossary_at.get(within.ranges)  # how rare a token is there in any language
        known = self.snapshot.everything if glossary is None else self.snapshot.glossaries[glossary]
        tokens, coverage = self.tokens.compare(question.tokens, chosen, glossary, len(known))
        named = self.name_stems.named_in(question.text, chosen)
        for name, column in zip(_COSTLY, (tokens, coverage, named), strict=True):
            parts[looked_at, PARTS.index(name)] = column


_CHEAP = ("definition", "lead", "sentence", "words")
_COSTLY = ("tokens", "coverage", "named")


def _ranked_apart(fused: Scores, looked_at: Numbers) -> Scores:
    """Put what was not looked at behind all that was, so that the order does not depend on k."""
    rest = np.ones(len(fused), dtype=bool)
    rest[looked_at] = False
    if rest.any() and len(looked_at):
        fused = fused.copy()
        above = max(float(fused[rest].max() - fused[looked_at].min()), 0.0)
        fused[rest] -= np.float32(above + 1e-3)
    return fused
