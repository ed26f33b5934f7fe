"""Lays out the map of a generation; unchanged entries keep their place on the previous map."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers, Vectors
from semsearch.core.checksums import sha256_of
from semsearch.core.entries import Entry
from semsearch.core.errors import StoredIndexError
from semsearch.index.files.entry_table import EntryTable
from semsearch.index.files.memory_map import Rows, mapped
from semsearch.index.manifest import Manifest, read_manifest
from semsearch.index.map.projection import Points, landmarks, lay_out, place
from semsearch.index.pgvector.rows import moved_files
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.files.layout import IndexLayout
from semsearch.text.passages import passages_of

MIN_UNCHANGED_SHARE = 0.8
"""Least share of entries with a place on the previous map; below it the whole map is computed
again."""

_CHUNK = 8192


@dataclass(frozen=True, slots=True)
class DefinitionVectors:
    """The vectors of the definitions of a generation."""

    rows: Rows
    first_rows: Numbers

    @classmethod
    def open(cls, files: GenerationLayout, dim: int) -> DefinitionVectors:
        """Open those of a written generation."""
        return cls(Rows(files.vectors, "<f4", dim), mapped(files.first_rows, "<i8"))

    def __len__(self) -> int:
        return len(self.first_rows) - 1

    def take(self, positions: Numbers) -> Vectors:
        """Return the vectors at some positions, (n, dim)."""
        return self.rows.take(self.first_rows[positions])


def lay_out_entries(
    layout: IndexLayout, vectors: DefinitionVectors, entries: Sequence[Entry], dim: int, key: str
) -> Points:
    """Return the place of each entry on the map, (n, 2).

    Args:
        layout: the index; its current generation has the previous map.
        vectors: of the new generation.
        entries: its entries, by position.
        dim: length of every vector.
        key: of the encoder; places that another encoder's vectors gave are not reused.
    """
    points = np.zeros((len(vectors), 2))
    known, places = _reused_places(layout, vectors, entries, dim, key)
    if len(known) < MIN_UNCHANGED_SHARE * len(vectors):
        known = landmarks(len(vectors))
        places = lay_out(vectors.take(known))
    points[known] = places
    _place_others(vectors, known, points)
    return points


def _reused_places(
    layout: IndexLayout,
    vectors: DefinitionVectors,
    entries: Sequence[Entry],
    dim: int,
    key: str,
) -> tuple[Numbers, Points]:
    """Return the positions of entries whose vectors are unchanged, and their former places."""
    nothing = np.zeros(0, dtype=np.int64), np.zeros((0, 2))
    try:
        manifest, files = read_manifest(layout)
        if manifest.embedded_by != key or manifest.dim != dim or _are_altered(manifest, files):
            return nothing
        with closing(EntryTable(files.entries)) as entry_table:
            before = entry_table.positions()
            if manifest.candidates:
                return _same_texts(entry_table, before, entries, mapped(files.map, "<f4"))
        earlier = DefinitionVectors.open(files, dim)
        places = mapped(files.map, "<f4").reshape(-1, 2)
    except (StoredIndexError, OSError, ValueError, sqlite3.Error):
        return nothing
    pairs = ((new, before.get(entry.id)) for new, entry in enumerate(entries))
    both = np.array([(new, old) for new, old in pairs if old is not None], dtype=np.int64)
    reused, kept = [nothing[0]], [nothing[1]]
    for start in range(0, len(both), _CHUNK):
        new, old = both[start : start + _CHUNK].T
        is_same = (vectors.take(new) == earlier.take(old)).all(axis=1)
        reused.append(new[is_same])
        kept.append(places[old[is_same]].astype(np.float64))
    return np.concatenate(reused), np.concatenate(kept)


def _same_texts(
    entry_table: EntryTable,
    before: Mapping[str, int],
    entries: Sequence[Entry],
    places: NDArray[np.float32],
) -> tuple[Numbers, Points]:
    """Return what `_reused_places` returns if PostgreSQL has the former vectors.

    Equal texts have equal vectors, so these need not be fetched.
    """
    same: list[tuple[int, int]] = []
    for start in range(0, len(entries), _CHUNK):
        some = entries[start : start + _CHUNK]
        known = [(new, before[one.id]) for new, one in enumerate(some, start) if one.id in before]
        earlier = entry_table.entries([old for _, old in known])
        same += (
            (new, old)
            for (new, old), one in zip(known, earlier, strict=True)
            if passages_of(one)[0].text == passages_of(entries[new])[0].text
        )
    new, old = np.array(same, dtype=np.int64).reshape(-1, 2).T
    return new, places.reshape(-1, 2)[old].astype(np.float64)


def _are_altered(manifest: Manifest, files: GenerationLayout) -> bool:
    """Return whether a file of the previous generation differs from its manifest."""
    moved = moved_files(files) if manifest.candidates else ()
    needed = {files.map, files.entries, files.vectors, files.first_rows}.difference(moved)
    return any(manifest.sha256.get(file.name) != sha256_of(file) for file in needed)


def _place_others(vectors: DefinitionVectors, known: Numbers, points: Points) -> None:
    """Place each remaining entry between its nearest neighbours on the map."""
    others = np.setdiff1d(np.arange(len(vectors)), known, assume_unique=True)
    if not len(others):
        return
    chosen = known[landmarks(len(known))]
    among, places = vectors.take(chosen), points[chosen]
    for start in range(0, len(others), _CHUNK):
        some = others[start : start + _CHUNK]
        points[some] = place(vectors.take(some), among, places)
