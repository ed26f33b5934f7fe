"""Reads two segments, a generation and its live segment, as if they were one.

Positions and rows of the second segment continue those of the first. Word counts are summed over
both, so that an entry's score does not depend on its segment.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers, Tokens, Vectors
from semsearch.core.positions import PositionFilter, are_among, between, without
from semsearch.index.ann.base import Searcher
from semsearch.index.files.asked_as import AskedAsPhrases
from semsearch.index.files.name_stems import END, NameStems
from semsearch.index.files.name_words import MAX_HOLDERS, NameParts
from semsearch.index.files.postings import (
    PostingsIndex,
    QuestionPostings,
    StemPostings,
    question_postings,
)
from semsearch.index.files.text_vectors import TextVectors
from semsearch.index.files.tokens import TokensIndex
from semsearch.ranking.fusion import Scores
from semsearch.ranking.late_interaction import idf
from semsearch.text.english_stop_words import content_words
from semsearch.text.stems import count_content_words, stem, stems_in
from semsearch.text.word_languages import ONLY_ENGLISH, stop_words

T_Part = TypeVar("T_Part")


class MultiParts(Generic[T_Part]):
    """Parts whose numbering continues from one to the next."""

    def __init__(self, parts: Sequence[T_Part], lengths: Sequence[int]) -> None:
        """Take the parts and the number of items in each."""
        self.parts = tuple(parts)
        *starts, self.end = accumulate(lengths, initial=0)
        self.starts = tuple(starts)

    def at(self, number: int) -> tuple[T_Part, int]:
        """Return the part that a number belongs to, and the part's first number."""
        part_number = bisect_right(self.starts, number) - 1
        return self.parts[part_number], self.starts[part_number]

    def spans(self) -> Iterator[tuple[T_Part, int, int]]:
        """Yield each part, its first number, and the number after its last."""
        ends = (*self.starts[1:], self.end)
        yield from zip(self.parts, self.starts, ends, strict=True)

    def each(self, allowed: PositionFilter) -> Iterator[tuple[T_Part, range, int]]:
        """Yield each allowed part, the allowed range in its own numbers, and its first number."""
        for part, span, start in zip(self.parts, allowed.ranges, self.starts, strict=True):
            if span:
                yield part, range(span.start - start, span.stop - start), start

    def gather(
        self, numbers: Numbers, of: Callable[[T_Part, Numbers], NDArray[Any]]
    ) -> NDArray[Any]:
        """Read an array for some numbers from each part, and return it in the order of the numbers.

        Args:
            numbers: (n,) in any order.
            of: returns an array, (m, ...), for m of a part's own numbers.
        """
        if len(self.parts) == 1:
            return of(self.parts[0], numbers)
        parts = np.searchsorted(self.starts, numbers, side="right") - 1
        chosen = [np.flatnonzero(parts == part_number) for part_number in range(len(self.parts))]
        results = [
            of(part, numbers[own] - start)
            for part, own, start in zip(self.parts, chosen, self.starts, strict=True)
        ]
        found = np.empty((len(numbers), *results[0].shape[1:]), dtype=results[0].dtype)
        for own, one in zip(chosen, results, strict=True):
            found[own] = one
        return found


