"""A corpus that was read again beside the entries that the store has: what is to become of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from semsearch.core.entries import Entry
from semsearch.storage.rows import COLUMNS, Origin, from_row, to_row


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids by what happened to them when a corpus was read again.

    `moved` counts entries whose words are the same but whose file, line or order is not.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    gone: tuple[str, ...]
    moved: int

    def __bool__(self) -> bool:
        """Whether anything happened."""
        return bool(self.new or self.changed or self.gone or self.moved)


@dataclass(frozen=True, slots=True)
class PreservedEdits:
    """What people made live and a build leaves so: ids that stay as they are, and ids that stay away."""

    entries: Collection[str] = frozenset()
    deleted: Collection[str] = frozenset()

    def origin(self, id_: str) -> Origin:
        """Whose the state of an entry is after the build."""
        return Origin.LIVE if id_ in self.entries else Origin.CORPUS


class EntryChange(IntEnum):
    """What becomes of an entry of the corpus."""

    NEW = 0
    SAME = 1
    SHIFTED = 2
    """Only its position or its origin is written."""
    MOVED = 3
    """Its words are the same, its file or line is not."""
    CHANGED = 4


@dataclass(slots=True)
class CorpusComparison:
    """A corpus beside the store."""

    ordered: Sequence[Entry]
    fates: bytearray
    """The `EntryChange` of each entry, by its place."""
    firsts: dict[str, int]
    """The place of the first entry of each glossary."""
    gone: list[str]
    """Ids that only the store has."""
    moved: int = 0
    """How many have another file or line, whatever else is the matter with them."""
    is_settled: bool = True
    """Whether order and origins are as they were, among the entries that both have."""

    def position(self, place: int) -> int:
        """Return the position within its glossary of the entry at a place."""
        return place - self.firsts[self.ordered[place].glossary]

    def changes(self) -> Changes:
        """Return what there is to tell."""
        by_fate = [
            tuple(e.id for e, fate in zip(self.ordered, self.fates, strict=True) if fate == wanted)
            for wanted in (EntryChange.NEW, EntryChange.CHANGED)
        ]
        new, changed = by_fate
        moved = self.moved
        if not moved and not new and not self.gone:
            moved = int(not self.is_settled)
        unchanged = len(self.ordered) - len(new) - len(changed)
        return Changes(new, changed, unchanged, tuple(sorted(self.gone)), moved)


def compare(
    connection: sqlite3.Connection, ordered: Sequence[Entry], kept: PreservedEdits
) -> CorpusComparison:
    """Sort a corpus into new, changed, moved and gone, row by row as the store is read.

    Args:
        connection: of the store.
        ordered: all entries, sorted by glossary, in order within each.
        kept: what was made live and stays so; those entries are among `ordered`.
    """
    found = CorpusComparison(ordered, bytearray(len(ordered)), {}, [])
    for place, entry in enumerate(ordered):
        found.firsts.setdefault(entry.glossary, place)
    last = -1
    for row, position, origin, at in _stored(connection, ordered):
        if at is None:
            found.gone.append(str(row[0]))
            continue
        is_same_origin = origin == kept.origin(ordered[at].id)
        found.is_settled &= is_same_origin and at > last
        last = at
        if row != to_row(ordered[at]):
            old = from_row(row)
            found.moved += old.source != ordered[at].source
            is_same = replace(old, source=ordered[at].source) == ordered[at]
            found.fates[at] = EntryChange.MOVED if is_same else EntryChange.CHANGED
        else:
            is_there = is_same_origin and position == found.position(at)
            found.fates[at] = EntryChange.SAME if is_there else EntryChange.SHIFTED
    return found


def _stored(
    connection: sqlite3.Connection, ordered: Sequence[Entry]
) -> Iterator[tuple[tuple[str | int, ...], int, str, int | None]]:
    """Yield each stored row in order, its position and origin, and the place of its entry, if it is there."""
    places = {entry.id: place for place, entry in enumerate(ordered)}
    rows = connection.execute(
        f"SELECT {COLUMNS}, position, origin FROM entry ORDER BY glossary, position"  # noqa: S608 - constant
    )
    return ((row[:-2], row[-2], row[-1], places.get(row[0])) for row in rows)
