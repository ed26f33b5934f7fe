"""The words half: BM25 over names and definitions, from arrays made at build time.

    words.db          stem → where its postings begin, and how many there are; word → how often it
                      is used, for misspelt ones (SQLite)
    postings.i32      positions of the entries that use a stem, stem after stem, ascending
    postings.f32      how much one use counts: term frequency with its length correction

BM25 as Robertson and Zaragoza (2009, https://doi.org/10.1561/1500000019) with the never
negative idf of Lucene. The idf is computed over the entries that may answer, so that a word common in
one glossary does not lose its worth in another beside it.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from semsearch.core.answers import Span
from semsearch.core.arrays import Numbers
from semsearch.core.entries import Entry
from semsearch.core.positions import are_among
from semsearch.core.progress import Progress, track
from semsearch.index.files.memory_map import mapped
from semsearch.storage.atomic_files import sync
from semsearch.storage.database import Reader, writing_once
from semsearch.storage.layout import GenerationLayout
from semsearch.text.names import names_of
from semsearch.text.normalise import fold
from semsearch.text.passages import text_of
from semsearch.text.stems import Stemmed, question_stems, words_with_stems

K1 = 1.2
B = 0.75
"""The usual constants; others were within noise (DESIGN.md, decision 6)."""

MANY_WORDS = 10
"""Content words from which a question gets no more from its words: in a long text something is shared
with every entry. Without this, definitions of another dictionary (`make cross-check`) were found less
often than without any words; the judged questions are shorter and rank as before."""

MOST_POSTINGS = 1 << 14
"""Uses of words that are added up to find the best entries. Up to some 10,000 entries that is every word of
nearly every question; among a million what a common word alone would propose is as good as drawn by lot, and adding
up its uses would take longer than all the rest. Every candidate gets the whole score in any case."""

Weights = NDArray[np.float32]

_SCHEMA = """
    CREATE TABLE stem (stem TEXT PRIMARY KEY, first INTEGER, uses INTEGER) WITHOUT ROWID;
    CREATE TABLE word (word TEXT PRIMARY KEY, uses INTEGER) WITHOUT ROWID;
"""


def write_words(
    files: GenerationLayout,
    entries: Sequence[Entry],
    progress: Progress,
    *,
    mean_words: float | None = None,
) -> float:
    """Write the three files for entries in the order of their positions.

    Args:
        files: where to.
        entries: glossary by glossary.
        progress: told about the entries.
        mean_words: with which the length of each is compared, if not with the mean of these entries.

    Returns:
        What the lengths were compared with, at least 1.
    """
    uses: dict[str, _Counted] = defaultdict(_Counted)
    lengths = array("i")
    written: Counter[str] = Counter()
    for position, entry in enumerate(track(entries, progress, "words", len(entries))):
        counts: Counter[str] = Counter()
        for text in _texts(entry):
            found = words_with_stems(text)
            written.update(fold(text[start:end]) for _, start, end in found)
            counts.update(used for used, _, _ in found)
        lengths.append(counts.total())
        for used, count in counts.items():
            uses[used].add(position, count)
    stems = sorted(uses)
    counts_of = [len(uses[used].positions) for used in stems]
    mean = mean_words or max(float(np.mean(lengths)), 1.0)
    norms = K1 * (1 - B + B * np.array(lengths) / mean)
    with files.postings.open("wb") as positions, files.posting_weights.open("wb") as weights:
        for used in stems:
            at, counted = uses.pop(used).arrays()
            positions.write(at.astype("<i4").tobytes())
            weights.write((counted * (K1 + 1) / (counted + norms[at])).astype("<f4").tobytes())
    firsts = np.cumsum([0, *counts_of])
    with writing_once(files.words, _SCHEMA) as connection:
        connection.executemany(
            "INSERT INTO stem VALUES (?, ?, ?)",
            ((s, int(f), n) for s, f, n in zip(stems, firsts, counts_of, strict=False)),
        )
        connection.executemany(
            "INSERT INTO word VALUES (?, ?)",
            ((w, n) for w, n in sorted(written.items()) if w.isalpha()),
        )
    for file in (files.postings, files.posting_weights, files.words):
        sync(file)
    return mean


class _Counted:
    """Which entries use a stem, and how often each: eight bytes for a use."""

    __slots__ = ("counts", "positions")

    def __init__(self) -> None:
        self.positions = array("i")
        self.counts = array("i")

    def add(self, position: int, count: int) -> None:
        self.positions.append(position)
        self.counts.append(count)

    def arrays(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return positions and counts, (n,) each."""
        return np.array(self.positions, dtype=np.int32), np.array(self.counts, dtype=np.int32)


def _texts(entry: Entry) -> list[str]:
    return [*(name.label for name in names_of(entry)), text_of(entry)]


