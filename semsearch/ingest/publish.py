"""Edits that have piled up are taken into a generation, while questions are answered and entries edited."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from semsearch.core.progress import Progress
from semsearch.index.ann.engine import AUTO
from semsearch.index.generation import (
    GenerationSpec,
    UnpublishedGeneration,
    publish_generation,
    write_generation,
)
from semsearch.index.manifest import Manifest, read_manifest
from semsearch.index.model_exports import Exports
from semsearch.index.passage_table import PassageTable
from semsearch.index.retention import remove_generations
from semsearch.index.segments.live import MOST_PENDING
from semsearch.ingest.edit_session import check_exists
from semsearch.storage.atomic_files import LONG_S, file_lock
from semsearch.storage.database import translate_corruption
from semsearch.storage.entry_store import EntryReader
from semsearch.storage.io_errors import translate_os_errors
from semsearch.storage.layout import IndexLayout


@dataclass(frozen=True, slots=True)
class Pending:
    """How many entries were changed since the generation that answers, up to which revision, of how many."""

    changes: int
    revision: int
    entries: int

    @property
    def is_due(self) -> bool:
        """Whether they are so many that a generation should take them in."""
        return self.changes > MOST_PENDING


def pending(layout: IndexLayout) -> Pending:
    """Look at what waits to be taken into a generation.

    Raises:
        StoredIndexError: the index cannot be read, or has no store.
    """
    shown = read_manifest(layout)[0]
    check_exists(layout)
    with (
        translate_os_errors(layout.root),
        translate_corruption(layout.store),
        closing(EntryReader(layout.store)) as store,
    ):
        changes = store.count_changes_since(shown.revision)
        return Pending(changes, store.revision[1], shown.entries)


def publish_edits(layout: IndexLayout, progress: Progress) -> bool:
    """Write a generation of what the store holds now, and let it answer.

    The lock of the index is taken at the end only, so edits go on meanwhile; those are shown beside the new
    generation.

    Args:
        layout: of the index.
        progress: told about each step.

    Returns:
        Whether there was anything to publish.

    Raises:
        StoredIndexError: the index cannot be read or written, or somebody else publishes it.
    """
    check_exists(layout)
    with (
        translate_os_errors(layout.root),
        translate_corruption(layout.store),
        file_lock(layout.publishing),
    ):
        shown = read_manifest(layout)[0]
        with closing(EntryReader(layout.store)) as store:
            if store.revision == (shown.store, shown.revision):
                return False
            written = _write(layout, store, shown, progress)
        with file_lock(layout.lock, LONG_S):
            publish_generation(layout, written, progress)
        remove_generations(layout, {written.manifest.generation, shown.generation})
        return True


def _write(
    layout: IndexLayout, store: EntryReader, shown: Manifest, progress: Progress
) -> UnpublishedGeneration:
    """Write a generation that is made as the one that answers."""
    exports = Exports(None, shown.encoder_sha256, is_new=False, reranker=shown.reranker, pairs={})
    engine = AUTO if shown.engine.why.startswith("chosen by its size") else shown.engine.name
    revision, entries = store.copied()
    made = GenerationSpec(
        layout.next_number(),
        revision,
        shown.model,
        shown.fingerprint,
        shown.embedded_by,
        shown.precision,
        exports,
        engine,
    )
    return write_generation(layout, store, PassageTable(entries, progress), made, progress)
