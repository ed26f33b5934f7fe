"""Keyword search: BM25 over names, definitions, phrases and extra fields, from stored arrays.

    words.db          stem → where its postings begin, and how many there are;
                      word → how often it occurs, for spelling correction (SQLite)
    postings.i32      positions of the entries that contain a stem, ascending, stem after stem
    postings.f32      weight of each posting: term frequency with its length correction

BM25 by Robertson and Zaragoza (2009, https://doi.org/10.1561/1500000019) with Lucene's idf, which
is never negative. The idf is computed over the entries that may answer, so that a word that is
common in one glossary keeps its weight in another.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers
from semsearch.core.cached_method import cached_method
from semsearch.core.entries import Entry
from semsearch.core.positions import are_among
from semsearch.core.progress import Progress, track
from semsearch.index.files.memory_map import mapped
from semsearch.storage.database import Reader, writing_once
from semsearch.storage.files.atomic_files import sync
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.text.names import names_of
from semsearch.text.normalise import fold
from semsearch.text.passages import phrases_of, text_of
from semsearch.text.stems import stems_in, words_with_stems
from semsearch.text.word_languages import ONLY_ENGLISH, name_language, word_language

K1 = 1.2
B = 0.75
"""The usual constants; others were within noise (docs/decisions/0006)."""

MANY_WORDS = 10
"""Content words beyond which the BM25 score stops growing. A long text shares some word with nearly
every entry: without this limit, definitions of another dictionary (`make cross-check`) were found
less often than without keyword search. The judged questions are shorter and rank as before."""

MAX_POSTINGS = 1 << 14
"""Postings that are summed to propose entries, rarest stem first. Up to some 10,000 entries these
are all postings of nearly every question. Among a million entries the common words propose
arbitrary ones and would take longer than all other work. Every candidate still gets its whole
score."""

Weights = NDArray[np.float32]

_SCHEMA = """
    CREATE TABLE stem (stem TEXT PRIMARY KEY, first INTEGER, uses INTEGER) WITHOUT ROWID;
    CREATE TABLE word (word TEXT PRIMARY KEY, uses INTEGER) WITHOUT ROWID;
"""


def write_postings(
    files: GenerationLayout,
    entries: Sequence[Entry],
    progress: Progress,
    *,
    mean_words: float | None = None,
) -> float:
    """Write the three files, with entries in the order of their positions.

    Args:
        files: where to.
        entries: glossary by glossary.
        progress: reports the entries.
        mean_words: length to compare each entry's length with; the mean of these entries by
            default.

    Returns:
        The mean length that was used, at least 1.
    """
    uses: dict[str, _StemCounts] = defaultdict(_StemCounts)
    lengths = array("i")
    written: Counter[str] = Counter()
    for position, entry in enumerate(track(entries, progress, "words", len(entries))):
        counts: Counter[str] = Counter()
        for text, language in _texts(entry):
            found = words_with_stems(text, language)
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


class _StemCounts:
    """Entries that contain a stem, and how often: eight bytes for each."""

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


def _texts(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield each text of an entry that questions find, and the language of its words."""
    for name in names_of(entry):
        yield name.label, name_language(entry, name)
    extra = (text for _, text in entry.details.extra)
    language = word_language(entry.language)
    for text in (text_of(entry), *phrases_of(entry), *extra):
        yield text, language


@dataclass(frozen=True, slots=True)
class StemPostings:
    """The postings of a stem: entries that contain it, ascending, and its weight in each."""

    positions: NDArray[np.int32]
    weights: Weights

    def moved(self, start: int) -> StemPostings:
        """Return the same postings with positions that count from `start`."""
        return StemPostings(self.positions + np.int32(start), self.weights)

    @classmethod
    def joined(cls, lists: Sequence[StemPostings]) -> StemPostings:
        """Concatenate postings; each list's positions are higher than those before it."""
        if len(lists) == 1:
            return lists[0]
        positions = np.concatenate([one.positions for one in lists])
        return cls(positions, np.concatenate([one.weights for one in lists]))

    def among(self, allowed: Numbers | None) -> StemPostings:
        """Keep only some ascending positions; None keeps all."""
        if allowed is None:
            return self
        chosen = are_among(self.positions, allowed.astype(np.int32))
        return StemPostings(self.positions[chosen], self.weights[chosen])

    def without(self, deleted: Numbers) -> StemPostings:
        """Remove some ascending positions."""
        if not len(deleted):
            return self
        at = np.searchsorted(self.positions, deleted.astype(np.int32))
        at = at[at < len(self.positions)]
        at = at[np.isin(self.positions[at], deleted)]
        if not len(at):
            return self
        return StemPostings(np.delete(self.positions, at), np.delete(self.weights, at))


@dataclass(frozen=True, slots=True)
class _WeightedPostings:
    """The postings of a stem with its idf."""

    positions: NDArray[np.int32]
    weights: Weights
    idf: np.float32


