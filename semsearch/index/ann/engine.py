"""Nearest-neighbour engines of a segment: one for its entries and one for the phrases people ask with.

Either holds vectors that are computed from stored rows (`vectors`), and those score what is found once more: an engine
that compresses or overlooks can cost a candidate, never a wrong score.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.errors import InvalidSetting
from semsearch.core.index_info import EngineInfo
from semsearch.core.progress import Progress, track
from semsearch.index.ann.base import Searchable
from semsearch.index.ann.flat import FaissIndex
from semsearch.index.ann.hnsw import GraphIndex
from semsearch.index.ann.vectors import CHUNK, EntryVectors, PhraseVectors, StoredVectors
from semsearch.ranking.baseline import evenly_spaced
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
    """Choose the engine for the entries of a segment whose rows are written, make it and measure it.

    Args:
        files: the segment; the file of the engine is written beside the rows if it has one.
        dim: length of every row.
        wanted: one of `ENGINES`.
        progress: told about the vectors put into an engine that takes time to make.
    """
    return _write(EntryVectors(files, dim), files.engine, wanted, progress, "entry")


def write_phrase_ann(
    files: GenerationLayout, dim: int, wanted: str, progress: Progress
) -> EngineInfo:
    """Do the same for the phrases of a segment; without any it needs no graph."""
    stored = PhraseVectors(files, dim)
    return _write(stored, files.phrase_engine, wanted if len(stored) else FLAT, progress, "phrase")


def _write(
    stored: StoredVectors, file: Path, wanted: str, progress: Progress, unit: str
) -> EngineInfo:
    name = chosen_engine(wanted, len(stored))
    why = "chosen by its size" if wanted == AUTO else "as it was asked for"
    if name == FLAT:
        return EngineInfo(
            FLAT, f"{why}; it compares every {unit}", 1.0, 0, len(stored) * stored.dim * 4
        )
    sample = stored.at(evenly_spaced(len(stored), CHUNK))
    chunks = -(-len(stored) // CHUNK)
    graph = GraphIndex.make(stored.dim, sample, track(stored.batches(), progress, "graph", chunks))
    recall = _fit(graph, stored)
    graph.save(file)
    sync(file)
    return EngineInfo(GRAPH, why, round(recall, 4), graph.breadth, file.stat().st_size)


def _fit(graph: GraphIndex, stored: StoredVectors) -> float:
    """Search as broadly as the target asks for, and return the recall that is reached."""
    rows = stored.sample(ASKED)
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


class VectorSearcher:
    """Finds entries, or phrases, by meaning. Safe to use from several threads."""

    def __init__(self, stored: StoredVectors, engine: Searchable, is_exact: bool) -> None:
        self._stored = stored
        self._engine = engine
        self.is_exact = is_exact
        """Whether every vector is compared with every question."""

    @classmethod
    def open(cls, files: GenerationLayout, dim: int, stated: EngineInfo) -> VectorSearcher:
        """Open the engine for the entries of a segment as its manifest states it."""
        return cls._open(EntryVectors(files, dim), files.engine, stated)

    @classmethod
    def open_phrases(cls, files: GenerationLayout, dim: int, stated: EngineInfo) -> VectorSearcher:
        """Open the engine for its phrases, whose numbers take the place of positions."""
        return cls._open(PhraseVectors(files, dim), files.phrase_engine, stated)

    @classmethod
    def _open(cls, stored: StoredVectors, file: Path, stated: EngineInfo) -> VectorSearcher:
        if stated.name == GRAPH:
            return cls(stored, GraphIndex.open(file, stored.dim, stated.breadth), False)
        engine = FaissIndex(stored.dim)
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


def engine_files(
    files: GenerationLayout, entries: EngineInfo, phrases: EngineInfo
) -> tuple[Path, ...]:
    """Return the files of the engines, which the manifest has to vouch for; a flat one has none."""
    both = ((entries, files.engine), (phrases, files.phrase_engine))
    return tuple(file for stated, file in both if stated.name == GRAPH)
