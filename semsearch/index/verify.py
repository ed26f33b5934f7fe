"""Verify: is an index what it says it is, from the hashes of its files to what its encoder makes of its texts?"""

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
from semsearch.index.embedding import BATCH, Embedding
from semsearch.index.files.entry_table import Snapshot
from semsearch.index.manifest import Manifest, load_manifest
from semsearch.index.passage_table import PassageTable
from semsearch.ranking.baseline import evenly_spaced
from semsearch.storage.database import translate_corruption
from semsearch.storage.entry_store import EntryReader
from semsearch.storage.io_errors import translate_os_errors
from semsearch.storage.layout import GenerationLayout, IndexLayout
from semsearch.storage.online_copy import copy_database

SAMPLE = 1000
"""Texts that are embedded again."""
SAME = 0.9999
"""Least cosine of a vector to the one that was stored: the same encoder on another machine may round otherwise."""
_AT_ONCE = 1000
READ_UP_TO = 1 << 26
"""Bytes of a store that is read as it is, which takes a second at most: edits wait for the end. Of a larger one a copy is
made beside it and read."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found to be as it should be."""

    generation: int
    entries: int
    """That the generation shows."""
    changed_since: int
    """Entries that the store has been changed in since."""
    embedded: int
    """Texts that were embedded again; 0 unless `deep`."""


def verify(index: str | Path, *, deep: bool = False, progress: Progress | None = None) -> Verified:
    """Check an index, which may be asked and edited meanwhile.

    The hashes of all files of the generation, every page of the store, the calibration, and whether generation and
    store hold the same entries.

    Args:
        index: the index folder.
        deep: also check the indexes inside the store, that every text has a vector, and embed some of them again.
        progress: told about each step; silent by default.

    Raises:
        IndexDamaged: something is not what it should be; the message names the file.
        StoredIndexError: there is no index, it is of another version, or there is no room for a copy of a large store.
    """
    told = progress or Silent()
    layout = IndexLayout(Path(index))
    told.start("checking files", 1)
    manifest, files = load_manifest(layout)
    load_calibration(layout, manifest.fingerprint)
    told.advance(1)
    if not layout.store.exists():
        raise IndexDamaged(f"the index in {layout.root} has no {layout.store.name}")
    with (
        translate_os_errors(layout.root),
        translate_corruption(layout.store),
        _opened(layout) as store,
        closing(Snapshot(files.entries)) as snapshot,
    ):
        told.start("checking the store", 1)
        store.check(deep=deep)
        told.advance(1)
        if store.revision[0] != manifest.store:
            raise IndexDamaged(f"{layout.store} is not the store that the index was made from")
        changed = _compare(store, snapshot, files, manifest)
        embedded = _embed_again(layout, store, manifest, told) if deep else 0
    return Verified(manifest.generation, manifest.entries, changed, embedded)


@contextmanager
def _opened(layout: IndexLayout) -> Iterator[EntryReader]:
    """Open the store, or a copy of it where reading it through would keep those who edit waiting."""
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
    store: EntryReader, snapshot: Snapshot, files: GenerationLayout, manifest: Manifest
) -> int:
    """Compare the entries that have not been changed since the generation, and return how many have been."""
    with store.unchanging():
        changed = {change.id for change in store.changes_since(manifest.revision)}
        stored = (entry for entry in store.entries() if entry.id not in changed)
        shown = (entry for entry in _shown(snapshot, manifest) if entry.id not in changed)
        for ours, theirs in zip_longest(stored, shown):
            if ours != theirs:
                named = ours or theirs
                raise IndexDamaged(
                    f"{files.entries} and the store differ in {named.id if named else ''!r}; "
                    "run `semsearch build`"
                )
    return len(changed)


def _shown(snapshot: Snapshot, manifest: Manifest) -> Iterator[Entry]:
    for start in range(0, manifest.entries, _AT_ONCE):
        yield from snapshot.entries(range(start, min(start + _AT_ONCE, manifest.entries)))


def _embed_again(
    layout: IndexLayout, store: EntryReader, manifest: Manifest, progress: Progress
) -> int:
    """Check that every text has a vector, and some of the vectors, and return how many those were."""
    embedding = Embedding.of(layout, manifest)
    passages = PassageTable(store.entries(), progress)
    texts = passages.hashes(passages.rows)
    missing = store.texts.unknown(texts, embedding.key, ())
    if missing:
        raise IndexDamaged(
            f"{layout.store} has no vectors of {len(missing)} texts; run `semsearch build`"
        )
    rows = evenly_spaced(len(texts), SAMPLE)
    encoder = embedding.load()
    progress.start("embedding again", len(rows))
    for start in range(0, len(rows), BATCH):
        some = [int(row) for row in rows[start : start + BATCH]]
        stored = store.texts.vectors(passages.hashes(some), embedding.key, manifest.dim)
        again = encoder.encode_entries([passages.text(row) for row in some]).vectors
        worst = float(np.einsum("nd,nd->n", stored, again).min())
        if worst < SAME:
            raise IndexDamaged(
                f"a vector in {layout.store} is not what {manifest.model} makes of its text (cosine "
                f"{worst:.4f}); run `semsearch build` with a new --index"
            )
        progress.advance(len(some))
    return len(rows)
