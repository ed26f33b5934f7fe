"""Erases entries for good, with their history and vectors, as a law may demand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import closing, suppress
from pathlib import Path

from semsearch.core.errors import EntryNotFound, FormatTooOld, InvalidEntry
from semsearch.core.progress import Progress, Silent
from semsearch.index.embedded_questions import embedded_questions
from semsearch.index.manifest import check_store_belongs, check_store_exists, read_manifest
from semsearch.index.passage_table import PassageTable
from semsearch.index.retention import remove_generations
from semsearch.ingest.corpus_sync import forget_unused
from semsearch.ingest.edit_session import user_name
from semsearch.ingest.publish import publish_edits
from semsearch.storage import purges
from semsearch.storage.database import translate_corruption
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.feedback import inbox, question_log
from semsearch.storage.files.atomic_files import LONG_S, file_lock
from semsearch.storage.files.following import refuse_mirror
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import refuse_shared


def purge(index: str | Path, ids: Iterable[str], progress: Progress | None = None) -> None:
    """Erase entries, present or deleted, so that no file of the index has them.

    It can be repeated after it was interrupted. Backups and exports are not changed; an older
    backup loses the entries when it is restored in place of this index.

    Args:
        index: the index folder; questions and edits go on.
        ids: of the entries.
        progress: reports each step; silent by default.

    Raises:
        EntryNotFound: there never was such an entry; nothing was changed.
        IndexFollows: the index is a mirror, which takes purges from its source.
        IndexShared: it is a copy of a shared store.
        InvalidEntry: no entry would be left; nothing was changed.
        StoredIndexError: the index is busy, full, damaged or cannot be written.
    """
    layout, wanted = IndexLayout(Path(index)), list(ids)

    def known(store: EntryStore) -> list[str]:
        digests = {purges.digest_of(id_): id_ for id_ in wanted}
        there = store.known_ids(digests)
        unknown = set(digests.values()) - set(there)
        for id_ in sorted(unknown):
            if purges.digest_of(id_) not in store.purged():
                raise EntryNotFound(f"there never was an entry with the id {id_!r}")
        return there

    refuse_mirror(layout)
    refuse_shared(layout, "entries cannot be purged here")
    _purge(layout, known, progress or Silent())


def erase_mirrored(layout: IndexLayout, progress: Progress) -> None:
    """Erase what a mirror still has of entries that the service it follows has purged.

    It can be repeated after it was interrupted.

    Args:
        layout: of the mirror.
        progress: reports each step.

    Raises:
        StoredIndexError: the index is busy, full, damaged or cannot be written.
    """
    with translate_os_errors(layout.root), translate_corruption(layout.store):
        with closing(EntryReader(layout.store)) as store:
            digests = store.purged()
            ids = store.known_ids(digests) if digests else []
        if ids:
            _erase(layout, ids, progress)


def purge_again(layout: IndexLayout, former: IndexLayout | None, progress: Progress) -> None:
    """Erase from a restored index what it, or the index that it replaces, lists as purged.

    Args:
        layout: of the restored index, which nobody uses yet.
        former: of the index that it replaces, if it is there.
        progress: reports each step.

    Raises:
        StoredIndexError: an index cannot be read or written.
    """
    digests: frozenset[str] = frozenset()
    if former is not None:
        # an older store is from before anything could be purged
        with suppress(FormatTooOld), closing(EntryReader(former.store)) as store:
            digests = store.purged()
    with closing(EntryStore(layout.store)) as restored:
        digests |= restored.purged()
        if not restored.known_ids(digests):
            return
    _purge(layout, lambda store: store.known_ids(digests), progress)


def _purge(
    layout: IndexLayout, known: Callable[[EntryStore], Collection[str]], progress: Progress
) -> None:
    check_store_exists(layout)
    with translate_os_errors(layout.root), translate_corruption(layout.store):
        with file_lock(layout.lock), closing(EntryStore(layout.store)) as store:
            check_store_belongs(layout, store.revision[0], read_manifest(layout)[0].store)
            ids = known(store)
            if store.are_all(ids):
                raise InvalidEntry("no entry would be left, and an index cannot be empty")
            store.purge(ids, user_name())
        _erase(layout, ids, progress)


def _erase(layout: IndexLayout, ids: Collection[str], progress: Progress) -> None:
    """Erase the history, the vectors and all other traces of deleted entries."""
    publish_edits(layout, progress)  # while the history still tells readers what has gone
    with file_lock(layout.publishing, LONG_S), closing(EntryStore(layout.store)) as store:
        (_, revision), entries = store.copied()
        manifest, _ = read_manifest(layout)
        common = embedded_questions(manifest.common_questions, store.texts, manifest.embedded_by)
        forget_unused(store, PassageTable(entries, progress, common), revision)
        question_log.erase_entries(layout.questions, ids)
        inbox.erase_entries(layout.inbox, ids)
        with file_lock(layout.lock, LONG_S):
            store.erase_purged()
        remove_generations(layout, {read_manifest(layout)[0].generation})
