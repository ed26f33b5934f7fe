"""Compares a newly read corpus with the store: which entries are new, changed, moved or gone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from semsearch.core.entries import Entry
from semsearch.storage.rows import COLUMNS, Origin, from_row, to_row
from semsearch.storage.store_connection import StoreConnection


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids of entries by what a build changed.

    `moved` counts entries with the same text but another file, line or order.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    gone: tuple[str, ...]
    moved: int

    def __bool__(self) -> bool:
        """Return whether anything changed."""
        return bool(self.new or self.changed or self.gone or self.moved)


@dataclass(frozen=True, slots=True)
class PreservedEdits:
    """Live edits that a build leaves untouched: ids of edited and of deleted entries."""

    entries: Collection[str] = frozenset()
    deleted: Collection[str] = frozenset()

    def origin(self, id_: str) -> Origin:
        """Return the origin of an entry after the build."""
        return Origin.LIVE if id_ in self.entries else Origin.CORPUS


class EntryChange(IntEnum):
    """What a build does with an entry of the corpus."""

    NEW = 0
    SAME = 1
    SHIFTED = 2
    """Only its position or origin is written."""
    MOVED = 3
    """Its text is the same, its file or line is not."""
    CHANGED = 4


@dataclass(slots=True)
class CorpusComparison:
    """The comparison of a corpus with the store."""

    ordered: Sequence[Entry]
    changes_by_place: bytearray
    """The `EntryChange` of each entry, by place in `ordered`."""
    firsts: dict[str, int]
    """The place of the first entry of each glossary."""
    gone: list[str]
    """Ids that only the store has."""
    moved: int = 0
    """Number of entries whose file or line differs, whether changed or not."""
    is_in_order: bool = True
    """Whether order and origins of the entries that both have are unchanged."""

    def position(self, place: int) -> int:
        """Return the position within its glossary of the entry at a place."""
        return place - self.firsts[self.ordered[place].glossary]

    def changes(self) -> Changes:
        """Return the summary for the build report."""
        by_change = [
            tuple(
                e.id
                for e, change in zip(self.ordered, self.changes_by_place, strict=True)
                if change == wanted
            )
            for wanted in (EntryChange.NEW, EntryChange.CHANGED)
        ]
        new, changed = by_change
        moved = self.moved
        if not moved and not new and not self.gone:
            moved = int(not self.is_in_order)
        unchanged = len(self.ordered) - len(new) - len(changed)
        return Changes(new, changed, unchanged, tuple(sorted(self.gone)), moved)


def compare(
    connection: StoreConnection, ordered: Sequence[Entry], preserved: PreservedEdits
) -> CorpusComparison:
    """Compare a corpus with the store, row by row.

    Args:
        connection: of the store.
        ordered: all entries, sorted by glossary, in order within each.
        preserved: live edits that stay; those entries are among `ordered`.
    """
    comparison = CorpusComparison(ordered, bytearray(len(ordered)), {}, [])
    for place, entry in enumerate(ordered):
        comparison.firsts.setdefault(entry.glossary, place)
    last = -1
    for row, position, origin, at in _stored(connection, ordered):
        if at is None:
            comparison.gone.append(str(row[0]))
            continue
        is_same_origin = origin == preserved.origin(ordered[at].id)
        comparison.is_in_order &= is_same_origin and at > last
        last = at
        if row != to_row(ordered[at]):
            old = from_row(row)
            comparison.moved += old.source != ordered[at].source
            is_same = replace(old, source=ordered[at].source) == ordered[at]
            comparison.changes_by_place[at] = EntryChange.MOVED if is_same else EntryChange.CHANGED
        else:
            is_in_place = is_same_origin and position == comparison.position(at)
            comparison.changes_by_place[at] = (
                EntryChange.SAME if is_in_place else EntryChange.SHIFTED
            )
    return comparison


def _stored(
    connection: StoreConnection, ordered: Sequence[Entry]
) -> Iterator[tuple[tuple[str | int, ...], int, str, int | None]]:
    """Yield each stored row, its position and origin, and its entry's place in `ordered`."""
    places = {entry.id: place for place, entry in enumerate(ordered)}
    rows = connection.execute(
        f"SELECT {COLUMNS}, position, origin FROM entry ORDER BY glossary, position"  # noqa: S608 - constant
    )
    return ((row[:-2], row[-2], row[-1], places.get(row[0])) for row in rows)
