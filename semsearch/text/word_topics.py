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

from collections.abc import Sequence
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
        content = np.asarray(np.memmap(file, np.uint8, mode="r"))  # indexing a memmap is slow
        self._rows = content[DIGEST_BYTES:].view(_ROW)
        self._hashes: NDArray[np.int64] = np.ascontiguousarray(self._rows["hash"])
        self._rarest = float(self._rows["idf"].max())

    def of(self, stems: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return what the stems of a text say.

        Returns:
            The idf of each stem, (n,), an unknown one being as rare as the rarest; and the topics
            of the text, (TOPICS,): a unit vector, or zeros if all stems are unknown.
        """
        wanted = np.fromiter(map(_hash, stems), np.int64, len(stems))
        places = np.minimum(self._hashes.searchsorted(wanted), len(self._hashes) - 1)
        known = self._hashes[places] == wanted
        rows = self._rows[places[known]]
        idf = np.full(len(stems), self._rarest, np.float32)
        idf[known] = rows["idf"]
        weights = rows["idf"] * rows["scale"]
        topics: NDArray[np.float32] = weights @ rows["topics"].astype(np.float32)
        length = float(np.linalg.norm(topics))
        return idf, topics / np.float32(length) if length else topics


@lru_cache(maxsize=8_192)
def _hash(stem: str) -> int:
    """Return the hash of a stem; a build asks for the same ones again and again."""
    return hash64(stem)


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
