"""Restore: makes an index from a backup, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from semsearch.core.errors import IndexDamaged, InvalidSetting, StoredIndexError
from semsearch.core.temporary_folders import make_temporary_folder
from semsearch.index.backup import KEYS
from semsearch.index.backup_contents import (
    CONTENTS,
    BackupInfo,
    incomplete,
    members_of,
    parse_contents,
)
from semsearch.index.manifest import name_store, read_manifest, read_pointer
from semsearch.storage.database import translate_corruption
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.files.atomic_files import sync
from semsearch.storage.files.io_errors import translate_os_errors
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.key_tables import count_valid, take_over

_NAME = re.compile(
    r"store\.db|keys\.db|calibration\.json|CURRENT|"
    r"(?:generations|encoders|rerankers)/[0-9a-f]{1,16}/[A-Za-z0-9_][A-Za-z0-9_.]*"
)
"""Names that a member may have. A backup with any other name is refused, so it cannot write outside
the index folder."""
_IDENTITY = re.compile(r"[0-9a-f]{32}")
"""Identities that `storage/migrations.py` and `EntryStore.renew_identity` make."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored."""

    backup: BackupInfo
    unsure_keys: int
    """Valid keys of the backup that may have been revoked since."""


def restore_backup(
    file: str | Path,
    index: str | Path,
    *,
    former: str | Path | None = None,
    is_mirror: bool = False,
    upgrade: Callable[[IndexLayout], object] = lambda layout: None,
    prepare: Callable[[IndexLayout, IndexLayout | None], None] = lambda layout, former: None,
) -> Restored:
    """Make an index from a backup; it is checked completely before the index appears.

    Its store gets a new identity, since edits after the backup are not in it: ETags and positions
    in its changes from before match nothing. That of a mirror keeps it, since it gets those edits.

    Args:
        file: the backup.
        index: the index folder, which must be missing or empty.
        former: the index folder that it replaces, if it is there. Keys that were revoked in it stay
            revoked.
        is_mirror: whether the index will follow the one that was backed up. Keys are refused then.
        upgrade: gives an index of an earlier format that of this version.
        prepare: changes the index before it appears; given its layout and that of `former`.

    Raises:
        InvalidSetting: the folder is not empty, or `former` is no index.
        IndexDamaged: the file is not a complete backup.
        FormatTooNew: a newer version of semsearch wrote it.
        StoredIndexError: the folder cannot be written.
    """
    source, root = Path(file), Path(index)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise InvalidSetting(f"{root} is not empty; move it away, or choose another with --index")
    old = IndexLayout(Path(former)) if former is not None else None
    if old is not None and not old.store.exists():
        raise InvalidSetting(f"{old.root} is not the folder of an index; it has no store.db")
    with translate_os_errors(root):
        root.parent.mkdir(parents=True, exist_ok=True)
        scratch = make_temporary_folder(root.parent)
        try:
            info = _unpack(source, scratch)
            layout = IndexLayout(scratch)
            with _naming_backup(source, root, scratch):
                _check_schema(source, layout.store, layout.keys)
                _check_revision(source, layout.store, info.revision)
                _check_generation(source, layout, info.generation)
                upgrade(layout)
                with closing(EntryStore(layout.store)) as store:
                    store.check()
                    _check_belongs(source, layout, store)
                    identity = store.revision[0] if is_mirror else store.renew_identity()
                if is_mirror and layout.keys.exists():
                    raise incomplete(source, "it has keys, and a mirror has keys of its own")
                name_store(layout, identity)
                if old is not None and old.keys.exists():
                    take_over(layout.keys, old.keys)
                prepare(layout, old)
            unsure = 0 if old is not None else count_valid(layout.keys)
            if root.exists():
                root.rmdir()
            scratch.rename(root)
            sync(root.parent)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
    return Restored(info, unsure)


@contextmanager
def _naming_backup(source: Path, root: Path, scratch: Path) -> Iterator[None]:
    """Let messages name the backup or the index that it becomes, not the folder in between."""
    try:
        yield
    except StoredIndexError as error:
        message = str(error)
        if str(scratch) not in message:
            raise
        if not isinstance(error, IndexDamaged):
            error.args = (message.replace(str(scratch), str(root)),)
            raise
        damage, _, _ = (
            message.replace(f"the index in {scratch} is damaged: ", "")
            .replace(f"{scratch}{os.sep}", "")
            .partition("; ")  # what follows is no way out for a backup
        )
        raise incomplete(source, damage) from error


def _unpack(source: Path, folder: Path) -> BackupInfo:
    """Extract the members into a folder, check them, and return what `BACKUP.json` says."""
    hashes: dict[str, str] = {}
    with members_of(source) as members:
        for name, stream in members:
            if name == CONTENTS:
                info, stated = parse_contents(source, stream.read())
                names = stated | hashes
                altered = next((n for n in names if stated.get(n) != hashes.get(n)), None)
                if altered is not None:
                    raise incomplete(source, f"{altered!r} is missing or altered")
                return info
            if not _NAME.fullmatch(name) or name in hashes:
                raise incomplete(source, f"{name!r} does not belong there")
            hashes[name] = _extract(stream, folder / name)
    raise incomplete(source, f"{CONTENTS} is missing")


def _check_schema(source: Path, *databases: Path) -> None:
    """Refuse databases that run something when they are written or checked.

    These are triggers, views, and virtual tables, whose modules read what a stranger wrote.
    """
    for file in filter(Path.exists, databases):
        with translate_corruption(file), closing(sqlite3.connect(file)) as database:
            [(count,)] = database.execute(
                "SELECT count(*) FROM sqlite_master WHERE type IN ('trigger', 'view') "
                "OR sql LIKE 'CREATE VIRTUAL %'"
            )
        if count:
            raise incomplete(source, f"{file.name} has triggers, views or virtual tables")


def _check_revision(source: Path, store: Path, revision: int) -> None:
    """Refuse a store without an identity as we make it, or whose revision is not `revision`."""
    try:
        with translate_corruption(store), closing(sqlite3.connect(store)) as database:
            rows = database.execute("SELECT identity, revision FROM store").fetchall()
    except sqlite3.Error as error:
        raise incomplete(source, f"{store.name} cannot be read") from error
    if len(rows) != 1 or not _IDENTITY.fullmatch(str(rows[0][0])):
        raise incomplete(source, f"{store.name} has no identity that semsearch makes")
    if rows[0][1] != revision:
        raise incomplete(
            source, f"{store.name} has the revision {rows[0][1]}, and {CONTENTS} states {revision}"
        )


def _check_generation(source: Path, layout: IndexLayout, stated: int) -> None:
    """Refuse a pointer to another generation than `BACKUP.json` states."""
    found = read_pointer(layout).generation
    if found != stated:
        raise incomplete(
            source, f"CURRENT names the generation {found}, and {CONTENTS} states {stated}"
        )


def _check_belongs(source: Path, layout: IndexLayout, store: EntryStore) -> None:
    """Refuse a generation of another store, which would be renamed, or one that is ahead of it."""
    manifest = read_manifest(layout)[0]
    identity, revision = store.revision
    if manifest.store != identity or manifest.revision > revision:
        raise incomplete(
            source,
            f"its generation was made from the store {manifest.store[:12]} at revision "
            f"{manifest.revision}, and {layout.store.name} is {identity[:12]} at {revision}",
        )


def _extract(stream: IO[bytes], file: Path) -> str:
    """Write a member to disk and return its hash."""
    file.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with file.open("xb") as target:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    if file.name == KEYS:
        file.chmod(0o600)
    return digest.hexdigest()