@dataclass(frozen=True, slots=True)
class Uses:
    """The entries that use a stem, ascending, with how much that counts in each."""

    positions: NDArray[np.int32]
    weights: Weights

    def moved(self, start: int) -> Uses:
        """Return the same uses by positions that count from `start`."""
        return Uses(self.positions + np.int32(start), self.weights)

    @classmethod
    def joined(cls, lists: Sequence[Uses]) -> Uses:
        """Bring uses together, each list behind the positions of the one before."""
        if len(lists) == 1:
            return lists[0]
        positions = np.concatenate([one.positions for one in lists])
        return cls(positions, np.concatenate([one.weights for one in lists]))

    def among(self, kept: Numbers | None) -> Uses:
        """Leave out all but some positions, which ascend; None keeps all."""
        if kept is None:
            return self
        chosen = are_among(self.positions, kept.astype(np.int32))
        return Uses(self.positions[chosen], self.weights[chosen])

    def without(self, deleted: Numbers) -> Uses:
        """Leave out some positions, which ascend."""
        if not len(deleted):
            return self
        at = np.searchsorted(self.positions, deleted.astype(np.int32))
        at = at[at < len(self.positions)]
        at = at[np.isin(self.positions[at], deleted)]
        if not len(at):
            return self
        return Uses(np.delete(self.positions, at), np.delete(self.weights, at))


@dataclass(frozen=True, slots=True)
class _Postings:
    """The uses of a stem, and what the stem is worth."""

    positions: NDArray[np.int32]
    weights: Weights
    idf: np.float32


@dataclass(frozen=True, slots=True)
class FoundWords:
    """The words of one question among the entries that may answer."""

    _lists: tuple[_Postings, ...]
    """The rarest stem first."""
    _share: np.float32
    """What a question of many words gets of its score, so that it has no more than one of `MANY_WORDS`."""

    def best(self, k: int) -> Numbers:
        """Return positions with the k highest scores above 0, ascending.

        Of common words only so many as `MOST_POSTINGS` allows propose entries, the rarest first; an entry that
        has none but commoner ones is not proposed.
        """
        lists = self._proposing()
        if not lists:
            return np.empty(0, dtype=np.int64)
        positions = np.concatenate([one.positions for one in lists])
        gains = np.concatenate([one.idf * one.weights for one in lists])
        order = np.argsort(positions, kind="stable")
        positions = positions[order]
        starts = np.flatnonzero(np.diff(positions, prepend=-1))
        scores = np.add.reduceat(gains[order], starts)
        found: Numbers = positions[starts].astype(np.int64)
        if len(found) > k:
            found = np.sort(found[np.argpartition(-scores, k)[:k]])
        return found

    def scores(self, positions: Numbers) -> Weights:
        """Return the BM25 score of some positions, (n,) ascending ones, 0 where no word is shared."""
        scores = np.zeros(len(positions), dtype=np.float32)
        for one in self._lists:
            at = np.searchsorted(one.positions, positions.astype(np.int32))
            at[at == len(one.positions)] = 0
            shares = one.positions[at] == positions
            scores[shares] += one.idf * one.weights[at[shares]]
        scores *= self._share
        return scores

    def _proposing(self) -> list[_Postings]:
        totals = accumulate(len(one.positions) for one in self._lists)
        return [one for one, n in zip(self._lists, totals, strict=True) if n <= MOST_POSTINGS]


class WordsIndex:
    """The open files. Safe to use from several threads."""

    def __init__(self, files: GenerationLayout) -> None:
        self._reader = Reader(files.words)
        self._positions = mapped(files.postings, "<i4")
        self._weights = mapped(files.posting_weights, "<f4")

    def close(self) -> None:
        """Close the files; no question may be under way."""
        self._reader.close()

    def lookup(self, question: str, within: range) -> dict[str, Uses]:
        """Return which entries of `within` use the words of a question, by stem; none that nobody uses."""
        found = {}
        for used, first, uses in self._postings(question):
            positions = self._positions[first : first + uses]
            low, high = np.searchsorted(positions, (within.start, within.stop)).tolist()
            if low < high:
                found[used] = Uses(positions[low:high], self._weights[first + low : first + high])
        return found

    def uses(self, word: str) -> int:
        """Return how often the index uses a folded word of letters alone."""
        rows = self._reader.rows("SELECT uses FROM word WHERE word = ?", (word,))
        return int(rows[0][0]) if rows else 0

    def alike(self, first: str, length: int) -> list[str]:
        """Return the words of letters alone, folded, that begin with a letter and have a length."""
        rows = self._reader.rows(
            "SELECT word FROM word WHERE word >= ? AND word < ? AND length(word) = ?",
            (first, first + "\U0010ffff", length),
        )
        return [word for (word,) in rows]

    def _postings(self, question: str) -> list[tuple[str, int, int]]:
        stems = question_stems(question)
        marks = ",".join("?" * len(stems))
        return self._reader.rows(
            f"SELECT stem, first, uses FROM stem WHERE stem IN ({marks})",  # noqa: S608 - only marks
            stems,
        )


def found_words(question: str, uses: Mapping[str, Uses], entries: int) -> FoundWords:
    """Weigh the uses of a question's stems by how many of the entries that may answer have them."""
    lists = []
    for one in uses.values():
        if found := len(one.positions):
            idf = math.log(1 + (entries - found + 0.5) / (found + 0.5))
            lists.append(_Postings(one.positions, one.weights, np.float32(idf)))
    lists.sort(key=lambda one: len(one.positions))
    words = len(question_stems(question))
    return FoundWords(tuple(lists), np.float32(min(1.0, MANY_WORDS / max(words, 1))))


def shared_words(asked: Collection[str], text: str, words: Iterable[Stemmed]) -> tuple[Span, ...]:
    """Return those of the words of a text whose stems are asked for."""
    return tuple(Span(start, end, text[start:end]) for stem, start, end in words if stem in asked)
