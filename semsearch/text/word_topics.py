"""How rare words are, and which topics they speak of, by latent semantic analysis.

A text of fourteen words may share none with another one of the same thing: "taking funds for
personal use" and "theft of money by a person entrusted with it". Words that stand in the same texts
speak of the same topics, so texts are compared by these as well (Deerwester et al., "Indexing by
latent semantic analysis", 1990).

`topics.bin` beside the concepts holds the SHA-256 of the concepts that it was made of, and a row
for each stem, in the order of their hashes: the 64-bit hash, `ln(N / n)` for a stem in n of N
concepts (its idf) and the scale of its topics as float32, and its topics, `TOPICS` signed bytes.
`python -m tools.write_concepts` writes it.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semsearch.core.checksums import hash64

FILE = Path(__file__).with_name("concepts") / "topics.bin"
TOPICS = 32
"""Dimensions of a vector of topics. 64 tell senses as well."""
DIGEST_BYTES = 32

_ROW = np.dtype(
    [("hash", "<i8"), ("idf", "<f4"), ("scale", "<f4"), ("topics", "i1", (TOPICS,))], align=False
)


class WordTopics:
    """The words of a file, which is mapped, so that processes share it. Thread-safe."""

    def __init__(self, file: Path) -> None:
        """Map a file that `topics_file` has written.

        Raises:
            OSError: it can't be read.
        """
        rows = np.memmap(file, np.uint8, mode="r")[DIGEST_BYTES:].view(_ROW)
        self._hashes: NDArray[np.int64] = np.ascontiguousarray(rows["hash"])
        self._rows = rows
        self._rarest = float(rows["idf"].max())

    def rarity(self, stems: Collection[str]) -> NDArray[np.float32]:
        """Return the idf of each stem, (n,); an unknown one is as rare as the rarest."""
        known, places = self._find(stems)
        found = np.full(len(stems), self._rarest, np.float32)
        found[known] = self._rows["idf"][places]
        return found

    def topics(self, stems: Collection[str]) -> NDArray[np.float32]:
        """Return the topics of a text by its stems: a unit vector, or zeros if all are unknown."""
        _, places = self._find(stems)
        rows = self._rows[places]
        weights = rows["idf"] * rows["scale"]
        total: NDArray[np.float32] = weights @ rows["topics"].astype(np.float32)
        length = float(np.linalg.norm(total))
        return total / np.float32(length) if length else total

    def _find(self, stems: Collection[str]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
        """Return which stems are known, (n,), and the places of those that are."""
        wanted = np.fromiter(map(hash64, stems), np.int64, len(stems))
        places = np.minimum(self._hashes.searchsorted(wanted), len(self._hashes) - 1)
        known = self._hashes[places] == wanted
        return known, places[known]


def topics_file(digest: bytes, idf: dict[str, float], vectors: NDArray[np.float32]) -> bytes:
    """Return the content of `FILE`.

    Args:
        digest: the SHA-256 of what the words were counted in.
        idf: of each stem.
        vectors: the topics of each stem, (n, TOPICS).
    """
    scales = np.abs(vectors).max(axis=1, initial=1e-9) / 127
    rows = np.zeros(len(idf), _ROW)
    rows["hash"] = [hash64(stem) for stem in idf]
    rows["idf"] = list(idf.values())
    rows["scale"] = scales
    rows["topics"] = np.rint(vectors / scales[:, None])
    return digest + np.sort(rows, order="hash").tobytes()


@lru_cache(maxsize=1)
def bundled_topics() -> WordTopics:
    """Return the words of this version."""
    return WordTopics(FILE)
