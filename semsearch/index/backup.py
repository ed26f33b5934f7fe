"""Backup: a whole index in one tar file, made while the index is in use.

The last member, `BACKUP.json`, has the SHA-256 of all others, so a truncated file is detected.
SQLite copies the store and the keys, so each is the state after some commit. The generation is
opened first and its files never change, so the store is never older than the generation shows.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from semsearch.core.errors import IndexDamaged, InvalidSetting
from semsearch.core.version import __version__
from semsearch.index.backup_contents import (
    CONTENTS,
    FORMAT,
    BackupInfo,
    contents_of,
    info_of,
    parse_contents,
)
from semsearch.index.manifest import (
    Manifest,
    StatedModels,
    check_store_belongs,
    check_store_exists,
    damaged,
    load_manifest,
)
from semsearch.index.manifest_of_any_format import ManifestOfAnyFormat
from semsearch.index.pgvector.shared import refuse_candidates
from semsearch.storage.database import check, translate_corruption
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.atomic_files import sync
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.online_copy import copy_database

ARCHIVE = "backup.tar"
STORE = "store.db"
KEYS = "keys.db"

_TRIES = 5
"""Attempts to open a generation. One is removed as soon as two newer ones are published; the next
attempt opens a newer one."""


def back_up(index: str | Path, file: str | Path, *, for_mirror: bool = False) -> BackupInfo:
    """Write an index into one file; the file appears complete or not at all.

    Args:
        index: the index folder; it may be queried and edited meanwhile.
        file: the backup; an existing file is replaced. Only its owner may read it, since it
            contains the hashes of keys.
        for_mirror: leave out what is of this machine alone: the keys, and the stored answers to
            their edits.

    Raises:
        InvalidSetting: the file is a folder, or its folder does not exist.
        StoredIndexError: the index is missing or damaged, or the file cannot be written.
    """
    layout, target = IndexLayout(Path(index)), Path(file)
    with _replacing_backup(target) as scratch, ExitStack() as opened:
        manifest, members = _generation(layout, opened)
        revision = _copy_store(layout, manifest, scratch / STORE)
        if for_mirror:
            _forget_requests(scratch / STORE)
        elif layout.keys.exists():
            _copy_keys(layout, scratch / KEYS)
        _write_archive(scratch, members, opened, revision, manifest.generation)
    return info_of(target)


def _forget_requests(store: Path) -> None:
    """Remove the stored answers to edits from the copy of a store."""
    with closing(sqlite3.connect(store, isolation_level=None)) as copied:
        copied.execute("DELETE FROM request")
        copied.execute("VACUUM")


@contextmanager
def _replacing_backup(target: Path) -> Iterator[Path]:
    """Yield a folder for a backup that `_write_archive` writes, and move it to its place.

    Raises:
        InvalidSetting: the target is a folder, or its folder does not exist.
        StoredIndexError: the backup cannot be written.
    """
    if target.is_dir() or not target.parent.is_dir():
        raise InvalidSetting(f"{target} cannot be a backup; name a file in a folder that exists")
    with (
        translate_os_errors(target.parent),
        tempfile.TemporaryDirectory(dir=target.parent) as scratch,
    ):
        yield Path(scratch)
        temporary = Path(scratch) / ARCHIVE
        temporary.chmod(0o600)
        sync(temporary)
        temporary.replace(target)
        sync(target.parent)


def _generation(layout: IndexLayout, opened: ExitStack) -> tuple[Manifest, dict[str, IO[bytes]]]:
    """Open all files of the current generation and of its models.

    Raises:
        IndexShared: PostgreSQL has its vectors.
    """
    for tried in range(_TRIES):
        pointer = layout.current.read_bytes() if layout.current.exists() else b""
        manifest, _ = load_manifest(layout)
        refuse_candidates(layout, manifest)
        try:
            if json.loads(pointer)["generation"] != manifest.generation:
                continue
            return manifest, _open_members(layout, manifest, pointer, opened)
        except FileNotFoundError:
            if tried == _TRIES - 1:
                raise
    raise IndexDamaged(f"the index in {layout.root} is published faster than it can be read")


def _open_members(
    layout: IndexLayout, manifest: StatedModels, pointer: bytes, opened: ExitStack
) -> dict[str, IO[bytes]]:
    """Open the files of a generation, of its models, and beside it.

    Args:
        layout: of the index.
        manifest: of the generation.
        pointer: content of `CURRENT`.
        opened: closes the files.

    Raises:
        FileNotFoundError: one was removed meanwhile.
    """
    folders = [layout.generation(manifest.generation).root, layout.encoder(manifest.fingerprint)]
    if manifest.reranker is not None:
        folders.append(layout.reranker(manifest.reranker.fingerprint))
    paths = [path for folder in folders for path in sorted(folder.glob("*"))]
    paths += [layout.calibration] if layout.calibration.exists() else []
    members: dict[str, IO[bytes]] = {
        str(path.relative_to(layout.root)): opened.enter_context(path.open("rb")) for path in paths
    }
    members["CURRENT"] = io.BytesIO(pointer)
    return members


def _copy_store(layout: IndexLayout, manifest: Manifest, target: Path) -> int:
    """Copy the store, check every page of the copy, and return its revision."""
    check_store_exists(layout)
    with translate_corruption(layout.store):
        EntryReader(layout.store).close()  # raises if another version wrote it
        copy_database(layout.store, target)
        with closing(EntryReader(target, named=layout.store)) as copied:
            copied.check()
            identity, revision = copied.revision
    check_store_belongs(layout, identity, manifest.store)
    return revision


def back_up_any_format(
    layout: IndexLayout, manifest: ManifestOfAnyFormat, target: Path
) -> BackupInfo:
    """Write an index of any format into one file, which the version of that format can restore.

    Args:
        layout: of the index, whose lock is held.
        manifest: of its current generation.
        target: the backup; an existing file is replaced.

    Raises:
        InvalidSetting, StoredIndexError: see `back_up`.
    """
    with _replacing_backup(target) as scratch, ExitStack() as opened:
        try:
            members = _open_members(layout, manifest, layout.current.read_bytes(), opened)
        except FileNotFoundError as error:
            raise IndexDamaged(damaged(layout.root, f"{error.filename} is missing")) from error
        copy = scratch / STORE
        with translate_corruption(layout.store):
            copy_database(layout.store, copy)
            with closing(sqlite3.connect(copy)) as copied:
                check(copied, layout.store)
                revision = _revision_of_any_format(layout, manifest, copied)
        if layout.keys.exists():
            _copy_keys(layout, scratch / KEYS)
        _write_archive(scratch, members, opened, revision, manifest.generation)
    return info_of(target)


def has_present_state(layout: IndexLayout, manifest: ManifestOfAnyFormat, file: Path) -> bool:
    """Return whether a backup has the present state of an index of any format.

    It has if its `CURRENT` and the revision of its store are those of the index: `CURRENT` has the
    checksum of the manifest, which states the identity of the store.

    Args:
        layout: of the index, whose lock is held.
        manifest: of its current generation.
        file: the backup.

    Raises:
        StoredIndexError: the file is not a complete backup, or the index is damaged.
    """
    info, hashes = parse_contents(file, contents_of(file))
    with translate_corruption(layout.store), closing(sqlite3.connect(layout.store)) as store:
        revision = _revision_of_any_format(layout, manifest, store)
    current = hashlib.sha256(layout.current.read_bytes()).hexdigest()
    return (info.revision, hashes.get("CURRENT")) == (revision, current)


def _revision_of_any_format(
    layout: IndexLayout, manifest: ManifestOfAnyFormat, store: sqlite3.Connection
) -> int:
    """Return the revision of a store of any version, which must be that of the generation."""
    identity, revision = store.execute("SELECT identity, revision FROM store").fetchone()
    check_store_belongs(layout, identity, manifest.store)
    return int(revision)


def _copy_keys(layout: IndexLayout, target: Path) -> None:
    """Copy the database of access keys and check the copy."""
    try:
        with translate_corruption(layout.keys):
            copy_database(layout.keys, target)
            with closing(sqlite3.connect(target)) as copied:
                check(copied, layout.keys)
    except IndexDamaged as error:
        raise IndexDamaged(
            f"{layout.keys} is not a sound database of keys ({error.__cause__}); move it away, and "
            "make new keys with `semsearch keys create`"
        ) from error


def _write_archive(
    scratch: Path,
    members: dict[str, IO[bytes]],
    opened: ExitStack,
    revision: int,
    generation: int,
) -> None:
    """Write the archive, with the member that describes it last.

    Args:
        scratch: the folder for it, which has the copies of the store and of the keys, if any.
        members: what else is in it, by name.
        opened: closes the copies.
        revision: of the store.
        generation: its number.
    """
    for name in (STORE, KEYS):
        if (scratch / name).exists():
            members[name] = opened.enter_context((scratch / name).open("rb"))
    hashes: dict[str, str] = {}
    with tarfile.open(scratch / ARCHIVE, "w") as archive:
        for name, stream in members.items():
            reading = _Hashed(stream)
            info = tarfile.TarInfo(name)
            info.size = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            archive.addfile(info, reading)
            hashes[name] = reading.digest.hexdigest()
        contents = {
            "format": FORMAT,
            "revision": revision,
            "generation": generation,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "made_by": f"semsearch {__version__}",
            "sha256": hashes,
        }
        content = json.dumps(contents, indent=2).encode()
        info = tarfile.TarInfo(CONTENTS)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))


class _Hashed:
    """A stream that hashes what is read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read up to `size` bytes."""
        content = self._stream.read(size)
        self.digest.update(content)
        return content
