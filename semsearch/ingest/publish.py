"""Publishes pending edits as a new generation, while questions and edits go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from semsearch.core.errors import IndexBusy, PublishingUnderWay
from semsearch.core.progress import Progress
from semsearch.index.ann.engine import AUTO, PGVECTOR, chosen_engine
from semsearch.index.embedded_questions import embedded_questions
from semsearch.index.generation import (
    GenerationSpec,
    UnpublishedGeneration,
    write_generation,
)
from semsearch.index.manifest import Manifest, check_store_exists, read_manifest
from semsearch.index.model_exports import Exports
from semsearch.index.passage_table import PassageTable
from semsearch.index.retention import remove_generations, remove_unfinished
from semsearch.index.segments.live import MAX_PENDING
from semsearch.ingest.shared.local_copy import opened, shared_database
from semsearch.ingest.shared.publication import (
    check_can_have_candidates,
    publish_in,
    publishing,
    share_files,
)
from semsearch.storage.database import translate_corruption
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.atomic_files import LONG_S, PATIENCE_S
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.store_connection import Lock

NOTHING_DONE = 75
"""Exit code of `publish --exit-code` if nothing was to do: EX_TEMPFAIL of sysexits.h."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Changes since the current generation, revision of the store, entries of the generation."""

    changes: int
    revision: int
    entries: int

    @property
    def is_due(self) -> bool:
        """Whether there are enough changes to publish a generation."""
        return self.changes > MAX_PENDING


def pending(layout: IndexLayout) -> Pending:
    """Return what is not yet in a generation.

    Raises:
        StoredIndexError: the index cannot be read, or has no store.
    """
    current = read_manifest(layout)[0]
    check_store_exists(layout)
    with (
        translate_os_errors(layout.root),
        translate_corruption(layout.store),
        closing(EntryReader(layout.store)) as store,
    ):
        changes = store.count_changes_since(current.revision)
        return Pending(changes, store.revision[1], current.entries)


def publish_edits(layout: IndexLayout, progress: Progress, engine: str | None = None) -> bool:
    """Write a generation from the present store and make it the current one.

    The lock of the index is held at the end only, so that edits go on; the live segment shows them.

    Args:
        layout: of the index.
        progress: reports each step.
        engine: the nearest-neighbour engine, one of `ann.engine.ENGINES`; that of the current
            generation by default. With another one, there is something to publish; also if `auto`
            replaces a choice of the same engine, or the other way round.

    Returns:
        Whether there was anything to publish.

    Raises:
        InvalidSetting: there is no such engine, or this index cannot have it.
        PublishingUnderWay: another process is publishing the edits.
        StoredIndexError: the index cannot be read or written.
    """
    check_store_exists(layout)
    if engine == PGVECTOR:
        check_can_have_candidates(layout)
    with (
        translate_os_errors(layout.root),
        translate_corruption(layout.store),
        _writer(layout) as writer,
        _publishing(layout, writer, progress),
    ):
        remove_unfinished(layout)
        current = read_manifest(layout)[0]
        wanted = engine or (AUTO if current.engine.is_automatic else current.engine.name)
        with closing(EntryReader(layout.store)) as store:
            if _is_meant(current, engine) and store.revision == (current.store, current.revision):
                return False
            # a copy has not the vectors of what its generation has in PostgreSQL
            of_all = writer if PGVECTOR in (wanted, current.engine.name) else store
            written = _write(layout, of_all, current, wanted, progress)
        files = share_files(layout, writer, written, progress)
        with writer.connection.locked(Lock.EDITING, LONG_S):
            publish_in(layout, writer, written, files, progress)
        remove_generations(layout, {written.manifest.generation, current.generation})
        return True


def _is_meant(current: Manifest, engine: str | None) -> bool:
    """Return whether a generation has the engine that is asked for, and will keep it as asked."""
    if engine is None:
        return True
    is_same = chosen_engine(engine, current.entries) == current.engine.name
    return is_same and (engine == AUTO) == current.engine.is_automatic


@contextmanager
def _writer(layout: IndexLayout) -> Iterator[EntryReader]:
    """Open the store whose lock is taken: that of the folder, or the shared one."""
    database = shared_database(layout)
    if database is not None:
        with opened(database) as shared:
            yield shared
        return
    with closing(EntryReader(layout.store)) as store:
        yield store


@contextmanager
def _publishing(layout: IndexLayout, writer: EntryReader, progress: Progress) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(publishing(layout, writer, PATIENCE_S, progress))
        except IndexBusy as error:
            raise PublishingUnderWay(
                f"another process is publishing the edits of {layout.root}; wait for it"
            ) from error
        yield


def _write(
    layout: IndexLayout, store: EntryReader, current: Manifest, engine: str, progress: Progress
) -> UnpublishedGeneration:
    """Write a generation with the settings of the current one, but perhaps another engine."""
    exports = Exports(
        None, current.encoder_sha256, is_new=False, reranker=current.reranker, pairs={}
    )
    revision, entries = store.copied()
    spec = GenerationSpec(
        layout.next_number(),
        revision,
        current.model,
        current.fingerprint,
        current.embedded_by,
        current.precision,
        exports,
        engine,
        current.presentation,
        current.declines_common_questions,
    )
    common = embedded_questions(current.common_questions, store.texts, current.embedded_by)
    passages = PassageTable(entries, progress, common)
    return write_generation(layout, store, passages, spec, progress)
