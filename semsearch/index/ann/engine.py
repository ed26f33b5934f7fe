"""Semantic search over entries: chooses, writes and opens the nearest-neighbour engine.

Each entry has one vector: the weighted sum of the vectors of its definition and of its first
sentence. Its product with a question's vector is exactly what the two add to the fused score. The
exact stored vectors score every candidate again, so an approximate engine can miss an entry but
never gives a wrong score.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.errors import InvalidSetting
from semsearch.core.index_info import EngineInfo
from semsearch.core.progress import Progress, track
from semsearch.index.ann.base import Searchable
from semsearch.index.ann.flat import FaissIndex
from semsearch.index.ann.hnsw import GraphIndex
from semsearch.index.files.memory_map import Rows, mapped
from semsearch.ranking.baseline import evenly_spaced
from semsearch.ranking.weights import DEFAULT
from semsearch.storage.atomic_files import sync
from semsearch.storage.layout import GenerationLayout

AUTO, FLAT, GRAPH = "auto", "flat", "hnsw"
ENGINES = (AUTO, FLAT, GRAPH)

FLAT_UP_TO = 10_000
"""Up to so many entries every entry is compared with the question; that takes less than 1 ms."""

FETCH = 100
"""Entries fetched by vectors, and again by words. It is larger than any answer, since an entry in
the middle of both lists may come first once they are fused."""

TARGET = 0.98
"""Least recall@10 that the engine must reach among the entries it fetches.

