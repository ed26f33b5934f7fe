"""Candidates: who could answer a question, by name, by meaning and by words.

Holds one generation in memory: its vectors behind a nearest-neighbour engine and a handle on its
snapshot. It finds and scores; ordering is the facade's (`glossary`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from semsearch.names import NameKind, form_of
from semsearch.ranking.fusion import Scores, fuse, meaning, passage_scores
from semsearch.storage.layout import GenerationLayout
from semsearch.storage.snapshot import NamedEntry, Snapshot
from semsearch.storage.words import WordsIndex
from semsearch.text import fold, subject_of
from semsearch.types import Numbers, Tier, Vectors
from semsearch.vectors.base import VectorIndex
from semsearch.vectors.faiss import FaissIndex

OVERFETCH = 20
"""Vectors and words fetched for each hit wanted: an entry has several vectors, and an entry that
both halves rank in the middle may come first when they are fused."""

MIN_FETCH = 200
MAX_PREFIX_HITS = 20
MAX_RESEMBLING = 20
MIN_PREFIX_CHARS = 2
PLURAL_CHARS = 4
"""How much longer than a name a form of it may be: plural endings, blanks."""
MIN_RESEMBLANCE = 0.75
"""Least similarity (normalised edit distance) of a name that counts as a typing error: one wrong
letter in four."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry by position, and everything known about how it fits a question."""

    position: int
    whole: float
    sentence: float
    sentence_row: int
    words: float
    fused: float

    @property
    def meaning(self) -> float:
        """The meaning half of the score."""
        return (self.whole + self.sentence) / 2


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name that matched a question. `resemblance` is 1 unless the tier is fuzzy."""

    tier: Tier
    label: str
    resemblance: float = 1.0


class Retriever:
    """One generation, ready to be searched from several threads."""

    def __init__(
        self, snapshot: Snapshot, words: WordsIndex, vectors: Vectors, engine: VectorIndex
    ) -> None:
        self.snapshot = snapshot
        self.words = words
        self.vectors = vectors
        self.engine = engine
        self.first_rows: Numbers = np.append(snapshot.first_rows(), len(vectors))
        self.glossaries = snapshot.glossaries()
        self._longest_name = snapshot.longest_name()

    @classmethod
    def load(cls, files: GenerationLayout, dim: int) -> Retriever:
        """Open the files of a generation and put its vectors into the engine."""
        rows: Vectors = np.fromfile(files.vectors, dtype="<f4").reshape(-1, dim)
        engine = FaissIndex(dim)
        engine.add(np.arange(len(rows)), rows)
        return cls(Snapshot(files.entries), WordsIndex(files), rows, engine)

    def close(self) -> None:
        """Close the files; no question may be under way."""
        self.snapshot.close()
        self.words.close()

    def by_name(self, question: str, within: range) -> dict[int, NameMatch]:
        """Return positions whose name the question is, or begins, best tier of each."""
        found: dict[int, NameMatch] = {}
        for text in dict.fromkeys((question, subject_of(question))):
            key = fold(text)
            if not key or len(key) > self._longest_name + PLURAL_CHARS:
                continue  # a whole sentence is no name, and needs no look-up
            for named in self.snapshot.by_key(key, within):
                _better(found, named, _tier_of_key(named))
            for named in self.snapshot.by_form(form_of(key, text), within):
                _better(found, named, Tier.FORM)
            if len(key) >= MIN_PREFIX_CHARS:
                for named in self.snapshot.by_prefix(key, within, MAX_PREFIX_HITS):
                    _better(found, named, Tier.PREFIX)
        return found

    def by_resemblance(self, question: str, within: range) -> dict[int, NameMatch]:
        """Return positions with a name that the question resembles, the most alike first."""
        from rapidfuzz import process  # noqa: PLC0415 - most questions never come here
        from rapidfuzz.distance import OSA  # noqa: PLC0415

        keys, labels, positions = self._names
        found: dict[int, NameMatch] = {}
        key = fold(subject_of(question))
        if len(key) * MIN_RESEMBLANCE > self._longest_name:
            return found
        first = bisect_left(positions, within.start)
        last = bisect_left(positions, within.stop)
        matches = process.extract(
            key,
            keys[first:last],
            scorer=OSA.normalized_similarity,
            processor=None,
            score_cutoff=MIN_RESEMBLANCE,
            limit=None,
        )
        for _, resemblance, place in matches:
            at = first + place
            if len(found) < MAX_RESEMBLING:
                match = NameMatch(Tier.FUZZY, labels[at], resemblance)
                found.setdefault(positions[at], match)
        return found

    def candidates(
        self, question: str, vector: Vectors, k: int, within: range, also: Collection[int]
    ) -> tuple[list[Candidate], bool]:
        """Find what meaning and words propose, fully scored.

        Args:
            question: its text, for the words half.
            vector: (d,) its unit vector.
            k: candidates wanted.
            within: positions that may answer.
            also: positions to score in any case, because their name matched.

        Returns:
            The k best by fused score, best first, and those of `also` that are not among them; and
            whether any entry uses a word of the question.
        """
        words = self.words.scores(question, within)
        by_words = _highest(words, max(MIN_FETCH, OVERFETCH * k)) + within.start
        by_meaning = self._near(vector, k, within)
        proposed = np.unique(np.concatenate([by_meaning, by_words, np.array([*also], np.int64)]))
        found = self._score(proposed, vector, words[proposed - within.start], k, also)
        return found, len(by_words) > 0

    def _near(self, vector: Vectors, k: int, within: range) -> Numbers:
        """Return the positions of the nearest passages: at least k, or all there are.

        An entry has up to 65 passages, so a fixed number of them may be those of a few entries.
        """
        rows = range(int(self.first_rows[within.start]), int(self.first_rows[within.stop]))
        fetch = max(MIN_FETCH, OVERFETCH * k)
        while True:
            only = rows if len(rows) < len(self.vectors) else None  # choosing all of them costs
            near, _ = self.engine.search(vector[np.newaxis], fetch, only)
            positions = np.unique(np.searchsorted(self.first_rows, near[0], side="right") - 1)
            if len(positions) >= min(k, len(within)) or fetch >= len(rows):
                return positions
            fetch *= 4

    def _score(
        self, positions: Numbers, vector: Vectors, words: Scores, k: int, also: Collection[int]
    ) -> list[Candidate]:
        if not len(positions):
            return []
        counts = self.first_rows[positions + 1] - self.first_rows[positions]
        starts = np.cumsum(counts) - counts
        rows = np.repeat(self.first_rows[positions] - starts, counts) + np.arange(counts.sum())
        whole, sentence, best = passage_scores(self.vectors[rows], vector, counts)
        fused = fuse(meaning(whole, sentence), words)
        order = np.lexsort((positions, -fused))
        chosen = dict.fromkeys(order[:k].tolist())
        chosen |= dict.fromkeys(np.searchsorted(positions, sorted(also)).tolist())
        return [
            Candidate(
                position=int(positions[i]),
                whole=float(whole[i]),
                sentence=float(sentence[i]),
                sentence_row=int(rows[best[i]]),
                words=float(words[i]),
                fused=float(fused[i]),
            )
            for i in chosen
        ]

    @cached_property
    def _names(self) -> tuple[list[str], list[str], list[int]]:
        rows = self.snapshot.all_names()
        return [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows]


def _highest(scores: Scores, k: int) -> Numbers:
    """Return the places of the k highest scores above 0, in no order."""
    places = np.flatnonzero(scores)
    if len(places) > k:
        places = places[np.argpartition(-scores[places], k)[:k]]
    return places


def _tier_of_key(named: NamedEntry) -> Tier:
    stated = named.name.kind in (NameKind.TERM, NameKind.ALIAS)
    return Tier.EXACT if stated else Tier.FORM


def _better(found: dict[int, NameMatch], named: NamedEntry, tier: Tier) -> None:
    """Keep the best tier of each position; members of `Tier` are in that order."""
    order = list(Tier)
    known = found.get(named.position)
    if known is None or order.index(tier) < order.index(known.tier):
        found[named.position] = NameMatch(tier, named.name.label)