class MultiPostings(MultiParts[PostingsIndex]):
    """Keyword search over all segments."""

    def __init__(
        self, parts: Sequence[PostingsIndex], lengths: Sequence[int], deleted: Numbers
    ) -> None:
        """Take the parts, the number of entries in each, and the deleted positions."""
        super().__init__(parts, lengths)
        self._deleted = deleted

    def find(self, question: str, allowed: PositionFilter) -> QuestionPostings:
        """Look up the postings and the idf of a question's words; see `PostingsIndex.lookup`."""
        found: dict[str, list[StemPostings]] = {}
        languages = allowed.word_languages
        for part, own, start in self.each(allowed):
            for used, uses in part.lookup(question, own, languages).items():
                found.setdefault(used, []).append(uses.moved(start) if start else uses)
        merged = {
            used: StemPostings.joined(lists).without(self._deleted).among(allowed.only)
            for used, lists in found.items()
        }
        return question_postings(count_content_words(question, languages), merged, len(allowed))

    def unknown(self, question: str, allowed: PositionFilter) -> list[str]:
        """Return the content words of a question that no allowed entry contains in any form.

        If entries are in several languages, they are content words in each of these.
        """
        languages = allowed.word_languages
        known: set[str] = set()
        for part, own, start in self.each(allowed):
            for used, uses in part.lookup(question, own, languages).items():
                if allowed.only is None or len(uses.moved(start).among(allowed.only).positions):
                    known.add(used)
        if len(known) == len(stems_in(question, languages)):
            return []
        first, *others = (
            [
                word
                for word in content_words(question, stop_words(language))
                if stem(word, language) not in known
            ]
            for language in languages
        )
        return [word for word in first if all(word in unknown for unknown in others)]

    def uses(self, word: str) -> int:
        """Return how often a folded word occurs; only words of letters are counted."""
        return sum(part.uses(word) for part in self.parts)

    def alike(self, first: str, length: int) -> list[str]:
        """Return the folded words that begin with a letter and have this length."""
        return list(
            dict.fromkeys(word for part in self.parts for word in part.alike(first, length))
        )


class MultiTokens(MultiParts[TokensIndex]):
    """The tokens of all segments, along the axes of the first."""

    def compare(
        self, question: Tokens, positions: Numbers, glossary: str | None, entries: int
    ) -> tuple[Scores, Scores]:
        """Compare the tokens of a question with those of some entries.

        Args:
            question: its tokens.
            positions: (n,) positions of entries.
            glossary: the glossary searched, or None for all.
            entries: number of entries that may answer.

        Returns:
            See `ranking.late_interaction.compare`.
        """
        if not len(question.ids):
            none = np.zeros(len(positions), dtype=np.float32)
            return none, none
        uses = sum(part.uses(question.ids, glossary) for part in self.parts)
        weights = idf(np.minimum(uses, entries), entries)
        if len(self.parts) == 1:
            return self.parts[0].compare(question, weights, positions)
        both = self.gather(
            positions, lambda part, own: np.stack(part.compare(question, weights, own), axis=1)
        )
        return both[:, 0], both[:, 1]


class MultiNameStems(MultiParts[NameStems]):
    """The stems of names of all segments."""

    def __init__(
        self, parts: Sequence[NameStems], lengths: Sequence[int], deleted: Numbers
    ) -> None:
        """Take the parts, how many entries each has, and which positions are deleted."""
        super().__init__(parts, lengths)
        self._deleted = deleted

    def name_overlap(
        self, question: str, positions: Numbers, languages: tuple[str, ...] = ONLY_ENGLISH
    ) -> Scores:
        """Return the share of a name that the question contains; see `NameStems.name_overlap`."""
        return self.gather(positions, lambda part, own: part.name_overlap(question, own, languages))

    def uses(self, numbers: Numbers) -> Numbers:
        """Return how many entries, including deleted ones, have each of some words in a name."""
        return sum(
            (part.words.uses(numbers) for part in self.parts),
            start=np.zeros(len(numbers), dtype=np.int64),
        )

    def weights(self, numbers: Numbers, entries: int) -> Scores:
        """Return the weights of words of names; the end of a name has none."""
        return np.where(
            numbers == END, 0, idf(np.minimum(self.uses(numbers), entries), entries)
        ).astype("f4")

    def names_with(self, numbers: Numbers, allowed: PositionFilter) -> Iterator[NameParts]:
        """Yield, part by part, the names of allowed entries that have all of some words in names.

        Nothing is yielded if more than `MAX_HOLDERS` entries have them.
        """
        for part, own, start in self.each(allowed):
            holders = part.words.holders(numbers, own)
            if len(holders) > MAX_HOLDERS:
                continue
            found = without(holders + start, self._deleted)
            if allowed.only is not None:
                found = found[are_among(found, allowed.only)]
            if len(found):
                names = part.names_of(found - start)
                yield replace(names, positions=names.positions + start)


