"""Candidates: who could answer a question, by name, by meaning and by words.

Holds one generation in memory: its vectors behind a nearest-neighbour engine and a handle on its
snapshot. It finds and scores; ordering is the facade's (`glossary`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import numpy as np

from semsearch.names import Name, NameKind, form_of
from semsearch.ranking import confidence
from semsearch.ranking.fusion import Scores, fuse, passage_scores
from semsearch.ranking.recipe import Recipe
from semsearch.spelling import DERIVED, Guess, KnownName, Names, Vocabulary, repair, similarity
from semsearch.stems import stem
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

REAL_WORD = 0.5
"""What is left of a guess when the question is a word that the encoder knows: "carpet" may stand for
"caret", and just as well for itself."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry by position, and everything known about how it fits a question."""

    position: int
    whole: float
    sentence: float
    sentence_row: int
    words: float
    fused: float
    rerank_score: float | None = None
    """What the reranker says, 0 to 1, if one has read the entry; `fused` is then above all others."""

    @property
    def meaning(self) -> float:
        """The meaning half of the score."""
        return (self.whole + self.sentence) / 2


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name that matched a question.

    When the tier is fuzzy, `resemblance` is the share of letters that are right, and `share` how
    likely this name was meant among all that are near; otherwise both are 1.
    """

    tier: Tier
    label: str
    resemblance: float = 1.0
    share: float = 1.0

    @property
    def certainty(self) -> float:
        """How much the question resembles this name rather than another, 0 to 1."""
        return self.resemblance * math.sqrt(self.share)

    @property
    def is_likely(self) -> bool:
        """Whether this name alone is enough for a close match."""
        sure = confidence.of_first_hit(self.tier, 0.0, 0.0, self.certainty)
        return sure >= confidence.THRESHOLD


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it is understood: its text, typing errors put right, and the names it is."""

    question: str
    text: str
    names: dict[int, NameMatch]

    @property
    def is_guess(self) -> bool:
        """Whether the names only resemble the question."""
        return any(match.tier is Tier.FUZZY for match in self.names.values())


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

    def read(self, question: str, within: range, is_word: Callable[[str], bool]) -> Reading:
        """Find the names a question is, or the text it was meant to be.

        Only a question that is no name and has a word that nothing in the index uses is taken for
        misspelt: as a whole for a name, or word by word.

        Args:
            question: as it was asked.
            within: positions that may answer.
            is_word: whether a folded word is known elsewhere, and so no error.
        """
        names = self.by_name(question, within)
        unknown = [] if names else self.words.unknown(question)
        if not unknown:
            return Reading(question, question, names)
        if names := self.by_resemblance(question, within, unknown):
            if all(is_word(fold(word)) for word in unknown):
                names = {at: replace(m, share=m.share * REAL_WORD) for at, m in names.items()}
            best = next(iter(names.values()))
            return Reading(question, best.label if best.is_likely else question, names)
        text = repair(question, unknown, self._vocabulary, is_word)
        if text != question:
            right = similarity(fold(question), fold(text))
            names = {
                at: replace(match, tier=Tier.FUZZY, resemblance=right)
                for at, match in self.by_name(text, within).items()
            }
        return Reading(question, text, names)

    def by_resemblance(
        self, question: str, within: range, unknown: Collection[str] | None = None
    ) -> dict[int, NameMatch]:
        """Return positions with a name that the question resembles, the likeliest first.

        Args:
            question: as it was asked.
            within: positions that may answer.
            unknown: words that may be misspelt, if not all: a name must have the other words.
        """
        key = fold(subject_of(question))
        words = set(key.split())
        known = words - ({w for word in unknown for w in fold(word).split()} if unknown else words)
        stems = {stem(word) for word in known}
        best: dict[int, Guess] = {}
        for guess in self._names.near(key, within):
            if stems <= {stem(word) for word in guess.name.key.split()}:
                best.setdefault(guess.name.position, guess)
        total = sum(guess.likelihood for guess in best.values())
        return {
            at: NameMatch(Tier.FUZZY, g.name.label, g.similarity, g.likelihood / total)
            for at, g in islice(best.items(), MAX_RESEMBLING)
        }

    def candidates(
        self,
        question: str,
        vector: Vectors,
        k: int,
        within: range,
        also: Collection[int],
        recipe: Recipe,
    ) -> list[Candidate]:
        """Find what meaning and words propose, fully scored.

        Args:
            question: its text, for the words half.
            vector: (d,) its unit vector.
            k: candidates wanted.
            within: positions that may answer.
            also: positions to score in any case, because their name matched.
            recipe: how the parts of the score are put together.

        Returns:
            The k best by fused score, best first, and those of `also` that are not among them.
        """
        words = self.words.scores(question, within)
        by_words = _highest(words, max(MIN_FETCH, OVERFETCH * k)) + within.start
        by_meaning = self._near(vector, k, within)
        proposed = np.unique(np.concatenate([by_meaning, by_words, np.array([*also], np.int64)]))
        return self._score(proposed, vector, words[proposed - within.start], k, also, recipe)

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
        self,
        positions: Numbers,
        vector: Vectors,
        words: Scores,
        k: int,
        also: Collection[int],
        recipe: Recipe,
    ) -> list[Candidate]:
        if not len(positions):
            return []
        counts = self.first_rows[positions + 1] - self.first_rows[positions]
        starts = np.cumsum(counts) - counts
        rows = np.repeat(self.first_rows[positions] - starts, counts) + np.arange(counts.sum())
        whole, sentence, best = passage_scores(self.vectors[rows], vector, counts)
        fused = fuse(whole, sentence, words, recipe)
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
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.words.vocabulary())

    @cached_property
    def _names(self) -> Names:
        return Names(
            KnownName(found.name.key, found.name.label, found.position, _weight(found.name))
            for found in self.snapshot.all_names()
        )


def _highest(scores: Scores, k: int) -> Numbers:
    """Return the places of the k highest scores above 0, in no order."""
    places = np.flatnonzero(scores)
    if len(places) > k:
        places = places[np.argpartition(-scores[places], k)[:k]]
    return places


def _weight(name: Name) -> float:
    return DERIVED if name.kind == NameKind.INITIALS else 1.0


def _tier_of_key(named: NamedEntry) -> Tier:
    stated = named.name.kind in (NameKind.TERM, NameKind.ALIAS)
    return Tier.EXACT if stated else Tier.FORM


def _better(found: dict[int, NameMatch], named: NamedEntry, tier: Tier) -> None:
    """Keep the best tier of each position; members of `Tier` are in that order."""
    order = list(Tier)
    known = found.get(named.position)
    if known is None or order.index(tier) < order.index(known.tier):
        found[named.position] = NameMatch(tier, named.name.label)
