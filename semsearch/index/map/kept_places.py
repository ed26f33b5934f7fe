"""Writes the map of a generation; unchanged entries keep their place on the previous map."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.checksums import sha256_of
from semsearch.core.entries import Entry
from semsearch.core.errors import StoredIndexError
from semsearch.core.progress import Progress
from semsearch.index.files.entry_table import Snapshot
from semsearch.index.files.memory_map import Rows, mapped
from semsearch.index.manifest import Manifest, read_manifest
from semsearch.index.map.projection import Points, landmarks, lay_out, place
from semsearch.storage.atomic_files import write_array
from semsearch.storage.layout import GenerationLayout, IndexLayout

KEPT = 0.8
"""Least share of entries with a place on the previous map; below it the whole map is computed
again."""

_CHUNK = 8192


@dataclass(frozen=True, slots=True)
class _DefinitionVectors:
    """The vectors of the definitions of a generation."""

    rows: Rows
    first_rows: Numbers

    @classmethod
    def open(cls, files: GenerationLayout, dim: int) -> _DefinitionVectors:
        return cls(Rows(files.vectors, "<f4", dim), mapped(files.first_rows, "<i8"))

    def __len__(self) -> int:
        return len(self.first_rows) - 1

    def take(self, positions: Numbers) -> Vectors:
        return self.rows.take(self.first_rows[positions])


def write_map(
    layout: IndexLayout,
    files: GenerationLayout,
    entries: Sequence[Entry],
    dim: int,
    key: str,
    progress: Progress,
) -> None:
    """Write the place of each entry.

    Args:
        layout: the index; its current generation has the previous map.
        files: the new generation, whose vectors are written.
        entries: its entries, by position.
        dim: length of every vector.
        key: of the encoder; places that another encoder's vectors gave are not reused.
        progress: reports the entries.
    """
    progress.start("map", len(entries))
    vectors = _DefinitionVectors.open(files, dim)
    points = np.zeros((len(vectors), 2))
    known = _reuse_places(layout, vectors, entries, dim, key, points)
    if len(known) < KEPT * len(vectors):
        known = landmarks(len(vectors))
        points[known] = lay_out(vectors.take(known))
    progress.advance(len(known))
    _place_others(vectors, known, points, progress)
    write_array(files.map, points.astype("<f4"))


def _reuse_places(
    layout: IndexLayout,
    vectors: _DefinitionVectors,
    entries: Sequence[Entry],
    dim: int,
    key: str,
    points: Points,
) -> Numbers:
    """Copy the places of entries whose vectors are unchanged, and return their positions."""
    nothing = np.zeros(0, dtype=np.int64)
    try:
        manifest, files = read_manifest(layout)
        if manifest.embedded_by != key or manifest.dim != dim or _are_altered(manifest, files):
            return nothing
        with closing(Snapshot(files.entries)) as snapshot:
            before = snapshot.positions()
        earlier = _DefinitionVectors.open(files, dim)
        places = mapped(files.map, "<f4").reshape(-1, 2)
    except (StoredIndexError, OSError, ValueError, sqlite3.Error):
        return nothing
    pairs = ((new, before.get(entry.id)) for new, entry in enumerate(entries))
    both = np.array([(new, old) for new, old in pairs if old is not None], dtype=np.int64)
    reused = [nothing]
    for start in range(0, len(both), _CHUNK):
        new, old = both[start : start + _CHUNK].T
        is_same = (vectors.take(new) == earlier.take(old)).all(axis=1)
        points[new[is_same]] = places[old[is_same]]
        reused.append(new[is_same])
    return np.concatenate(reused)


def _are_altered(manifest: Manifest, files: GenerationLayout) -> bool:
    """Return whether a file of the previous generation differs from its manifest."""
    needed = (files.map, files.entries, files.vectors, files.first_rows)
    return any(manifest.sha256.get(file.name) != sha256_of(file) for file in needed)


def _place_others(
    vectors: _DefinitionVectors, known: Numbers, points: Points, progress: Progress
) -> None:
    """Place each remaining entry between its nearest neighbours on the map."""
    others = np.setdiff1d(np.arange(len(vectors)), known, assume_unique=True)
    if not len(others):
        return
    chosen = known[landmarks(len(known))]
    among, places = vectors.take(chosen), points[chosen]
    for start in range(0, len(others), _CHUNK):
        some = others[start : start + _CHUNK]
        points[some] = place(vectors.take(some), among, places)
        progress.advance(len(some))
