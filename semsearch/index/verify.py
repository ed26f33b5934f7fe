"""Verifies an index: hashes of files, pages of the store, equality of both, and stored vectors."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np

from semsearch.core.entries import Entry
from semsearch.core.errors import IndexDamaged
from semsearch.core.progress import Progress, Silent
from semsearch.index.calibration import load_calibration
from semsearch.index.embedded_questions import embedded_questions
from semsearch.index.embedding import BATCH, Embedding
from semsearch.index.files.entry_table import EntryTable
from semsearch.index.manifest import (
    Manifest,
    check_store_belongs,
    check_store_exists,
    load_manifest,
)
from semsearch.index.passage_table import PassageTable
from semsearch.index.pgvector.shared import all_embeddings
from semsearch.models.encoders.embeddings_server import PRECISION
from semsearch.models.server_description import SAME_MODEL_COSINE
from semsearch.ranking.similarity_baseline import evenly_spaced
from semsearch.storage.database import translate_corruption
from semsearch.storage.embedding_cache import EmbeddedTexts
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.online_copy import copy_database

SAMPLE = 1000
"""Texts that are embedded again."""
SAME = 0.9999
"""Least cosine between a stored vector and the same text embedded again. Other machines round
differently. For a model of an embeddings server see `SAME_MODEL_COSINE`."""
_BATCH = 1000
READ_UP_TO = 1 << 26
"""Largest store, in bytes, that is read in place. That takes a second at most, and edits wait
meanwhile. A larger store is copied first."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was verified."""

    generation: int
    entries: int
    """Entries of the generation."""
    changed_since: int
    """Entries changed in the store since."""
    embedded: int
    """Texts that were embedded again; 0 unless `deep`."""


def verify(index: str | Path, *, deep: bool = False, progress: Progress | None = None) -> Verified:
    """Verify an index, which may be queried and edited meanwhile.

    It checks the hashes of all files of the generation, every page of the store, the calibration,
    and that generation and store hold the same entries.

    Args:
        index: the index folder.
        deep: also check the SQLite indexes of the store, check that every text has a vector, and
            embed a sample again.
        progress: reports each step; silent by default.

    Raises:
        IndexDamaged: a check failed; the message names the file.
        StoredIndexError: there is no index, it is of another version, or a copy of a large store
            does not fit on the disk.
    """
    reporter = progress or Silent()
    layout = IndexLayout(Path(index))
    reporter.start("checking files", 1)
    manifest, files = load_manifest(layout)
    load_calibration(layout, manifest.fingerprint)
    reporter.advance(1)
    check_store_exists(layout)
    with (
        translate_os_errors(layout.root),
        translate_corruption(layout.store),
        _opened(layout) as store,
        closing(EntryTable(files.entries)) as entry_table,
    ):
        reporter.start("checking the store", 1)
        store.check(deep=deep)
        reporter.advance(1)
        check_store_belongs(layout, store.revision[0], manifest.store)
        changed = _compare(store, entry_table, files, manifest)
        embedded = 0
        if deep:
            with all_embeddings(layout, manifest, store) as texts:
                embedded = _embed_again(layout, store, texts, manifest, reporter)
    return Verified(manifest.generation, manifest.entries, changed, embedded)


@contextmanager
def _opened(layout: IndexLayout) -> Iterator[EntryReader]:
    """Open the store, or a copy of a large one, so that edits need not wait."""
    if layout.store.stat().st_size <= READ_UP_TO:
        with closing(EntryReader(layout.store)) as store:
            yield store
        return
    with tempfile.TemporaryDirectory(prefix=".verify-", dir=layout.root) as scratch:
        copy = Path(scratch) / layout.store.name
        copy_database(layout.store, copy)
        with closing(EntryReader(copy, named=layout.store)) as store:
            yield store


def _compare(
    store: EntryReader, entry_table: EntryTable, files: GenerationLayout, manifest: Manifest
) -> int:
    """Compare the entries that are unchanged since the generation; return how many are changed."""
    with store.unchanging():
        changed = {change.id for change in store.changes_since(manifest.revision)}
        stored = (entry for entry in store.entries() if entry.id not in changed)
        shown = (entry for entry in _shown(entry_table, manifest) if entry.id not in changed)
        for ours, theirs in zip_longest(stored, shown):
            if ours != theirs:
                named = ours or theirs
                raise IndexDamaged(
                    f"{files.entries} and the store differ in {named.id if named else ''!r}; "
                    "run `semsearch build`"
                )
    return len(changed)


def _shown(entry_table: EntryTable, manifest: Manifest) -> Iterator[Entry]:
    for start in range(0, manifest.entries, _BATCH):
        yield from entry_table.entries(range(start, min(start + _BATCH, manifest.entries)))


def _embed_again(
    layout: IndexLayout,
    store: EntryReader,
    stored_texts: EmbeddedTexts,
    manifest: Manifest,
    progress: Progress,
) -> int:
    """Check that every text has a vector, embed a sample again, and return its size."""
    embedding = Embedding.of(layout, manifest)
    common = embedded_questions(manifest.common_questions, stored_texts, manifest.embedded_by)
    passages = PassageTable(store.entries(), progress, common)
    texts = passages.hashes(passages.rows)
    missing = stored_texts.unknown(texts, embedding.key, ())
    if missing:
        raise IndexDamaged(
            f"{layout.store} has no vectors of {len(missing)} texts; run `semsearch build`"
        )
    rows = evenly_spaced(len(texts), SAMPLE)
    encoder = embedding.load()
    same = SAME_MODEL_COSINE if embedding.precision == PRECISION else SAME
    progress.start("embedding again", len(rows))
    for start in range(0, len(rows), BATCH):
        some = [int(row) for row in rows[start : start + BATCH]]
        stored = stored_texts.vectors(passages.hashes(some), embedding.key, manifest.dim)
        again = encoder.encode_entries([passages.text(row) for row in some]).vectors
        worst = float(np.einsum("nd,nd->n", stored, again).min())
        if worst < same:
            raise IndexDamaged(
                f"a vector in {layout.store} is not what {manifest.model} makes of its text "
                f"(cosine {worst:.4f}); run `semsearch build` with a new --index"
            )
        progress.advance(len(some))
    return len(rows)
