"""Finds entries, or asked-as phrases, by their vectors in PostgreSQL.

Glossary and languages are conditions of the statement: the graph is scanned until enough rows that
fulfil them are found.
"""

from __future__ import annotations

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.positions import distinct
from semsearch.index.ann.engine import FETCH
from semsearch.index.ann.vectors import StoredVectors
from semsearch.storage.postgres.candidate_reader import CandidateReader
from semsearch.storage.postgres.candidates import EXACT_UP_TO, CandidateKind


class CandidateSearcher:
    """Does what `VectorSearcher` does. Thread-safe."""

    is_exact = False
    """Whether every vector is compared with every question."""

    def __init__(self, reader: CandidateReader, kind: CandidateKind, stored: StoredVectors) -> None:
        """Search the table of a kind.

        Args:
            reader: of the set of candidates.
            kind: of entries or of phrases.
            stored: their vectors by number.
        """
        self._reader = reader
        self._kind = kind
        self._stored = stored

    def nearest(
        self,
        vectors: Vectors,
        k: int,
        allowed: range,
        only: Numbers | None = None,
        languages: tuple[str, ...] = (),
    ) -> Numbers:
        """Return the numbers nearest to any of the given vectors, ascending.

        At least k are returned, or all allowed ones if these are fewer; in a graph that has few
        allowed ones in reach, perhaps fewer.

        Args:
            vectors: (m, d) unit rows.
            k: wanted for each row.
            allowed: range of numbers that may be returned.
            only: ascending ones inside `allowed`; None allows the whole range.
            languages: tags of which those of `only` have one.
        """
        fetch = max(k, FETCH)
        chosen = allowed if only is None else only
        if len(chosen) <= fetch:
            return np.asarray(chosen, dtype=np.int64)
        is_exact = len(chosen) <= EXACT_UP_TO
        within: range | list[int] | None = allowed
        if is_exact and only is not None:
            within, languages = only.tolist(), ()
        elif len(allowed) == len(self._stored):
            within = None
        rows = vectors.tolist()
        found = self._reader.nearest(self._kind, rows, fetch, within, languages, exact=is_exact)
        return distinct(np.array([one for row in found for one in row], dtype=np.int64))

    def at(self, positions: Numbers) -> Vectors:
        """Return the vectors of some numbers, (n, d)."""
        return self._stored.at(positions)

    def ranked(self, vectors: Vectors, k: int) -> Numbers:
        """Return the numbers nearest to each row, (m, min(k, count)), nearest first.

        If fewer than k are found, the rest is -1.
        """
        count = len(self._stored)
        k = min(k, count)
        found = self._reader.nearest(
            self._kind, vectors.tolist(), k, None, exact=count <= EXACT_UP_TO
        )
        ranked = np.full((len(vectors), k), -1, dtype=np.int64)
        for row, numbers in zip(ranked, found, strict=True):
            row[: len(numbers)] = numbers
        return ranked
