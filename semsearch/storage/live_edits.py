"""What people changed live beside what the corpus says: theirs stays until the corpus has caught up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from semsearch.core.entries import Entry
from semsearch.storage.corpus_diff import PreservedEdits


@dataclass(frozen=True, slots=True)
class Conflict:
    """An entry that was changed live and of which the corpus says something else.

    `live` is None if it was deleted live, `corpus` if the corpus does not have it any more.
    """

    id: str
    live: Entry | None
    corpus: Entry | None


@dataclass(frozen=True, slots=True)
class MergedCorpus:
    """A corpus with what stays of live edits, and where the two differ."""

    entries: Sequence[Entry]
    kept: PreservedEdits
    conflicts: tuple[Conflict, ...]


def keep_live(
    corpus: Sequence[Entry], live: Sequence[Entry], deleted: Iterable[str], *, overwrite: bool
) -> MergedCorpus:
    """Put live edits into a corpus.

    An entry that says the same in both, wherever it stands, is the corpus's from then on, and so is a deletion of what
    the corpus does not have either. An entry that was only ever added live is no conflict.

    Args:
        corpus: all its entries.
        live: the entries of the index whose last change was live.
        deleted: ids that were deleted live.
        overwrite: whether the corpus wins wherever they differ; what was only added live goes then.
    """
    places = {entry.id: place for place, entry in enumerate(corpus)}
    entries: list[Entry | None] = list(corpus)
    added: list[Entry] = []
    stays: set[str] = set()
    away: set[str] = set()
    conflicts: list[Conflict] = []
    for entry in live:
        place = places.get(entry.id)
        other = None if place is None else corpus[place]
        if other is not None and replace(other, source=entry.source) == entry:
            continue
        stays.add(entry.id)
        if other is not None or entry.source is not None or overwrite:
            conflicts.append(Conflict(entry.id, entry, other))
        if place is None:
            added.append(entry)
        else:
            entries[place] = entry
    for id_ in deleted:
        if id_ in places:
            entries[places[id_]] = None
            away.add(id_)
            conflicts.append(Conflict(id_, None, corpus[places[id_]]))
    if overwrite:
        return MergedCorpus(corpus, PreservedEdits(), tuple(conflicts))
    merged = [entry for entry in entries if entry is not None]
    return MergedCorpus([*merged, *added], PreservedEdits(stays, away), tuple(conflicts))
