"""Layers: segments that answer as if they were one.

The first is a generation, the second, if there is one, holds the entries that were changed since. Positions and rows of
the second count on from the first. What counts how many entries use a word counts over both, so that a score is the
same wherever an entry lies.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers, Tokens, Vectors
from semsearch.core.positions import PositionFilter, between, live
from semsearch.index.ann.engine import VectorSearcher
from semsearch.index.files.name_stems import NameStems
from semsearch.index.files.phrases import Phrases
from semsearch.index.files.postings import FoundWords, Uses, WordsIndex, found_words
from semsearch.index.files.tokens import TokensIndex
from semsearch.ranking.fusion import Scores
from semsearch.ranking.late_interaction import idf
from semsearch.text.normalise import content_words
from semsearch.text.stems import question_stems, stem

T_Part = TypeVar("T_Part")


class MultiParts(Generic[T_Part]):
    """Parts of which the numbers count on from one to the next."""

    def __init__(self, parts: Sequence[T_Part], lengths: Sequence[int]) -> None:
        """Take the parts, and how many numbers each has."""
        self.parts = tuple(parts)
        *starts, self.end = accumulate(lengths, initial=0)
        self.starts = tuple(starts)

    def at(self, number: int) -> tuple[T_Part, int]:
        """Return the part that a number belongs to, and the first number of that part."""
        layer = bisect_right(self.starts, number) - 1
        return self.parts[layer], self.starts[layer]

    def spans(self) -> Iterator[tuple[T_Part, int, int]]:
        """Yield each part, its first number, and the number behind its last."""
        ends = (*self.starts[1:], self.end)
        yield from zip(self.parts, self.starts, ends, strict=True)

    def each(self, scope: PositionFilter) -> Iterator[tuple[T_Part, range, int]]:
        """Yield each part that a scope reaches into, the range in the part's own numbers, and its first number."""
        for part, within, start in zip(self.parts, scope.ranges, self.starts, strict=True):
            if within:
                yield part, range(within.start - start, within.stop - start), start

    def gather(
        self, numbers: Numbers, of: Callable[[T_Part, Numbers], NDArray[Any]]
    ) -> NDArray[Any]:
        """Ask each part about its own of some numbers, and return what they say in the order of the numbers.

        Args:
            numbers: (n,) in any order.
            of: gives an array, (m, ...), for m of a part's own numbers.
        """
        if len(self.parts) == 1:
            return of(self.parts[0], numbers)
        layers = np.searchsorted(self.starts, numbers, side="right") - 1
        chosen = [np.flatnonzero(layers == layer) for layer in range(len(self.parts))]
        said = [
            of(part, numbers[own] - start)
            for part, own, start in zip(self.parts, chosen, self.starts, strict=True)
        ]
        found = np.empty((len(numbers), *said[0].shape[1:]), dtype=said[0].dtype)
        for own, one in zip(chosen, said, strict=True):
            found[own] = one
        return found


class MultiPostings(MultiParts[WordsIndex]):
    """The words half of all layers."""

    def __init__(
        self, parts: Sequence[WordsIndex], lengths: Sequence[int], deleted: Numbers
    ) -> None:
        """Take the parts, how many entries each has, and which positions are hidden."""
        super().__init__(parts, lengths)
        self._hidden = deleted

    def find(self, question: str, within: PositionFilter) -> FoundWords:
        """Look up who uses the words of a question, and what each use is worth; see `WordsIndex.lookup`."""
        found: dict[str, list[Uses]] = {}
        for part, own, start in self.each(within):
            for used, uses in part.lookup(question, own).items():
                found.setdefault(used, []).append(uses.moved(start) if start else uses)
        merged = {
            used: Uses.joined(lists).without(self._hidden).among(within.only)
            for used, lists in found.items()
        }
        return found_words(question, merged, len(within))

    def unknown(self, question: str, within: PositionFilter) -> list[str]:
        """Return the content words of a question that no entry of a scope uses in any form."""
        known: set[str] = set()
        for part, own, start in self.each(within):
            for used, uses in part.lookup(question, own).items():
                if within.only is None or len(uses.moved(start).among(within.only).positions):
                    known.add(used)
        if len(known) == len(question_stems(question)):
            return []
        return [word for word in content_words(question) if stem(word) not in known]

    def uses(self, word: str) -> int:
        """Return how often the index uses a folded word of letters alone."""
        return sum(part.uses(word) for part in self.parts)

    def alike(self, first: str, length: int) -> list[str]:
        """Return the words of letters alone, folded, that begin with a letter and have a length."""
        return list(
            dict.fromkeys(word for part in self.parts for word in part.alike(first, length))
        )