class QuestionPostings:
    """The postings of one question's stems among the entries that may answer.

    Only the rarest stems propose entries, as many as `MAX_POSTINGS` allows. An entry that contains
    only more common ones is not proposed.
    """

    def __init__(self, lists: Sequence[_WeightedPostings], share: np.float32) -> None:
        """Sum up the postings that propose entries.

        Args:
            lists: the postings of each stem, the rarest first.
            share: factor that limits the score of a long question to that of one with `MANY_WORDS`
                words.
        """
        totals = accumulate(len(one.positions) for one in lists)
        proposing = sum(total <= MAX_POSTINGS for total in totals)
        self._common = lists[proposing:]
        self._share = share
        self._positions: Numbers = np.empty(0, dtype=np.int64)
        self._sums: Weights = np.empty(0, dtype=np.float32)
        if proposing:
            positions = np.concatenate([one.positions for one in lists[:proposing]])
            gains = np.concatenate([one.idf * one.weights for one in lists[:proposing]])
            order = positions.argsort(kind="stable")
            positions = positions[order]
            is_new = np.ones(len(positions), dtype=np.bool_)
            np.not_equal(positions[1:], positions[:-1], out=is_new[1:])
            self._positions = positions[is_new].astype(np.int64)
            self._sums = np.zeros(len(self._positions), dtype=np.float32)
            # one after another, the rarest stem first: `reduceat` would sum in an order of its own
            np.add.at(self._sums, is_new.cumsum() - 1, gains[order])

    def best(self, k: int) -> Numbers:
        """Return the positions with the k highest sums, ascending."""
        if len(self._positions) <= k:
            return self._positions
        chosen = np.argpartition(-self._sums, k)[:k]
        chosen.sort()
        return self._positions[chosen]

    def scores(self, positions: Numbers) -> Weights:
        """Return the BM25 score at ascending positions, (n,); 0 where no word is shared."""
        scores = np.zeros(len(positions), dtype=np.float32)
        _add(scores, positions, self._positions, self._sums)
        for one in self._common:
            _add(scores, positions, one.positions, one.idf * one.weights)
        scores *= self._share
        return scores


def _add(scores: Weights, positions: Numbers, at: NDArray[np.integer[Any]], gains: Weights) -> None:
    """Add the gains at some ascending positions to the scores of those among them."""
    if len(at):
        found = at.searchsorted(positions.astype(at.dtype))
        found[found == len(at)] = 0
        shares = at[found] == positions
        scores[shares] += gains[found[shares]]


class PostingsIndex:
    """The open files. Thread-safe."""

    def __init__(self, files: GenerationLayout, *, is_held: bool = False) -> None:
        """Open the files; `is_held`: whether the table of stems is held in memory once read."""
        self._reader = Reader(files.words)
        self._is_held = is_held
        self._positions = mapped(files.postings, "<i4")
        self._weights = mapped(files.posting_weights, "<f4")
        # a question is looked up while it is read, and again while it is answered
        self.lookup = cached_method(256, self._lookup)

    def close(self) -> None:
        """Close the files; no query may be running."""
        self._reader.close()
        # its cache refers to this object, which would keep the mapped files until a collection
        self.__dict__.pop("lookup", None)

    def _lookup(
        self, question: str, allowed: range, languages: tuple[str, ...] = ONLY_ENGLISH
    ) -> dict[str, StemPostings]:
        """Return the postings inside a range, by stem; stems without postings are left out."""
        found = {}
        for used, first, uses in self._postings(stems_in(question, languages)):
            positions = self._positions[first : first + uses]
            low, high = 0, uses
            if positions[0] < allowed.start or positions[-1] >= allowed.stop:
                low, high = positions.searchsorted((allowed.start, allowed.stop)).tolist()
            if low < high:
                found[used] = StemPostings(
                    positions[low:high], self._weights[first + low : first + high]
                )
        return found

    def uses(self, word: str) -> int:
        """Return how often a folded word occurs; only words of letters are counted."""
        rows = self._reader.rows("SELECT uses FROM word WHERE word = ?", (word,))
        return int(rows[0][0]) if rows else 0

    def alike(self, first: str, length: int) -> list[str]:
        """Return the folded words that begin with a letter and have this length."""
        rows = self._reader.rows(
            "SELECT word FROM word WHERE word >= ? AND word < ? AND length(word) = ?",
            (first, first + "\U0010ffff", length),
        )
        return [word for (word,) in rows]

    @cached_property
    def _held(self) -> dict[str, tuple[int, int]] | None:
        """Where the postings of each stem begin and how many there are, if that is held."""
        if not self._is_held:
            return None
        rows = self._reader.rows("SELECT stem, first, uses FROM stem")
        return {used: (first, uses) for used, first, uses in rows}

    def _postings(self, stems: tuple[str, ...]) -> list[tuple[str, int, int]]:
        if self._held is not None:
            return [(one, *self._held[one]) for one in sorted(stems) if one in self._held]
        marks = ",".join("?" * len(stems))
        return self._reader.rows(
            f"SELECT stem, first, uses FROM stem WHERE stem IN ({marks})",  # noqa: S608 - only marks
            stems,
        )


def question_postings(
    words: int, uses: Mapping[str, StemPostings], entries: int
) -> QuestionPostings:
    """Weigh each stem by its idf among the entries that may answer.

    Args:
        words: the number of content words of the question.
        uses: the postings of each of its stems.
        entries: how many entries may answer.
    """
    lists = []
    for one in uses.values():
        if found := len(one.positions):
            idf = math.log(1 + (entries - found + 0.5) / (found + 0.5))
            lists.append(_WeightedPostings(one.positions, one.weights, np.float32(idf)))
    lists.sort(key=lambda one: len(one.positions))
    return QuestionPostings(lists, np.float32(min(1.0, MANY_WORDS / max(words, 1))))
