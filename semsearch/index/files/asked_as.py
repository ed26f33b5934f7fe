"""The phrases by which people ask for entries: their vectors, and their texts as hashes.

Those of an entry are its asked-as phrases and then common questions (`passage_table.py`).

    phrases.i8          the vector of each phrase, entry by entry, one byte per dimension
    first_phrases.i64   number of the first phrase of each position, and the end of the last
    phrase_keys.i64     hash of each folded phrase
    phrase_words.i64    hashes of the stems of all asked-as phrases, ascending, each once: words
                        that the glossary uses, which nobody mistyped

Phrases are separate from the passages of a definition, so that nothing shows them as a part of it.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.checksums import hash64
from semsearch.core.index_info import EngineInfo
from semsearch.core.positions import distinct, spread
from semsearch.core.progress import Progress
from semsearch.index.ann.base import Searcher
from semsearch.index.ann.engine import VectorSearcher
from semsearch.index.ann.vectors import PhraseVectors
from semsearch.index.files.memory_map import RowSource, mapped, write_rows
from semsearch.index.passage_table import PassageTable
from semsearch.ranking.fusion import Scores, first_best
from semsearch.storage.files.atomic_files import write_array
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.int8 import to_int8
from semsearch.text.normalise import fold
from semsearch.text.passages import phrases_of
from semsearch.text.stems import question_stems, stem
from semsearch.text.word_languages import ENGLISH, word_language

NO_PHRASE = -1


def write_phrases(
    files: GenerationLayout,
    passages: PassageTable,
    vectors: Callable[[list[bytes]], Vectors],
    progress: Progress,
) -> None:
    """Write the phrases of a segment.

    Args:
        files: where to.
        passages: the entries.
        vectors: returns the vectors of texts by their hashes, (n, d).
        progress: reports the phrases.
    """
    progress.start("phrases", len(passages.phrase_rows))
    rows = passages.phrase_rows
    write_rows(
        files.phrases,
        len(rows),
        lambda start, end: to_int8(vectors(passages.hashes(rows[start:end]))),
        progress,
    )
    positions = range(len(passages.entries))
    keys = array("q", (_key(one) for position in positions for one in passages.phrases(position)))
    write_array(files.phrase_keys, np.array(keys, dtype="<i8"))
    stems = {
        one
        for entry in passages.entries
        for phrase in phrases_of(entry)
        for one in question_stems(phrase, word_language(entry.language))
    }
    write_array(files.phrase_words, np.array(sorted(map(hash64, stems)), dtype="<i8"))
    write_array(files.first_phrases, passages.first_phrases.astype("<i8"))


class AskedAsPhrases:
    """The open files, with their nearest-neighbour engine. Thread-safe."""

    def __init__(
        self,
        files: GenerationLayout,
        dim: int,
        engine: EngineInfo,
        rows: RowSource | None = None,
        searcher: Searcher | None = None,
    ) -> None:
        """Open the files.

        Args:
            files: of the segment.
            dim: length of every vector.
            engine: which finds phrases.
            rows: the vectors of the phrases, if they are elsewhere.
            searcher: what finds phrases, if it is elsewhere.
        """
        self.first: Numbers = mapped(files.first_phrases, "<i8")
        """(entries + 1,) the first phrase of each position."""
        self._keys: Numbers = mapped(files.phrase_keys, "<i8")
        self._words: Numbers = mapped(files.phrase_words, "<i8")
        self._vectors = PhraseVectors(files, dim, rows)
        self._searcher: Searcher = searcher or VectorSearcher.open_phrases(files, dim, engine)

    def __len__(self) -> int:
        """Return the number of phrases."""
        return len(self._keys)

    def owners(self, phrases: Numbers) -> Numbers:
        """Return the positions of the entries of some phrases, in their order."""
        owners: Numbers = np.searchsorted(self.first, phrases, side="right") - 1
        return owners

    def vectors(self, phrases: Numbers) -> Vectors:
        """Return the vectors of some phrases, (n, d)."""
        return self._vectors.at(phrases)

    def ranked(self, vectors: Vectors, k: int) -> Numbers:
        """Return the phrases nearest to each of some rows; see `VectorSearcher.ranked`."""
        return self._searcher.ranked(vectors, k)

    def nearest(
        self,
        question: Vectors,
        k: int,
        allowed: range,
        only: Numbers | None,
        languages: tuple[str, ...] = (),
    ) -> Numbers:
        """Return the ascending positions of the k phrases nearest to a question.

        Args:
            question: (d,) unit vector.
            k: phrases wanted.
            allowed: range of positions that may be returned.
            only: ascending positions inside `allowed`; None allows the whole range.
            languages: tags of which those of `only` have one.
        """
        chosen = range(int(self.first[allowed.start]), int(self.first[allowed.stop]))
        if not chosen:
            return np.empty(0, dtype=np.int64)
        numbers = None if only is None else self._numbers(only)
        found = self._searcher.nearest(question[np.newaxis], k, chosen, numbers, languages)
        return distinct(self.owners(found))

    def best(self, question: Vectors, positions: Numbers) -> tuple[Scores, Numbers]:
        """Compare a question with the phrases of some entries.

        Args:
            question: (d,) unit vector.
            positions: (n,) positions of entries.

        Returns:
            For each entry the best cosine, 0 without phrases, and the number of that phrase among
            its own, from 0, or `NO_PHRASE`.
        """
        scores = np.zeros(len(positions), dtype=np.float32)
        best = np.full(len(positions), NO_PHRASE, dtype=np.int64)
        counts = self.first[positions + 1] - self.first[positions]
        (with_phrases,) = counts.nonzero()
        if not len(with_phrases):
            return scores, best
        counts = counts[with_phrases]
        numbers, starts = spread(self.first[positions[with_phrases]], counts)
        cosines = self._vectors.products(numbers, question)
        nearest = np.maximum.reduceat(cosines, starts)
        scores[with_phrases] = nearest
        best[with_phrases] = first_best(cosines, nearest, counts, starts) - starts
        return scores, best

    def equal_to(self, question: str) -> Numbers:
        """Return the positions with a phrase that equals the question, when both are folded."""
        (phrases,) = (self._keys == _key(question)).nonzero()
        return distinct(self.owners(phrases))

    def has_word(self, word: str, language: str = ENGLISH) -> bool:
        """Return whether any phrase in a language has a word in any form."""
        if not len(self._words):
            return False
        number = hash64(stem(word, language))
        at = int(self._words.searchsorted(number))
        return at < len(self._words) and int(self._words[at]) == number

    def _numbers(self, positions: Numbers) -> Numbers:
        """Return the numbers of all phrases of some entries, entry by entry."""
        firsts = self.first[positions]
        return spread(firsts, self.first[positions + 1] - firsts)[0]


def _key(text: str) -> int:
    return hash64(fold(text))
