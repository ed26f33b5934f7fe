"""Charting: a place on the map for every entry of a generation, kept from the one before where nothing changed."""

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
"""Share of entries that must have a place already; with fewer the map is laid out anew."""

_CHUNK = 8192


@dataclass(frozen=True, slots=True)
class _Wholes:
    """The vectors of the whole definitions of a generation."""

    rows: Rows
    first_rows: Numbers

    @classmethod
    def open(cls, files: GenerationLayout, dim: int) -> _Wholes:
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
        layout: the index, whose present generation has the places that are kept.
        files: the generation, whose vectors are written.
        entries: those of it, in order.
        dim: length of every vector.
        key: what they were embedded by; places among other vectors mean nothing.
        progress: told about the entries.
    """
    progress.start("map", len(entries))
    own = _Wholes.open(files, dim)
    points = np.zeros((len(own), 2))
    known = _kept(layout, own, entries, dim, key, points)
    if len(known) < KEPT * len(own):
        known = landmarks(len(own))
        points[known] = lay_out(own.take(known))
    progress.advance(len(known))
    _place_others(own, known, points, progress)
    write_array(files.map, points.astype("<f4"))


def _kept(
    layout: IndexLayout,
    own: _Wholes,
    entries: Sequence[Entry],
    dim: int,
    key: str,
    points: Points,
) -> Numbers:
    """Take over the places of entries whose vectors are as they were, and return which these are."""
    nothing = np.zeros(0, dtype=np.int64)
    try:
        manifest, files = read_manifest(layout)
        if manifest.embedded_by != key or manifest.dim != dim or _are_altered(manifest, files):
            return nothing
        with closing(Snapshot(files.entries)) as snapshot:
            before = snapshot.positions()
        earlier = _Wholes.open(files, dim)
        places = mapped(files.map, "<f4").reshape(-1, 2)
    except (StoredIndexError, OSError, ValueError, sqlite3.Error):
        return nothing
    pairs = ((new, before.get(entry.id)) for new, entry in enumerate(entries))
    both = np.array([(new, old) for new, old in pairs if old is not None], dtype=np.int64)
    kept = [nothing]
    for start in range(0, len(both), _CHUNK):
        new, old = both[start : start + _CHUNK].T
        alike = (own.take(new) == earlier.take(old)).all(axis=1)
        points[new[alike]] = places[old[alike]]
        kept.append(new[alike])
    return np.concatenate(kept)


def _are_altered(manifest: Manifest, files: GenerationLayout) -> bool:
    """Whether a file that is taken over from is not what its manifest says."""
    needed = (files.map, files.entries, files.vectors, files.first_rows)
    return any(manifest.sha256.get(file.name) != sha256_of(file) for file in needed)


def _place_others(own: _Wholes, known: Numbers, points: Points, progress: Progress) -> None:
    """Place what has no place between its nearest among some that have one."""
    others = np.setdiff1d(np.arange(len(own)), known, assume_unique=True)
    if not len(others):
        return
    chosen = known[landmarks(len(known))]
    among, places = own.take(chosen), points[chosen]
    for start in range(0, len(others), _CHUNK):
        some = others[start : start + _CHUNK]
        points[some] = place(own.take(some), among, places)
        progress.advance(len(some))
