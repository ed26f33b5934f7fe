"""Merges the corpus of a build with live edits, and applies the result to the store.

Others may edit the store during a build, so each transaction is short. Entries of files that could
not be read this time stay as they are, with their live edits and deletions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from semsearch.core.entries import Entry, Refusal, Source, UnreadFile, glossary_of
from semsearch.core.errors import InvalidSetting
from semsearch.core.progress import Progress, Silent
from semsearch.index.passage_table import PassageTable
from semsearch.storage import purges
from semsearch.storage.corpus_diff import Changes, PreservedEdits
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.live_edits import MergedCorpus, merge_live_edits
from semsearch.storage.store_connection import briefly_locked
from semsearch.text.common_questions import QuestionSource


@dataclass(frozen=True, slots=True)
class StoredCorpus:
    """The result of writing a corpus to the store."""

    merged: MergedCorpus
    changes: Changes
    revision: tuple[str, int]
    """Of the store, when it held exactly these entries."""


class CorpusSync:
    """All entries of a build, and the store they go to."""

    def __init__(
        self,
        entries: Sequence[Entry],
        store: EntryStore,
        *,
        overwrite: bool,
        unread: Sequence[UnreadFile] = (),
    ) -> None:
        """Take the entries and the store.

        Args:
            entries: of the corpus.
            store: open; others may edit it.
            overwrite: whether the corpus overwrites live edits.
            unread: files whose entries the corpus lacks because they could not be read.
        """
        purged = store.purged()
        back = (
            [entry for entry in entries if purges.digest_of(entry.id) in purged] if purged else []
        )
        self.overwrite = overwrite
        self.refused = tuple(
            Refusal(
                entry.source or Source("", 1),
                f"the entry {entry.id!r} was purged and does not come back; remove it here",
            )
            for entry in back
        )
        """Entries of the corpus that were purged."""
        gone = {entry.id for entry in back}
        self._entries = [entry for entry in entries if entry.id not in gone] if gone else entries
        self._unread = _UnreadFiles(unread, self._entries)
        self._store = store
        self._cached: tuple[tuple[str, int], MergedCorpus] | None = None

    def merged(self) -> MergedCorpus:
        """Return the corpus merged with the present live edits.

        Raises:
            InvalidSetting: no entry is left.
        """
        store = self._store
        with store.unchanging():
            revision = store.revision
            if self._cached is not None and self._cached[0] == revision:
                return self._cached[1]
            live, deleted = store.live(), store.live_deletions()
            stored = self._unread.own(store.entries()) if self._unread else []
        edited = self._unread.own(live)
        others = _without(live, edited)
        corpus = _beside(self._entries, _without(stored, edited), edited)
        merged = merge_live_edits(corpus, others, deleted, overwrite=self.overwrite)
        if self._unread:
            merged = self._unread.keep_edits(merged, edited, deleted)
        if not merged.entries:
            raise InvalidSetting("every entry of the corpus was deleted live; nothing is left")
        self._cached = revision, merged
        return merged

    def unread(self) -> tuple[UnreadFile, ...]:
        """Return the files that were not read, each with the number of its entries that stay."""
        return self._unread.counted(self.merged().entries)

    def write(self, progress: Progress) -> StoredCorpus:
        """Make the store hold the corpus and all live edits so far, in one transaction.

        The store is locked while comparing and writing.

        Args:
            progress: reports begin and end.
        """
        with briefly_locked(self._store.connection):
            progress.start("storing", 1)
            merged = self.merged()
            ordered = sorted(merged.entries, key=lambda entry: entry.glossary)
            changes = self._store.replace_all(ordered, merged.preserved)
            written = StoredCorpus(merged, changes, self._store.revision)
            progress.advance(1)
        return written


class _UnreadFiles:
    """Files that could not be read, and which entries an earlier build read from them.

    The folder may have been called otherwise then, so a file is known by its glossary and its name.
    """

    def __init__(self, files: Sequence[UnreadFile], entries: Iterable[Entry]) -> None:
        self._files = files
        self._glossaries = {one.glossary for one in files if one.glossary}
        self._names = {(one.glossary, Path(one.file).name) for one in files if one.glossary}
        self._read = {e.source.file for e in entries if e.source} if self._names else set()

    def __bool__(self) -> bool:
        return bool(self._names)

    def own(self, entries: Iterable[Entry]) -> list[Entry]:
        return [entry for entry in entries if self._key(entry)]

    def _key(self, entry: Entry) -> tuple[str, str] | None:
        if not self or not entry.source or entry.source.file in self._read:
            return None
        keys = ((entry.glossary, name) for name in _names(Path(entry.source.file).name))
        return next((key for key in keys if key in self._names), None)

    def keep_edits(
        self, merged: MergedCorpus, edited: Sequence[Entry], deleted: Iterable[str]
    ) -> MergedCorpus:
        """Keep live edits of their entries, and deletions of entries that may be theirs."""
        known = {entry.id for entry in merged.entries}
        gone = {id_ for id_ in deleted if glossary_of(id_) in self._glossaries}
        preserved = PreservedEdits(
            {*merged.preserved.entries, *(entry.id for entry in edited)},
            {*merged.preserved.deleted, *(gone - known)},
        )
        return replace(merged, entries=[*merged.entries, *edited], preserved=preserved)

    def counted(self, entries: Iterable[Entry]) -> tuple[UnreadFile, ...]:
        counts = Counter(filter(None, map(self._key, entries))) if self else Counter()
        return tuple(
            replace(one, reason=f"{one.reason}; its entries stay as they were: {stay:,}")
            if (stay := counts[one.glossary, Path(one.file).name])
            else one
            for one in self._files
        )


def _names(name: str) -> Iterator[str]:
    """Yield what may be the file in the name of a source, `words.xlsx#Sheet 1`."""
    yield name
    yield from (name[:place] for place, sign in enumerate(name) if sign == "#")


def _without(entries: Iterable[Entry], others: Iterable[Entry]) -> list[Entry]:
    ids = {entry.id for entry in others}
    return [entry for entry in entries if entry.id not in ids]


def _beside(
    corpus: Sequence[Entry], stored: Sequence[Entry], edited: Sequence[Entry]
) -> Sequence[Entry]:
    """Add stored entries, unless the corpus has their text; a new entry with their id gives way."""
    if not stored and not edited:
        return corpus
    texts = {_text(entry) for entry in corpus}
    kept = [entry for entry in stored if _text(entry) not in texts]
    reserved = {entry.id for entry in (*kept, *edited)}
    taken = reserved | {entry.id for entry in corpus}
    made = list(corpus)
    for place, entry in enumerate(corpus):
        if entry.id in reserved:
            id_ = next(one for n in count(2) if (one := f"{entry.id}-{n}") not in taken)
            taken.add(id_)
            made[place] = replace(entry, id=id_)
    return [*made, *kept]


def _text(entry: Entry) -> tuple[str, str, str, str]:
    return entry.glossary, entry.term, entry.definition, entry.language


def forget_unused(store: EntryStore, passages: PassageTable, revision: int) -> None:
    """Delete the embeddings of texts that no entry has any more.

    Args:
        store: open; its lock is held for one batch at a time.
        passages: all entries at a revision.
        revision: texts of later edits are kept, too.
    """
    for unused in store.texts.unused(passages.hashes(passages.rows)):
        with briefly_locked(store.connection):
            since = changed_since(store, revision, passages.common)
            store.texts.forget(set(unused).difference(since.hashes(since.rows)))


def changed_since(store: EntryStore, revision: int, common: QuestionSource | None) -> PassageTable:
    """Return the entries of the store that are new or changed since a revision."""
    changes = store.changes_since(revision)
    entries = [change.entry for change in changes if change.entry is not None]
    return PassageTable(entries, Silent(), common)