class MultiTokens(MultiParts[TokensIndex]):
    """The tokens of all layers, which lie along the axes of the first."""

    def compare(
        self, question: Tokens, positions: Numbers, glossary: str | None, entries: int
    ) -> tuple[Scores, Scores]:
        """Compare the tokens of a question with those of some positions.

        Args:
            question: its tokens.
            positions: (n,) which entries.
            glossary: the glossary asked, or None for all of them.
            entries: how many entries may answer.

        Returns:
            See `ranking.late_interaction.compare`.
        """
        if not len(question.ids):
            none = np.zeros(len(positions), dtype=np.float32)
            return none, none
        uses = sum(part.uses(question.ids, glossary) for part in self.parts)
        weights = idf(np.minimum(uses, entries), entries)
        both = self.gather(
            positions, lambda part, own: np.stack(part.compare(question, weights, own), axis=1)
        )
        return both[:, 0], both[:, 1]


class MultiNameStems(MultiParts[NameStems]):
    """The stems of the names of all layers."""

    def named_in(self, question: str, positions: Numbers) -> Scores:
        """Return how much of its own name the question says of each entry; see `NameStems.named_in`."""
        return self.gather(positions, lambda part, own: part.named_in(question, own))


class MultiSearcher(MultiParts[VectorSearcher]):
    """The engines of all layers."""

    def __init__(
        self, parts: Sequence[VectorSearcher], lengths: Sequence[int], deleted: Numbers
    ) -> None:
        """Take the parts, how many entries each has, and which positions are hidden."""
        super().__init__(parts, lengths)
        self._hidden = deleted
        self.is_exact = all(part.is_exact for part in parts)
        """Whether every entry is compared with every question."""

    def nearest(self, vectors: Vectors, k: int, within: PositionFilter) -> Numbers:
        """Return the positions nearest to any of some rows, ascending; see `VectorSearcher.nearest`."""
        more = k + len(self._hidden)
        found = [
            part.nearest(vectors, more, own, _own(within.only, own, start)) + start
            for part, own, start in self.each(within)
        ]
        if not found:
            return np.empty(0, dtype=np.int64)
        return live(found[0] if len(found) == 1 else np.concatenate(found), self._hidden)


class MultiPhrases(MultiParts[Phrases]):
    """The phrases of all layers."""

    def __init__(self, parts: Sequence[Phrases], lengths: Sequence[int], deleted: Numbers) -> None:
        """Take the parts, how many entries each has, and which positions are hidden."""
        super().__init__(parts, lengths)
        self._hidden = deleted
        first = parts[0].first  # what is hidden belongs to the generation
        self._more = int((first[deleted + 1] - first[deleted]).sum())

    def nearest(self, question: Vectors, k: int, within: PositionFilter) -> Numbers:
        """Return the positions of the k phrases nearest to a question, ascending; see `Phrases.nearest`."""
        found = [
            part.nearest(question, k + self._more, own, _own(within.only, own, start)) + start
            for part, own, start in self.each(within)
            if len(part)
        ]
        if not found:
            return np.empty(0, dtype=np.int64)
        return live(np.concatenate(found), self._hidden)

    def best(self, question: Vectors, positions: Numbers) -> tuple[Scores, Numbers]:
        """Compare a question with the phrases of some entries; see `Phrases.best`."""
        both = self.gather(positions, lambda part, own: np.stack(part.best(question, own), axis=1))
        return both[:, 0].astype(np.float32), both[:, 1].astype(np.int64)

    def says(self, word: str) -> bool:
        """Whether any phrase has a word in any form; those of hidden entries count as well."""
        return any(part.says(word) for part in self.parts)

    def saying(self, question: str, within: PositionFilter) -> Numbers:
        """Return the positions of a scope with a phrase that is the question; see `Phrases.saying`."""
        found = []
        for part, own, start in self.each(within):
            positions = between(part.saying(question), own) if len(part) else part.first[:0]
            found.append(positions + start)
        if not found:
            return np.empty(0, dtype=np.int64)
        every = live(np.concatenate(found), self._hidden)
        return every if within.only is None else np.intersect1d(every, within.only)


def _own(only: Numbers | None, own: range, start: int) -> Numbers | None:
    """Return those of some positions that lie in a range of a part, in the part's own numbers."""
    return None if only is None else between(only - start, own)
