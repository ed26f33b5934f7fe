"""Nearest-neighbour engines of a segment: one for its entries and one for asked-as phrases.

Both hold vectors computed from stored rows (`vectors.py`). The exact stored vectors score every
candidate again, so an approximate engine can miss a candidate but never gives a wrong score.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.errors import InvalidSetting
from semsearch.core.index_info import CHOSEN_BY_SIZE, EngineInfo
from semsearch.core.positions import distinct
from semsearch.core.progress import Progress, track
from semsearch.index.ann.base import Searchable
from semsearch.index.ann.flat import FaissIndex
from semsearch.index.ann.hnsw import GraphIndex
from semsearch.index.ann.vectors import CHUNK, EntryVectors, PhraseVectors, StoredVectors
from semsearch.ranking.similarity_baseline import evenly_spaced
from semsearch.storage.files.atomic_files import sync
from semsearch.storage.files.generation_layout import GenerationLayout

AUTO, FLAT, GRAPH, PGVECTOR = "auto", "flat", "hnsw", "pgvector"
ENGINES = (AUTO, FLAT, GRAPH, PGVECTOR)

FLAT_UP_TO = 10_000
"""Up to so many entries every entry is compared with the question; that takes less than 1 ms."""

FETCH = 100
"""Entries fetched by vectors, and as many by words. An entry in the middle of both lists may come
first once they are fused."""

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
    """Choose the engine for the entries of a segment, build it and measure its recall.

    Args:
        files: the segment, whose vectors are written; HNSW adds a file of its own.
        dim: length of every vector.
        wanted: one of `ENGINES`.
        progress: reports the vectors added to a graph.
    """
    return _write(EntryVectors(files, dim), files.engine, wanted, progress, "entry")


def write_phrase_ann(
    files: GenerationLayout, dim: int, wanted: str, progress: Progress
) -> EngineInfo:
    """Choose and build the engine for the phrases of a segment; without any it is flat."""
    stored = PhraseVectors(files, dim)
    return _write(stored, files.phrase_engine, wanted if len(stored) else FLAT, progress, "phrase")


def _write(
    stored: StoredVectors, file: Path, wanted: str, progress: Progress, unit: str
) -> EngineInfo:
    name = chosen_engine(wanted, len(stored))
    why = CHOSEN_BY_SIZE if wanted == AUTO else "as it was asked for"
    if name == FLAT:
        return EngineInfo(
            FLAT, f"{why}; it compares every {unit}", 1.0, 0, len(stored) * stored.dim * 4
        )
    sample = stored.at(evenly_spaced(len(stored), CHUNK))
    chunks = -(-len(stored) // CHUNK)
    graph = GraphIndex.make(stored.dim, sample, track(stored.batches(), progress, "graph", chunks))
    recall = tune_breadth(graph, stored, FETCH)
    graph.save(file)
    sync(file)
    return EngineInfo(GRAPH, why, round(recall, 4), graph.breadth, file.stat().st_size)


class TunableGraph(Protocol):
    """An HNSW graph whose efSearch can be set."""

    breadth: int

    def search(self, vectors: Vectors, k: int) -> tuple[Numbers, Vectors]:
        """Find approximately the k nearest of each row; see `Searchable.search`."""


def tune_breadth(graph: TunableGraph, stored: StoredVectors, fetch: int) -> float:
    """Raise efSearch until the recall reaches `TARGET`, and return the recall.

    Args:
        graph: its breadth is set.
        stored: the vectors that it has.
        fetch: how many are fetched for a question.
    """
    rows = stored.sample(ASKED)
    questions = rows + np.roll(rows, len(rows) // 2, axis=0)
    nearest = stored.nearest(questions, 10, range(len(stored)))
    recall = 0.0
    for breadth in BREADTHS:
        graph.breadth = breadth
        found, _ = graph.search(questions, fetch)
        shares = [np.isin(one, other).mean() for one, other in zip(nearest, found, strict=True)]
        recall = float(np.mean(shares))
        if recall >= TARGET:
            break
    return recall


class VectorSearcher:
    """Finds entries, or asked-as phrases, by their vectors. Thread-safe."""

    def __init__(self, stored: StoredVectors, engine: Searchable, is_exact: bool) -> None:
        self._stored = stored
        self._engine = engine
        self.is_exact = is_exact
        """Whether every vector is compared with every question."""

    @classmethod
    def open(cls, files: GenerationLayout, dim: int, info: EngineInfo) -> VectorSearcher:
        """Open the engine for the entries of a segment."""
        return cls._open(EntryVectors(files, dim), files.engine, info)

    @classmethod
    def open_phrases(cls, files: GenerationLayout, dim: int, info: EngineInfo) -> VectorSearcher:
        """Open the engine for the phrases of a segment, by number instead of position."""
        return cls._open(PhraseVectors(files, dim), files.phrase_engine, info)

    @classmethod
    def _open(cls, stored: StoredVectors, file: Path, info: EngineInfo) -> VectorSearcher:
        if info.name == GRAPH:
            return cls(stored, GraphIndex.open(file, stored.dim, info.breadth), False)
        engine = FaissIndex(stored.dim)
        first = 0
        for batch in stored.batches():
            engine.add(np.arange(first, first + len(batch)), batch)
            first += len(batch)
        return cls(stored, engine, True)

    def nearest(
        self,
        vectors: Vectors,
        k: int,
        allowed: range,
        only: Numbers | None = None,
        languages: tuple[str, ...] = (),
    ) -> Numbers:
        """Return the positions nearest to any of the given vectors, ascending.

        At least k positions are returned, or all allowed ones if these are fewer.

        Args:
            vectors: (m, d) unit rows.
            k: positions wanted for each row.
            allowed: range of positions that may be returned.
            only: ascending positions inside `allowed`; None allows the whole range.
            languages: tags of which those of `only` have one; not needed here.
        """
        fetch = max(k, FETCH)
        chosen = allowed if only is None else only
        if len(chosen) <= fetch:
            return np.asarray(chosen, dtype=np.int64)
        everything = len(chosen) == len(self._stored)
        is_part = len(chosen) <= max(FLAT_UP_TO, len(self._stored) // PART)
        if not self.is_exact and not everything and is_part:
            return distinct(self._stored.nearest(vectors, fetch, chosen).ravel())
        near, _ = self._engine.search(vectors, fetch, None if everything else chosen)
        return distinct(near[near >= 0])

    def at(self, positions: Numbers) -> Vectors:
        """Return the vectors of the entries at some positions, (n, d)."""
        return self._stored.at(positions)

    def ranked(self, vectors: Vectors, k: int) -> Numbers:
        """Return the positions nearest to each row, (m, min(k, entries)), nearest first.

        If an approximate engine finds fewer than k, the rest is -1.
        """
        numbers, _ = self._engine.search(vectors, k)
        return numbers


def engine_files(
    files: GenerationLayout, entries: EngineInfo, phrases: EngineInfo
) -> tuple[Path, ...]:
    """Return the engines' files, whose hashes belong in the manifest; a flat engine has none."""
    both = ((entries, files.engine), (phrases, files.phrase_engine))
    return tuple(file for info, file in both if info.name == GRAPH)
