"""Upgrades an index of an earlier format without its corpus, and without embedding texts again.

The store has all entries and their vectors, so only the generation is derived anew. Texts that an
earlier format did not embed, such as names, are embedded by the exported encoder of the index. An
upgrade may be killed at any step: the backup is complete before anything is changed, the store is
migrated in one transaction, and the current generation stays until `CURRENT` is replaced.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path

from semsearch.core.errors import FormatTooOld
from semsearch.core.progress import Progress, Silent
from semsearch.index.ann.engine import AUTO
from semsearch.index.backup import back_up_any_format, has_present_state
from semsearch.index.embedding import Embedding
from semsearch.index.generation import GenerationSpec, write_generation
from semsearch.index.manifest import FORMAT, check_store_exists
from semsearch.index.manifest_of_any_format import ManifestOfAnyFormat, read_manifest_of_any_format
from semsearch.index.model_exports import Exports
from semsearch.index.passage_table import PassageTable
from semsearch.index.retention import remove_generations, remove_unfinished
from semsearch.ingest.build_publication import BuildPublication
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.files.atomic_files import LONG_S, file_lock
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import refuse_shared
from semsearch.text.common_questions import bundled


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did."""

    from_format: int
    format: int
    generation: int
    entries: int
    embedded: int
    """Texts that earlier formats did not embed."""
    backup: str | None
    """The file with the state before; None if there was nothing to do."""


def upgrade(
    index: str | Path, backup: str | Path | None = None, progress: Progress | None = None
) -> Upgraded:
    """Give an index the format of this version; answers, history, edits and keys stay.

    Args:
        index: the index folder.
        backup: where the state before is written first, a file that the earlier version can
            restore; by default `INDEX-format-N.tar` beside the folder. If a backup of another
            state is there, it stays, and the new one gets a number behind its name.
        progress: reports each step; silent by default.

    Raises:
        FormatTooOld: the format is earlier than 5. FormatTooNew: a newer version wrote it.
        InvalidSetting: the backup cannot be at this place.
        IndexShared: it is a copy of a shared store.
        StoredIndexError: the index is missing, damaged, busy, or cannot be written; or the file
            at the place of the backup is no backup.
    """
    layout = IndexLayout(Path(index))
    refuse_shared(layout, "it is not upgraded here")
    manifest = read_manifest_of_any_format(layout)
    check_store_exists(layout)
    if _is_upgraded(layout, manifest):  # takes no lock, so a service may go on
        return _left_alone(layout, manifest)
    with translate_os_errors(layout.root), file_lock(layout.building):
        with file_lock(layout.lock, LONG_S):
            # another process may have published meanwhile
            manifest = read_manifest_of_any_format(layout)
            if _is_upgraded(layout, manifest):
                return _left_alone(layout, manifest)
            root = layout.root.resolve()
            default = root.with_name(f"{root.name}-format-{manifest.format}.tar")
            file = _back_up_once(layout, manifest, Path(backup) if backup else default)
            EntryStore(layout.store).close()  # migrates it
        return replace(_derive(layout, manifest, progress or Silent()), backup=str(file))


def upgrade_restored(layout: IndexLayout, progress: Progress) -> None:
    """Upgrade an index that was just restored, which needs no backup and nobody uses."""
    manifest = read_manifest_of_any_format(layout)
    if not manifest.is_current:
        EntryStore(layout.store).close()
        _derive(layout, manifest, progress)


def _left_alone(layout: IndexLayout, manifest: ManifestOfAnyFormat) -> Upgraded:
    with closing(EntryReader(layout.store)) as store:
        entries = len(store.copied()[1])
    return Upgraded(manifest.format, FORMAT, manifest.generation, entries, 0, None)


def _is_upgraded(layout: IndexLayout, manifest: ManifestOfAnyFormat) -> bool:
    """Return whether this version can open the generation and the store."""
    if not manifest.is_current:
        return False
    try:
        EntryReader(layout.store).close()
    except FormatTooOld:
        return False
    return True


def _back_up_once(layout: IndexLayout, manifest: ManifestOfAnyFormat, file: Path) -> Path:
    """Back up the index, unless an upgrade that was interrupted has done so; return the file.

    Backups of another state stay, such as that of an upgrade after which the earlier version took
    edits: the new one gets the first free number behind its name.
    """
    numbered = (file.with_name(f"{file.stem}-{number}{file.suffix}") for number in count(2))
    place = next(
        one
        for one in chain((file,), numbered)
        if not one.exists() or has_present_state(layout, manifest, one)
    )
    if not place.exists():
        back_up_any_format(layout, manifest, place)
    return place


def _derive(layout: IndexLayout, manifest: ManifestOfAnyFormat, progress: Progress) -> Upgraded:
    """Write a generation from the store with the settings of the current one, and publish it."""
    embedding = replace(Embedding.of(layout, manifest), key=manifest.embedded_by)
    with file_lock(layout.publishing, LONG_S), closing(EntryStore(layout.store)) as store:
        remove_unfinished(layout)
        store.check()
        revision, entries = store.copied()
        common = bundled() if manifest.common_questions else None
        passages = PassageTable(entries, progress, common)
        publication = BuildPublication(layout, store, embedding, common, progress)
        embedded = publication.embed(passages)
        spec = GenerationSpec(
            layout.next_number(),
            revision,
            manifest.model,
            manifest.fingerprint,
            manifest.embedded_by,
            manifest.precision,
            Exports(
                None, manifest.encoder_sha256, is_new=False, reranker=manifest.reranker, pairs={}
            ),
            AUTO if manifest.engine.is_automatic else manifest.engine.name,
            manifest.presentation,
            manifest.declines_common_questions,
        )
        written = write_generation(layout, store, passages, spec, progress)
        embedded += publication.publish(written)
        remove_generations(layout, {spec.number, manifest.generation})
    return Upgraded(manifest.format, FORMAT, spec.number, len(entries), embedded, None)