class MultiTextVectors(MultiParts[TextVectors]):
    """The vectors of short texts, such as names, of all segments."""

    def nearest(self, question: Vectors, positions: Numbers) -> Scores:
        """Return the cosine with the nearest text of each entry; see `TextVectors.nearest`."""
        return self.gather(positions, lambda part, own: part.nearest(question, own))


class MultiSearcher(MultiParts[Searcher]):
    """The nearest-neighbour engines of all segments."""

    def __init__(self, parts: Sequence[Searcher], lengths: Sequence[int], deleted: Numbers) -> None:
        """Take the parts, the number of entries in each, and the deleted positions."""
        super().__init__(parts, lengths)
        self._deleted = deleted
        self.is_exact = all(part.is_exact for part in parts)
        """Whether search compares every entry with the question."""

    def nearest(self, vectors: Vectors, k: int, allowed: PositionFilter) -> Numbers:
        """Return the positions nearest to any of the vectors; see `VectorSearcher.nearest`."""
        more = k + len(self._deleted)
        found = [
            part.nearest(vectors, more, own, _own(allowed.only, own, start), allowed.languages)
            + start
            for part, own, start in self.each(allowed)
        ]
        if not found:
            return np.empty(0, dtype=np.int64)
        return without(found[0] if len(found) == 1 else np.concatenate(found), self._deleted)


class MultiAskedAsPhrases(MultiParts[AskedAsPhrases]):
    """The phrases of all segments."""

    def __init__(
        self, parts: Sequence[AskedAsPhrases], lengths: Sequence[int], deleted: Numbers
    ) -> None:
        """Take the parts, how many entries each has, and which positions are deleted."""
        super().__init__(parts, lengths)
        self._deleted = deleted
        first = parts[0].first  # deleted positions belong to the generation
        self._more = int((first[deleted + 1] - first[deleted]).sum())

    def nearest(self, question: Vectors, k: int, allowed: PositionFilter) -> Numbers:
        """Return the positions of the k nearest phrases; see `AskedAsPhrases.nearest`."""
        found = [
            part.nearest(
                question, k + self._more, own, _own(allowed.only, own, start), allowed.languages
            )
            + start
            for part, own, start in self.each(allowed)
            if len(part)
        ]
        if not found:
            return np.empty(0, dtype=np.int64)
        return without(np.concatenate(found), self._deleted)

    def best(self, question: Vectors, positions: Numbers) -> tuple[Scores, Numbers]:
        """Compare a question with the phrases of some entries; see `AskedAsPhrases.best`."""
        if len(self.parts) == 1:
            return self.parts[0].best(question, positions)
        both = self.gather(positions, lambda part, own: np.stack(part.best(question, own), axis=1))
        return both[:, 0].astype(np.float32), both[:, 1].astype(np.int64)

    def vectors_of(self, position: int) -> Vectors:
        """Return the vectors of the phrases of one entry, (n, d), in their order."""
        part, start = self.at(position)
        own = position - start
        return part.vectors(np.arange(part.first[own], part.first[own + 1]))

    def has_word(self, word: str, languages: tuple[str, ...] = ONLY_ENGLISH) -> bool:
        """Return whether any phrase has a word in any form, also one of a deleted entry."""
        return any(part.has_word(word, language) for part in self.parts for language in languages)

    def equal_to(self, question: str, allowed: PositionFilter) -> Numbers:
        """Return the allowed positions with a phrase that equals the question."""
        found = [
            between(part.equal_to(question), own) + start
            for part, own, start in self.each(allowed)
            if len(part)
        ]
        if not found:
            return np.empty(0, dtype=np.int64)
        every = without(np.concatenate(found), self._deleted)
        return every if allowed.only is None else np.intersect1d(every, allowed.only)


def _own(only: Numbers | None, own: range, start: int) -> Numbers | None:
    """Return those positions that lie in a part's range, in the part's own numbers."""
    return None if only is None else between(only - start, own)