It is measured with means of two stored vectors: a mean lies between entries, as a question does.
Stored vectors themselves are found too easily. Recall on 110,592 synsets of WordNet: .995 for
stored vectors, .947 for means, .958 for 359 judged questions."""

BREADTHS = (100, 150, 200, 300, 400, 600, 800)
"""Values of efSearch, tried in this order until the recall reaches `TARGET`."""

ASKED = 256
"""Means of two vectors that are searched to measure the recall."""

PART = 20
"""Below one entry in so many the allowed entries are compared one by one. A graph that may return
only few of the entries it visits has a poor recall."""

CHUNK = 8192
"""Vectors computed at a time: 12 MB."""


def chosen_engine(wanted: str, entries: int) -> str:
    """Return the engine for an index of this many entries.

    Raises:
        InvalidSetting: no engine has the name `wanted`.
    """
    if wanted not in ENGINES:
        raise InvalidSetting(f"there is no engine {wanted!r}; choose one of {', '.join(ENGINES)}")
    if wanted == AUTO:
        return FLAT if entries <= FLAT_UP_TO else GRAPH
    return wanted


def write_ann(files: GenerationLayout, dim: int, wanted: str, progress: Progress) -> EngineInfo:
    """Choose the engine of a segment, build it and measure its recall.

    Args:
        files: the segment, whose vectors are written; HNSW adds a file of its own.
        dim: length of every vector.
        wanted: one of `ENGINES`.
        progress: reports the vectors added to a graph.
    """
    stored = _Stored(files, dim)
    name = chosen_engine(wanted, len(stored))
    why = "chosen by its size" if wanted == AUTO else "as it was asked for"
    if name == FLAT:
        return EngineInfo(FLAT, f"{why}; it compares every entry", 1.0, 0, len(stored) * dim * 4)
    sample = stored.at(evenly_spaced(len(stored), CHUNK))
    chunks = -(-len(stored) // CHUNK)
    graph = GraphIndex.make(dim, sample, track(stored.batches(), progress, "graph", chunks))
    recall = _tune_breadth(graph, stored)
    graph.save(files.engine)
    sync(files.engine)
    size = files.engine.stat().st_size
    return EngineInfo(GRAPH, why, round(recall, 4), graph.breadth, size)


def _tune_breadth(graph: GraphIndex, stored: _Stored) -> float:
    """Raise efSearch until the recall reaches `TARGET`, and return the recall."""
    rows = stored.rows.take(evenly_spaced(len(stored.rows.all), ASKED))
    questions = rows + np.roll(rows, len(rows) // 2, axis=0)
    nearest = stored.nearest(questions, 10, range(len(stored)))
    recall = 0.0
    for breadth in BREADTHS:
        graph.breadth = breadth
        found, _ = graph.search(questions, FETCH)
        shares = [np.isin(one, other).mean() for one, other in zip(nearest, found, strict=True)]
        recall = float(np.mean(shares))
        if recall >= TARGET:
            break
    return recall


class _Stored:
    """The vector of each entry, computed from the stored passage vectors on demand."""

    def __init__(self, files: GenerationLayout, dim: int) -> None:
        self.rows = Rows(files.vectors, "<f4", dim)
        self._first_rows: Numbers = mapped(files.first_rows, "<i8")

    def __len__(self) -> int:
        return len(self._first_rows) - 1

    def at(self, positions: Numbers) -> Vectors:
        """Return the vectors of the entries at some positions, (n, d)."""
        first_rows = self._first_rows[positions]
        leads = first_rows + (self._first_rows[positions + 1] - first_rows > 1)
        found: Vectors = np.float32(DEFAULT.definition) * self.rows.take(first_rows)
        found += np.float32(DEFAULT.lead) * self.rows.take(leads)
        return found

    def batches(self) -> Iterator[Vectors]:
        """Yield the vectors of all entries in batches."""
        for start in range(0, len(self), CHUNK):
            yield self.at(np.arange(start, min(start + CHUNK, len(self))))

    def nearest(self, vectors: Vectors, k: int, allowed: range | Numbers) -> Numbers:
        """Return the k nearest positions of each row by comparing every allowed entry.

        Returns:
            (m, min(k, len(within))), nearest first.
        """
        numbers = np.empty((len(vectors), 0), dtype=np.int64)
        products = np.empty((len(vectors), 0), dtype=np.float32)
        for start in range(0, len(allowed), CHUNK):
            positions = np.asarray(allowed[start : start + CHUNK], dtype=np.int64)
            batch = self.at(positions)
            some = np.broadcast_to(positions, (len(vectors), len(batch)))
            numbers = np.concatenate([numbers, some], axis=1)
            products = np.concatenate([products, vectors @ batch.T], axis=1)
            best = np.argsort(-products, axis=1, kind="stable")[:, :k]
            numbers = np.take_along_axis(numbers, best, axis=1)
            products = np.take_along_axis(products, best, axis=1)
        return numbers


class VectorSearcher:
    """Finds entries by their vectors. Thread-safe."""

    def __init__(self, stored: _Stored, engine: Searchable, is_exact: bool) -> None:
        self._stored = stored
        self._engine = engine
        self.is_exact = is_exact
        """Whether every entry is compared with every question."""

    @classmethod
    def open(cls, files: GenerationLayout, dim: int, info: EngineInfo) -> VectorSearcher:
        """Open the engine that the manifest names."""
        stored = _Stored(files, dim)
        if info.name == GRAPH:
            return cls(stored, GraphIndex.open(files.engine, dim, info.breadth), False)
        engine = FaissIndex(dim)
        first = 0
        for batch in stored.batches():
            engine.add(np.arange(first, first + len(batch)), batch)
            first += len(batch)
        return cls(stored, engine, True)

    def nearest(
        self, vectors: Vectors, k: int, allowed: range, only: Numbers | None = None
    ) -> Numbers:
        """Return the positions nearest to any of the given vectors, ascending.

        At least k positions are returned, or all allowed ones if these are fewer.

        Args:
            vectors: (m, d) unit rows.
            k: positions wanted for each row.
            allowed: range of positions that may be returned.
            only: ascending positions inside `allowed`; None allows the whole range.
        """
        fetch = max(k, FETCH)
        chosen = allowed if only is None else only
        everything = len(chosen) == len(self._stored)
        is_part = len(chosen) <= max(FLAT_UP_TO, len(self._stored) // PART)
        if not self.is_exact and not everything and is_part:
            return np.unique(self._stored.nearest(vectors, fetch, chosen))
        near, _ = self._engine.search(vectors, fetch, None if everything else chosen)
        found = np.unique(near)
        return found[found >= 0]

    def at(self, positions: Numbers) -> Vectors:
        """Return the vectors of the entries at some positions, (n, d)."""
        return self._stored.at(positions)

    def ranked(self, vectors: Vectors, k: int) -> Numbers:
        """Return the positions nearest to each row, (m, min(k, entries)), nearest first.

        If an approximate engine finds fewer than k, the rest is -1.
        """
        numbers, _ = self._engine.search(vectors, k)
        return numbers


def engine_file(files: GenerationLayout, info: EngineInfo) -> tuple[Path, ...]:
    """Return the engine's file, whose hash belongs in the manifest; empty for the flat engine."""
    return (files.engine,) if info.name == GRAPH else ()
