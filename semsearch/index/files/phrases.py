"""The phrases by which people ask for the entries of a segment: what they mean, and what they say.

    phrases.i8          the vector of each phrase, entry by entry, a byte a number
    first_phrases.i64   which is the first of each position, and where the last ones end
    phrase_keys.i64     what each phrase says, folded, as a number

Phrases are apart from the passages of a definition, so nothing that reads a definition meets one.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from hashlib import blake2b

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.index_info import EngineInfo
from semsearch.core.progress import Progress
from semsearch.index.ann.engine import VectorSearcher
from semsearch.index.ann.vectors import PhraseVectors
from semsearch.index.files.memory_map import mapped
from semsearch.index.passage_table import PassageTable
from semsearch.ranking.fusion import Scores
from semsearch.storage.atomic_files import sync, write_array
from semsearch.storage.int8 import to_int8
from semsearch.storage.layout import GenerationLayout
from semsearch.text.normalise import fold
from semsearch.text.passages import phrases_of

BATCH = 4096
"""Vectors copied at a time: 6 MB."""

NO_PHRASE = -1


def write_phrases(
    files: GenerationLayout,
    built: PassageTable,
    vectors: Callable[[list[bytes]], Vectors],
    progress: Progress,
) -> None:
    """Write the phrases of a segment.

    Args:
        files: where to.
        built: the entries.
        vectors: gives those of texts by their hashes, (n, d).
        progress: told about the phrases.
    """
    progress.start("phrases", len(built.phrase_rows))
    with files.phrases.open("wb") as rows:
        for start in range(0, len(built.phrase_rows), BATCH):
            some = built.phrase_rows[start : start + BATCH]
            rows.write(to_int8(vectors(built.hashes(some))).tobytes())
            progress.advance(len(some))
    sync(files.phrases)
    keys = array("q", (_key(phrase) for entry in built.entries for phrase in phrases_of(entry)))
    write_array(files.phrase_keys, np.array(keys, dtype="<i8"))
    write_array(files.first_phrases, built.first_phrases.astype("<i8"))


class Phrases:
    """The open files, with the engine. Safe to use from several threads."""

    def __init__(self, files: GenerationLayout, dim: int, engine: EngineInfo) -> None:
        self.first: Numbers = mapped(files.first_phrases, "<i8")
        """(entries + 1,) the first phrase of each position."""
        self._keys: Numbers = mapped(files.phrase_keys, "<i8")
        self._vectors = PhraseVectors(files, dim)
        self._finder = VectorSearcher.open_phrases(files, dim, engine)

    def __len__(self) -> int:
        """How many phrases there are."""
        return len(self._keys)

    def owners(self, phrases: Numbers) -> Numbers:
        """Return the positions of some phrases, in their order."""
        owners: Numbers = np.searchsorted(self.first, phrases, side="right") - 1
        return owners

    def nearest(self, question: Vectors, k: int, within: range, only: Numbers | None) -> Numbers:
        """Return the positions of the k phrases nearest to a question, ascending.

        Args:
            question: (d,) unit vector.
            k: phrases wanted.
            within: positions that may be returned.
            only: of those these only, ascending.
        """
        chosen = range(int(self.first[within.start]), int(self.first[within.stop]))
        if not chosen:
            return np.empty(0, dtype=np.int64)
        numbers = None if only is None else self._numbers(only)
        found = self._finder.nearest(question[np.newaxis], k, chosen, numbers)
        return np.unique(self.owners(found))

    def best(self, question: Vectors, positions: Numbers) -> tuple[Scores, Numbers]:
        """Compare a question with the phrases of some entries.

        Args:
            question: (d,) unit vector.
            positions: (n,) which entries.

        Returns:
            Of each entry the best cosine, 0 without phrases, and which of its phrases that is, from 0, or `NO_PHRASE`.
        """
        scores = np.zeros(len(positions), dtype=np.float32)
        best = np.full(len(positions), NO_PHRASE, dtype=np.int64)
        counts = self.first[positions + 1] - self.first[positions]
        (some,) = counts.nonzero()
        if not len(some):
            return scores, best
        counts = counts[some]
        starts = np.cumsum(counts) - counts
        cosines = self._vectors.at(self._numbers(positions[some])) @ question
        scores[some] = np.maximum.reduceat(cosines, starts)
        (places,) = (cosines == np.repeat(scores[some], counts)).nonzero()
        owner = np.repeat(np.arange(len(some)), counts)[places]
        first = places[np.searchsorted(owner, np.arange(len(some)))]
        best[some] = first - starts
        return scores, best

    def saying(self, question: str) -> Numbers:
        """Return the positions with a phrase that is the question, but for case, accents and marks."""
        return np.unique(self.owners(np.flatnonzero(self._keys == _key(question))))

    def _numbers(self, positions: Numbers) -> Numbers:
        """Return the numbers of all phrases of some entries, entry by entry."""
        firsts = self.first[positions]
        counts = self.first[positions + 1] - firsts
        offsets = np.cumsum(counts) - counts
        numbers: Numbers = np.repeat(firsts - offsets, counts) + np.arange(counts.sum())
        return numbers


def _key(text: str) -> int:
    """Return a number that no other phrase has, but by a chance of one in 10^19."""
    digest = blake2b(fold(text).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
