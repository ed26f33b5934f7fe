"""The rows that scoring reads of an entry, together in one value of PostgreSQL.

The value of an entry has, one after the other: the vectors of its passages (float32), of its
phrases and of its names (one byte per dimension), and the rows and the weights of its tokens. How
many there are of each is in small files of the generation. So all that a question needs of its
candidates comes in one round trip, when the first part of it is asked for; values that were read
lately are kept.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from cachetools import LRUCache
from numpy.typing import DTypeLike, NDArray

from semsearch.core.arrays import Numbers
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.index.files.memory_map import mapped
from semsearch.index.files.tokens import row_width
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.postgres.candidate_reader import CandidateReader

CACHE_BYTES = 64 << 20
"""Values that are kept, some thousands."""
WHOLE_UP_TO = 4096
"""Entries whose whole values are read at once. Of more, as for a map, only the part is read."""


@dataclass(frozen=True, slots=True)
class RowKind:
    """What kind of rows a value has: where those of each entry begin, and what a row is."""

    starts: Numbers
    """(entries + 1,)"""
    dtype: DTypeLike
    width: int
    """Numbers of a row; 0 if a row is a single number."""

    @property
    def bytes(self) -> int:
        """The length of a row."""
        return np.dtype(self.dtype).itemsize * max(self.width, 1)

    def counts(self, positions: Numbers) -> Numbers:
        """Return the number of rows of each entry."""
        found: Numbers = self.starts[positions + 1] - self.starts[positions]
        return found


def moved_files(files: GenerationLayout) -> tuple[Path, ...]:
    """Return the files of a generation whose content the values have instead."""
    return (files.vectors, files.name_vectors, files.phrases, files.tokens, files.token_weights)


class RowKinds:
    """The kinds in the order that they have in a value."""

    def __init__(self, files: GenerationLayout, dim: int) -> None:
        """Open the files that say how many rows each entry has."""
        tokens = mapped(files.token_starts, "<i8")
        self.passages = RowKind(mapped(files.first_rows, "<i8"), "<f4", dim)
        self.phrases = RowKind(mapped(files.first_phrases, "<i8"), "i1", dim)
        self.names = RowKind(mapped(files.first_names, "<i8"), "i1", dim)
        self.tokens = RowKind(tokens, "i1", row_width(files))
        self.token_weights = RowKind(tokens, "<f4", 0)

    @property
    def all(self) -> tuple[RowKind, ...]:
        """All kinds."""
        return (self.passages, self.phrases, self.names, self.tokens, self.token_weights)


class Bytes(Protocol):
    """Gives a part of the values of some entries."""

    def parts(self, kind: RowKind, positions: Numbers) -> list[bytes]:
        """Return the rows of one kind of each entry, as bytes."""


class CandidateValues:
    """The values of entries, by position. Thread-safe."""

    def __init__(self, reader: CandidateReader, kinds: RowKinds) -> None:
        self._reader = reader
        self._kinds = kinds
        self._cache: LRUCache[int, bytes] = LRUCache(CACHE_BYTES, getsizeof=len)
        self._lock = threading.Lock()

    def parts(self, kind: RowKind, positions: Numbers) -> list[bytes]:
        """Return the rows of one kind of each of some distinct entries, as bytes."""
        firsts = np.zeros(len(positions), dtype=np.int64)
        for other in self._kinds.all:
            if other is kind:
                break
            firsts += other.counts(positions) * other.bytes
        lengths = kind.counts(positions) * kind.bytes
        if len(positions) > WHOLE_UP_TO:
            return self._reader.slices(positions.tolist(), firsts.tolist(), lengths.tolist())
        values = self._values(positions.tolist())
        spans = zip(values, firsts.tolist(), (firsts + lengths).tolist(), strict=True)
        return [value[first:end] for value, first, end in spans]

    def _values(self, positions: list[int]) -> list[bytes]:
        with self._lock:
            found = {one: value for one in positions if (value := self._cache.get(one)) is not None}
        missing = [one for one in positions if one not in found]
        if missing:
            read = self._reader.data(missing)
            found |= read
            with self._lock:
                for position, value in read.items():
                    if len(value) < CACHE_BYTES:
                        self._cache[position] = value
        try:
            return [found[position] for position in positions]
        except KeyError as error:
            raise StoreUnavailable(
                f"PostgreSQL has no candidate {error}; it is being restored, or has lost rows: build "
                "the index again if that stays"
            ) from error


class CandidateRows:
    """Rows of one kind, by number, as a file would have them. Thread-safe."""

    def __init__(self, values: Bytes, kind: RowKind) -> None:
        self._values = values
        self._kind = kind
        self.width = kind.width
        """Numbers of a row."""

    def __len__(self) -> int:
        return int(self._kind.starts[-1])

    def take(self, numbers: Numbers) -> NDArray[Any]:
        """Return a copy of some rows, (n, width), or (n,) if a row is a single number."""
        kind = self._kind
        shape = (-1, kind.width) if kind.width else (-1,)
        if not len(numbers):
            return np.empty((0, kind.width) if kind.width else 0, dtype=kind.dtype)
        owners, place = np.unique(
            kind.starts.searchsorted(numbers, side="right") - 1, return_inverse=True
        )
        rows = np.frombuffer(b"".join(self._values.parts(kind, owners)), dtype=kind.dtype)
        counts = kind.counts(owners)
        begins = counts.cumsum() - counts - kind.starts[owners]
        found: NDArray[Any] = rows.reshape(shape).take(numbers + begins[place], axis=0)
        return found
