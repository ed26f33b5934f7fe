"""Entries, history and vectors of a shared store, and how a copy takes them over.

After an upgrade of semsearch the tables of a copy are migrated, and all of its rows are taken over
anew: the former version may have left out what it had no columns for.
"""

from __future__ import annotations

import logging
import time
from contextlib import closing
from dataclasses import replace

from semsearch.core.progress import Progress
from semsearch.index.shared_files import has_candidates
from semsearch.ingest.shared.embeddings import copy_live_embeddings
from semsearch.storage.database import translate_corruption
from semsearch.storage.embedding_copies import embedded_text, forget_embeddings
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore, open_migrated
from semsearch.storage.files.atomic_files import file_lock
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import InStep, in_step, note_in_step
from semsearch.storage.migrations import MIGRATIONS
from semsearch.storage.replication import check_is_earlier, last_change, replicate

_NOTED_S = 5.0
"""Seconds between two notes that the copy is in step."""

_log = logging.getLogger("semsearch")


def catch_up_rows(
    layout: IndexLayout,
    shared: EntryReader,
    progress: Progress,
    *,
    is_built: bool = False,
    may_lag: bool = False,
) -> None:
    """Bring entries, history and vectors of the copy in step; the next question sees them.

    Args:
        layout: of the index folder.
        shared: its store, open.
        progress: reports embeddings.
        is_built: whether the store was just built, so that it may have forgotten embeddings.
        may_lag: whether this is a replica, behind which the copy may be; nothing is done then.

    Raises:
        InvalidSetting: the folder has a copy of another store.
        StoredIndexError: the folder is busy or cannot be written.
    """
    (database,) = shared.connection.execute("SELECT database FROM store").fetchone()
    is_slim = has_candidates(shared.connection)
    with translate_os_errors(layout.root), translate_corruption(layout.store):
        known = in_step(layout)
        has_all = is_slim or known.embedded > 0 or known.revision == 0
        is_noted = has_all and not is_built and known.database == database
        if is_noted and _is_same(layout, shared, known):
            if known.ago_s > _NOTED_S:
                note_in_step(layout, replace(known, at=time.time()))
            return
        shared.connection.confirm()  # or a failover might leave the copy ahead of its store
        with file_lock(layout.lock), closing(EntryStore(layout.store)) as copy:
            known = in_step(layout)
            own, revision = copy.revision
            if may_lag and shared.revision < (own, revision) and shared.revision[0] == own:
                return
            is_known = (known.database, known.identity, known.text) == (
                database,
                own,
                embedded_text(shared, known.embedded),
            )
            # a file that is older than the note may lack embeddings
            embedded = known.embedded if is_known and known.revision <= revision else 0
            is_older = bool(revision) and known.tables != len(MIGRATIONS)
            if is_older:
                _log.info("all entries of %s are taken over anew, after an upgrade", layout.root)
            if is_slim:
                with shared.connection.reading():  # embeddings and entries of the same state
                    copy_live_embeddings(layout, shared, copy)
                    done = replicate(shared, copy, progress, embedded=None, anew=is_older)
            else:
                done = replicate(shared, copy, progress, embedded=embedded, anew=is_older)
                if is_built or done.is_built:
                    forget_embeddings(shared, copy)
            text = embedded_text(shared, done.embedded)
            state = InStep(
                time.time(),
                done.identity,
                done.revision,
                done.embedded,
                database,
                text,
                len(MIGRATIONS),
                known.problem,
            )
            note_in_step(layout, state)


def _is_same(layout: IndexLayout, shared: EntryReader, known: InStep) -> bool:
    """Return whether the copy itself, and not only its note, is at the last change of its store."""
    if not layout.store.exists() or known.tables != len(MIGRATIONS):
        return False
    with closing(open_migrated(layout)) as copy:
        change = last_change(copy)
        return (known.identity, known.revision) == change[:2] and change == last_change(shared)


def check_follows(layout: IndexLayout, shared: EntryReader) -> None:
    """Refuse to use a store of which the copy is no earlier state.

    Raises:
        InvalidSetting: it is another store, or went back to a former state.
        StoredIndexError: the copy cannot be read.
    """
    if layout.store.exists():
        with (
            translate_os_errors(layout.root),
            translate_corruption(layout.store),
            closing(open_migrated(layout)) as copy,
        ):
            check_is_earlier(shared, copy)
