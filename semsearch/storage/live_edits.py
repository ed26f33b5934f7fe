"""Merges live edits into a newly read corpus; an edit stays until the corpus says the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from semsearch.core.entries import Entry
from semsearch.storage.corpus_diff import PreservedEdits


@dataclass(frozen=True, slots=True)
class Conflict:
    """An entry that was edited live and differs in the corpus.

    `live` is None if it was deleted live, `corpus` if the corpus no longer has it.
    """

    id: str
    live: Entry | None
    corpus: Entry | None


@dataclass(frozen=True, slots=True)
class MergedCorpus:
    """A corpus merged with live edits, and their conflicts."""

    entries: Sequence[Entry]
    preserved: PreservedEdits
    conflicts: tuple[Conflict, ...]


def merge_live_edits(
    corpus: Sequence[Entry], live: Sequence[Entry], deleted: Iterable[str], *, overwrite: bool
) -> MergedCorpus:
    """Merge live edits into a corpus.

    An entry with the same text in both belongs to the corpus from then on, as does a deletion of an
    entry that the corpus no longer has. An entry that only exists live is no conflict.

    Args:
        corpus: all its entries.
        live: entries of the index whose last change was live.
        deleted: ids that were deleted live.
        overwrite: whether the corpus wins all conflicts; entries that only exist live are then
            removed.
    """
    places = {entry.id: place for place, entry in enumerate(corpus)}
    entries: list[Entry | None] = list(corpus)
    added: list[Entry] = []
    preserved: set[str] = set()
    removed: set[str] = set()
    conflicts: list[Conflict] = []
    for entry in live:
        place = places.get(entry.id)
        other = None if place is None else corpus[place]
        if other is not None and replace(other, source=entry.source) == entry:
            continue
        preserved.add(entry.id)
        if other is not None or entry.source is not None or overwrite:
            conflicts.append(Conflict(entry.id, entry, other))
        if place is None:
            added.append(entry)
        else:
            entries[place] = entry
    for id_ in deleted:
        if id_ in places:
            entries[places[id_]] = None
            removed.add(id_)
            conflicts.append(Conflict(id_, None, corpus[places[id_]]))
    if overwrite:
        return MergedCorpus(corpus, PreservedEdits(), tuple(conflicts))
    merged = [entry for entry in entries if entry is not None]
    return MergedCorpus([*merged, *added], PreservedEdits(preserved, removed), tuple(conflicts))
