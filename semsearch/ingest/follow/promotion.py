"""Promotion: makes a mirror an index of its own, which takes edits from then on."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from semsearch.core.errors import InvalidSetting
from semsearch.core.temporary_folders import make_temporary_folder
from semsearch.index.manifest import Manifest, check_store_exists, publish, read_manifest
from semsearch.index.retention import remove_generations, remove_unfinished
from semsearch.storage.database import translate_corruption
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.files.atomic_files import LONG_S, file_lock, replace_atomically, sync
from semsearch.storage.files.following import followed_url, forget_followed_url
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout


def stop_following(index: str | Path) -> str:
    """Make a mirror an index of its own; a process that follows ends, and services go on.

    Its store gets a new identity: the followed service may have edits that never came here, so
    ETags and positions of it match nothing from then on. It can be killed at any step and repeated.

    Args:
        index: the index folder.

    Returns:
        The address of the service that it followed.

    Raises:
        InvalidSetting: the index follows nothing.
        StoredIndexError: there is no index, or it cannot be written.
    """
    layout = IndexLayout(Path(index))
    read_manifest(layout)
    check_store_exists(layout)
    url = followed_url(layout)
    if url is None:
        raise InvalidSetting(f"the index in {layout.root} follows nothing; it takes edits already")
    with (
        translate_os_errors(layout.root),
        translate_corruption(layout.store),
        file_lock(layout.publishing, LONG_S),
        file_lock(layout.lock, LONG_S),
        closing(EntryStore(layout.store)) as store,
    ):
        remove_unfinished(layout)
        present, files = read_manifest(layout)
        identity = store.renew_identity()
        renamed = replace(present, store=identity, generation=layout.next_number())
        _write_again(layout, files, renamed)
        publish(layout, renamed)
        forget_followed_url(layout)
        sync(layout.root)
        remove_generations(layout, {renamed.generation, present.generation})
    return url


def _write_again(layout: IndexLayout, files: GenerationLayout, manifest: Manifest) -> None:
    """Write a generation with the files of another one and a manifest of its own."""
    scratch = make_temporary_folder(layout.generations)
    for name in manifest.sha256:
        try:
            os.link(files.root / name, scratch / name)
        except OSError:  # a file system without links
            shutil.copyfile(files.root / name, scratch / name)
            sync(scratch / name)
    made = layout.generation(manifest.generation)
    replace_atomically(GenerationLayout(scratch).manifest, manifest.to_bytes())
    sync(scratch)
    scratch.rename(made.root)
    sync(layout.generations)
