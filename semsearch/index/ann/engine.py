"""Finding by meaning: one vector for each entry, and the engine that holds them.

The vector is the sum of those of its whole definition and of its first sentence, weighed as the recipe weighs them, so that
its product with a question is just what meaning adds to the score. It is computed from the stored rows, and
those score what is found once more: an engine that compresses or overlooks can cost a candidate, never a wrong score.
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
"""Entries that are compared one by one: up to there that takes less than a millisecond."""

FETCH = 100
"""Entries fetched by meaning, and by words: one that both halves rank in the middle may come first when they are
fused."""

TARGET = 0.98
"""Least share of the nearest ten that the engine has to find among what it fetches. It is asked for means of two vectors
of its own: such a point lies between the entries, as a question does. A vector by itself is found too easily:
of 110,592 synsets of WordNet .995 where .958 of the nearest to 359 judged questions were, and .947 of those to means."""

BREADTHS = (100, 150, 200, 300, 400, 600, 800)
"""Tried in this order until the target is reached."""

ASKED = 256
"""Means that are searched to measure it."""

PART = 20
"""Of a glossary with less than one part in so many, or with few entries, all are compared: a graph that may only return
few of those it passes finds little."""

CHUNK = 8192
"""Vectors computed at a time: 12 MB."""


def chosen_engine(wanted: str, entries: int) -> str:
    """Return the engine of an index of so many entries.

    Raises:
        InvalidSetting: there is no engine of the name that is wanted.
    """
    if wanted not in ENGINES:
        raise InvalidSetting(f"there is no engine {wanted!r}; choose one of {', '.join(ENGINES)}")
    if wanted == AUTO:
        return FLAT if entries <= FLAT_UP_TO else GRAPH
    return wanted


def write_ann(files: GenerationLayout, dim: int, wanted: str, progress: Progress) -> EngineInfo:
    """Choose the engine of a generation whose rows are written, make it and measure it.

    Args:
        files: the generation; the file of the engine is written beside the rows if it has one.
        dim: length of every row.
        wanted: one of `ENGINES`.
        progress: told about the vectors put into an engine that takes time to make.
    """
    stored = _Stored(files, dim)
    name = chosen_engine(wanted, len(stored))
    why = "chosen by its size" if wanted == AUTO else "as it was asked for"
    if name == FLAT:
        return EngineInfo(FLAT, f"{why}; it compares every entry", 1.0, 0, len(stored) * dim * 4)
    sample = stored.at(evenly_spaced(len(stored), CHUNK))
    chunks = -(-len(stored) // CHUNK)
    graph = GraphIndex.make(dim, sample, track(stored.batches(), progress, "graph", chunks))
    recall = _fit(graph, stored)
    graph.save(files.engine)
    sync(files.engine)
    size = files.engine.stat().st_size
    return EngineInfo(GRAPH, why, round(recall, 4), graph.breadth, size)


def _fit(graph: GraphIndex, stored: _Stored) -> float:
    """Search as broadly as the target asks for, and return the recall that is reached."""
    rows = stored.rows.take(evenly_spaced(len(stored.rows.all), ASKED))
    asked = rows + np.roll(rows, len(rows) // 2, axis=0)
    nearest = stored.nearest(asked, 10, range(len(stored)))
    recall = 0.0
    for breadth in BREADTHS:
        graph.breadth = breadth
        found, _ = graph.search(asked, FETCH)
        shares = [np.isin(one, other).mean() for one, other in zip(nearest, found, strict=True)]
        recall = float(np.mean(shares))
        if recall >= TARGET:
            break
    return recall


class _Stored:
    """The vectors of the entries, computed from the stored rows when they are needed."""

    def __init__(self, files: GenerationLayout, dim: int) -> None:
        self.rows = Rows(files.vectors, "<f4", dim)
        self._first_rows: Numbers = mapped(files.first_rows, "<i8")

    def __len__(self) -> int:
        return len(self._first_rows) - 1

    def at(self, positions: Numbers) -> Vectors:
        """Return the vectors of some positions, (n, d)."""
        definition_vectors = self._first_rows[positions]
        leads = definition_vectors + (self._first_rows[positions + 1] - definition_vectors > 1)
        found: Vectors = np.float32(DEFAULT.definition) * self.rows.take(definition_vectors)
        found += np.float32(DEFAULT.lead) * self.rows.take(leads)
        return found

    def batches(self) -> Iterator[Vectors]:
        """Yield all vectors, some at a time."""
        for start in range(0, len(self), CHUNK):
            yield self.at(np.arange(start, min(start + CHUNK, len(self))))

    def nearest(self, vectors: Vectors, k: int, within: range | Numbers) -> Numbers:
        """Return the k nearest positions of each row, (m, min(k, len(within))), best first, by comparing all."""
        numbers = np.empty((len(vectors), 0), dtype=np.int64)
        products = np.empty((len(vectors), 0), dtype=np.float32)
        for start in range(0, len(within), CHUNK):
            positions = np.asarray(within[start : start + CHUNK], dtype=np.int64)
            batch = self.at(positions)
            some = np.broadcast_to(positions, (len(vectors), len(batch)))
            numbers = np.concatenate([numbers, some], axis=1)
            products = np.concatenate([products, vectors @ batch.T], axis=1)
            best = np.argsort(-products, axis=1, kind="stable")[:, :k]
            numbers = np.take_along_axis(numbers, best, axis=1)
            products = np.take_along_axis(products, best, axis=1)
        return numbers


class VectorSearcher:
    """Finds entries by meaning. Safe to use from several threads."""

    def __init__(self, stored: _Stored, engine: Searchable, is_exact: bool) -> None:
        self._stored = stored
        self._engine = engine
        self.is_exact = is_exact
        """Whether every entry is compared with every question."""

    @classmethod
    def open(cls, files: GenerationLayout, dim: int, stated: EngineInfo) -> VectorSearcher:
        """Open the engine of a generation as its manifest states it."""
        stored = _Stored(files, dim)
        if stated.name == GRAPH:
            return cls(stored, GraphIndex.open(files.engine, dim, stated.breadth), False)
        engine = FaissIndex(dim)
        first = 0
        for batch in stored.batches():
            engine.add(np.arange(first, first + len(batch)), batch)
            first += len(batch)
        return cls(stored, engine, True)

    def nearest(
        self, vectors: Vectors, k: int, within: range, only: Numbers | None = None
    ) -> Numbers:
        """Return the positions nearest to any of some rows, ascending: at least k, or all that may be returned.

        Args:
            vectors: (m, d) unit rows.
            k: positions wanted for each row.
            within: positions that may be returned.
            only: of those these only, ascending.
        """
        fetch = max(k, FETCH)
        chosen = within if only is None else only
        everything = len(chosen) == len(self._stored)
        is_part = len(chosen) <= max(FLAT_UP_TO, len(self._stored) // PART)
        if not self.is_exact and not everything and is_part:
            return np.unique(self._stored.nearest(vectors, fetch, chosen))
        near, _ = self._engine.search(vectors, fetch, None if everything else chosen)
        found = np.unique(near)
        return found[found >= 0]

    def at(self, positions: Numbers) -> Vectors:
        """Return what is held of the entries at some positions, (n, d)."""
        return self._stored.at(positions)

    def ranked(self, vectors: Vectors, k: int) -> Numbers:
        """Return the positions nearest to each row, (m, min(k, entries)), nearest first.

        An engine that is not exact may overlook some; where it finds fewer the rest is -1.
        """
        numbers, _ = self._engine.search(vectors, k)
        return numbers


def engine_file(files: GenerationLayout, stated: EngineInfo) -> tuple[Path, ...]:
    """Return the file of the engine, which the manifest has to vouch for, if it has one."""
    return (files.engine,) if stated.name == GRAPH else ()
