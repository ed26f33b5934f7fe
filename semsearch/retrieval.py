"""Candidates: who could answer a question by meaning and by words, with every part of the score.

Holds one generation in memory: its vectors behind a nearest-neighbour engine and handles on its
files. It finds and scores; ordering is not its own (`answering`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from semsearch.finding import FETCH, Finder
from semsearch.ranking.confidence import MAX_ODDS, odds_of
from semsearch.ranking.fusion import Scores, fuse, passage_scores
from semsearch.ranking.recipe import PARTS, SHORTLIST, Recipe
from semsearch.reading import NameFinder
from semsearch.storage.layout import GenerationLayout
from semsearch.storage.mapped import Rows, mapped
from semsearch.storage.name_stems import NameStems
from semsearch.storage.snapshot import Snapshot
from semsearch.storage.tokens import TokensIndex
from semsearch.storage.words import WordsIndex
from semsearch.types import Encoded, EngineInfo, Numbers, ScoreParts, Tokens, Vectors

CLOSER_LOOK = 50
"""Candidates whose tokens are compared, which costs more than all the rest. On both halves of the judged
questions 20 of them rank as 100 do, and 10 a little worse."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question as retrieval needs it: its text, its unit vector (d,) and its tokens."""

    text: str
    vector: Vectors
    tokens: Tokens

    @classmethod
    def all_of(cls, texts: list[str], encoded: Encoded) -> list[Question]:
        """Bring texts together with what an encoder made of them."""
        return [cls(*one) for one in zip(texts, encoded.vectors, encoded.tokens, strict=True)]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry by position, and everything known about how it fits a question."""

    position: int
    parts: ScoreParts
    sentence_row: int
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
    """One generation, ready to be searched from several threads."""

    def __init__(
        self,
        snapshot: Snapshot,
        words: WordsIndex,
        tokens: TokensIndex,
        name_stems: NameStems,
        rows: Rows,
        first_rows: Numbers,
        finder: Finder,
    ) -> None:
        self.snapshot = snapshot
        self.words = words
        self.tokens = tokens
        self.name_stems = name_stems
        self.rows = rows
        self.first_rows = first_rows
        self.finder = finder
        self.names = NameFinder(snapshot, words)
        self.glossaries = snapshot.glossaries()
        self._glossary_at = {positions: name for name, positions in self.glossaries.items()}

    @classmethod
    def load(cls, files: GenerationLayout, dim: int, engine: EngineInfo) -> Retriever:
        """Open the files of a generation; `engine` is what its manifest states."""
        return cls(
            Snapshot(files.entries),
            WordsIndex(files),
            TokensIndex(files),
            NameStems(files),
            Rows(files.vectors, "<f4", dim),
            mapped(files.first_rows, "<i8"),
            Finder.open(files, dim, engine),
        )

    @property
    def vectors(self) -> Vectors:
        """Every passage, one entry after the other, (n, d): mapped, so reading all of it takes memory."""
        return self.rows.all

    def close(self) -> None:
        """Close the files; no question may be under way."""
        self.snapshot.close()
        self.words.close()
        self.tokens.close()

    def rivals(self, positions: Numbers) -> Numbers:
        """Return entries among which the nearest of some positions are, ascending: all if all are compared anyway."""
        everything = range(len(self.first_rows) - 1)
        if self.finder.is_exact:
            return np.arange(len(everything))
        wholes = self.rows.take(self.first_rows[positions])
        return self.finder.nearest(wholes, FETCH, everything)

    def candidates(
        self, question: Question, k: int, within: range, also: Collection[int], recipe: Recipe
    ) -> list[Candidate]:
        """Find what meaning and words propose, fully scored.

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
        certain = np.array(sorted(also), dtype=np.int64)
        positions = np.unique(np.concatenate([by_meaning, by_words, certain]))
        if not len(positions):
            return []
        parts, sentences = self._parts(question, positions, words.scores(positions))
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
        columns = (positions, np.round(parts.astype(np.float64), 6), sentences, fused, odds, fused)
        rows = zip(*(column[chosen].tolist() for column in columns), strict=True)
        return [
            Candidate(position, ScoreParts(*shown), sentence, score, odds_, fit)
            for position, shown, sentence, score, odds_, fit in rows
        ]

    def _parts(
        self, question: Question, positions: Numbers, words: Scores
    ) -> tuple[Scores, Numbers]:
        """Return the parts of the score that cost little, (n, len(PARTS)), and the best sentences."""
        counts = self.first_rows[positions + 1] - self.first_rows[positions]
        starts = np.cumsum(counts) - counts
        rows = np.repeat(self.first_rows[positions] - starts, counts) + np.arange(counts.sum())
        whole, lead, sentence, best = passage_scores(self.rows.take(rows), question.vector, counts)
        parts = np.zeros((len(positions), len(PARTS)), dtype=np.float32)
        for name, column in zip(_CHEAP, (whole, lead, sentence, words), strict=True):
            parts[:, PARTS.index(name)] = column
        return parts, rows[best]

    def _look_closer(
        self,
        question: Question,
        positions: Numbers,
        parts: Scores,
        looked_at: Numbers,
        within: range,
    ) -> None:
        """Fill in the other parts of some rows."""
        chosen = positions[looked_at]
        glossary = self._glossary_at.get(within)
        tokens, coverage = self.tokens.compare(question.tokens, chosen, glossary, len(within))
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
