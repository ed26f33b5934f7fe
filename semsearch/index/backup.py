"""Backup: a whole index in one file, made while it is edited and asked, and an index made of such a file.

The file is a tar archive; its last member, `BACKUP.json`, has the SHA-256 of all others, so that one that was cut off is
seen. The store and the keys are copied by SQLite itself: each is a state that some commit left. The generation is
taken first, and its files never change, so the store is never older than what the generation shows.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from semsearch.core.errors import FormatTooNew, IndexDamaged, InvalidSetting
from semsearch.core.version import __version__
from semsearch.index.manifest import Manifest, load_manifest
from semsearch.storage.atomic_files import sync
from semsearch.storage.database import check, translate_corruption
from semsearch.storage.entry_store import EntryReader, EntryStore
from semsearch.storage.io_errors import translate_os_errors
from semsearch.storage.layout import IndexLayout
from semsearch.storage.online_copy import copy_database

FORMAT = 1
"""Version of backups."""
CONTENTS = "BACKUP.json"

_NAME = re.compile(
    r"store\.db|keys\.db|calibration\.json|CURRENT|"
    r"(?:generations|encoders|rerankers)/[0-9a-f]{1,16}/[A-Za-z0-9_][A-Za-z0-9_.]*"
)
"""What an index has; a member of any other name is refused, wherever it would lie."""
_TRIES = 5
"""A generation is removed when two more have been published; then the next one is taken."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupInfo:
    """What a backup holds: the revision of the store, the generation, and how many bytes it takes."""

    revision: int
    generation: int
    size: int
    made_at: str
    made_by: str


def back_up(index: str | Path, file: str | Path) -> BackupInfo:
    """Write an index into one file, which is there as a whole or not at all.

    Args:
        index: the index folder, which may be asked and edited meanwhile.
        file: the backup; one that is there is replaced. Only its owner can read it: it has the hashes of keys.

    Raises:
        InvalidSetting: the file is a folder, or lies in none.
        StoredIndexError: the index is missing or damaged, or the file cannot be written.
    """
    layout, target = IndexLayout(Path(index)), Path(file)
    if target.is_dir() or not target.parent.is_dir():
        raise InvalidSetting(f"{target} cannot be a backup; name a file in a folder that is there")
    with (
        translate_os_errors(target.parent),
        tempfile.TemporaryDirectory(dir=target.parent) as scratch,
    ):
        beside = Path(scratch) / "backup.tar"
        with ExitStack() as opened:
            manifest, members = _generation(layout, opened)
            revision = _copy_store(layout, manifest, Path(scratch) / "store.db")
            if layout.keys.exists():
                _copy_keys(layout, Path(scratch) / "keys.db")
            for name in ("store.db", "keys.db"):
                if (Path(scratch) / name).exists():
                    members[name] = opened.enter_context((Path(scratch) / name).open("rb"))
            stated: dict[str, str | int] = {
                "format": FORMAT,
                "revision": revision,
                "generation": manifest.generation,
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "made_by": f"semsearch {__version__}",
            }
            _write(beside, members, stated)
        beside.chmod(0o600)
        sync(beside)
        beside.replace(target)
        sync(target.parent)
    return _info(stated, target.stat().st_size)


def _generation(layout: IndexLayout, opened: ExitStack) -> tuple[Manifest, dict[str, IO[bytes]]]:
    """Open all files of the generation that answers, and of the models it was made with."""
    for tried in range(_TRIES):
        pointer = layout.current.read_bytes() if layout.current.exists() else b""
        manifest, files = load_manifest(layout)
        folders = [files.root, layout.encoder(manifest.fingerprint)]
        if manifest.reranker is not None:
            folders.append(layout.reranker(manifest.reranker.fingerprint))
        paths = [path for folder in folders for path in sorted(folder.glob("*"))]
        paths += [layout.calibration] if layout.calibration.exists() else []
        try:
            if json.loads(pointer)["generation"] != manifest.generation:
                continue
            members: dict[str, IO[bytes]] = {
                str(path.relative_to(layout.root)): opened.enter_context(path.open("rb"))
                for path in paths
            }
        except FileNotFoundError:
            if tried == _TRIES - 1:
                raise
            continue
        members["CURRENT"] = io.BytesIO(pointer)
        return manifest, members
    raise IndexDamaged(f"the index in {layout.root} is published faster than it can be read")


def _copy_store(layout: IndexLayout, manifest: Manifest, target: Path) -> int:
    """Copy the store, and return the revision of the copy, which is read through: pages are copied whatever is in them."""
    if not layout.store.exists():
        raise IndexDamaged(
            f"the index in {layout.root} has no {layout.store.name}; back up the one it was copied from"
        )
    with translate_corruption(layout.store):
        EntryReader(layout.store).close()  # says so if it is of another version
        copy_database(layout.store, target)
        with closing(EntryReader(target, named=layout.store)) as copied:
            copied.check()
            identity, revision = copied.revision
    if identity != manifest.store:
        raise IndexDamaged(
            f"{layout.store} is not the store that the index was made from; run `semsearch build`"
        )
    return revision


def _copy_keys(layout: IndexLayout, target: Path) -> None:
    """Copy the keys, and read the copy through."""
    try:
        with translate_corruption(layout.keys):
            copy_database(layout.keys, target)
            with closing(sqlite3.connect(target)) as copied:
                check(copied, layout.keys)
    except IndexDamaged as error:
        raise IndexDamaged(
            f"{layout.keys} is not a sound database of keys ({error.__cause__}); move it away, and make new "
            "keys with `semsearch keys create`"
        ) from error


def _write(file: Path, members: dict[str, IO[bytes]], stated: dict[str, str | int]) -> None:
    """Write the archive, and last of all what it holds."""
    hashes: dict[str, str] = {}
    with tarfile.open(file, "w") as archive:
        for name, stream in members.items():
            reading = _Hashed(stream)
            info = tarfile.TarInfo(name)
            info.size = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            archive.addfile(info, reading)
            hashes[name] = reading.digest.hexdigest()
        content = json.dumps({**stated, "sha256": hashes}, indent=2).encode()
        info = tarfile.TarInfo(CONTENTS)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))


class _Hashed:
    """A file that is hashed as it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read some bytes."""
        content = self._stream.read(size)
        self.digest.update(content)
        return content


def restore_backup(file: str | Path, index: str | Path) -> BackupInfo:
    """Make an index of a backup; all of it is checked before it is there.

    Args:
        file: the backup.
        index: the index folder, which must not be there or be empty.

    Raises:
        InvalidSetting: the folder is not empty.
        IndexDamaged: the file is not a whole backup.
        FormatTooNew: a newer version of semsearch wrote it.
        StoredIndexError: the folder cannot be written.
    """
    source, root = Path(file), Path(index)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise InvalidSetting(f"{root} is not empty; move it away, or choose another with --index")
    with translate_os_errors(root):
        root.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".restoring-", dir=root.parent))
        try:
            stated = _unpack(source, scratch)
            layout = IndexLayout(scratch)
            with closing(EntryStore(layout.store)) as store:
                store.check()
            load_manifest(layout)
            scratch.chmod(0o755)
            if root.exists():
                root.rmdir()
            scratch.rename(root)
            sync(root.parent)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
    return _info(stated, source.stat().st_size)


def _unpack(source: Path, folder: Path) -> dict[str, str | int]:
    """Write the members of a backup into a folder, and return what the backup says of itself."""
    found: dict[str, str] = {}
    try:
        with tarfile.open(source, "r:") as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isreg() else None
                if stream is None:
                    raise _not_whole(source, f"{member.name!r} is no file")
                if member.name == CONTENTS:
                    return _contents(source, stream.read(), found)
                if not _NAME.fullmatch(member.name) or member.name in found:
                    raise _not_whole(source, f"{member.name!r} does not belong there")
                found[member.name] = _extract(stream, folder / member.name)
    except (tarfile.TarError, EOFError, FileNotFoundError) as error:
        raise _not_whole(source, str(error)) from error
    raise _not_whole(source, f"{CONTENTS} is missing")


def _extract(stream: IO[bytes], file: Path) -> str:
    """Write a member, and return its hash."""
    file.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with file.open("xb") as target:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    if file.suffix == ".db" and file.stem in ("store", "keys"):
        file.chmod(0o600)
    return digest.hexdigest()


def _contents(source: Path, raw: bytes, found: dict[str, str]) -> dict[str, str | int]:
    """Return what a backup says of itself, if its members are what it says."""
    try:
        stated = json.loads(raw)
        number, hashes = int(stated.pop("format")), dict(stated.pop("sha256"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _not_whole(source, f"{CONTENTS} cannot be read") from error
    if number > FORMAT:
        raise FormatTooNew(f"{source} has format {number}, this version reads {FORMAT}; upgrade")
    altered = next((n for n in hashes | found if hashes.get(n) != found.get(n)), None)
    if altered is not None:
        raise _not_whole(source, f"{altered} is missing or altered")
    checked: dict[str, str | int] = stated
    return checked


def _not_whole(file: Path, why: str) -> IndexDamaged:
    return IndexDamaged(f"{file} is not a whole backup ({why}); take another one")


def _info(stated: dict[str, str | int], size: int) -> BackupInfo:
    return BackupInfo(
        int(stated["revision"]),
        int(stated["generation"]),
        size,
        str(stated["made_at"]),
        str(stated["made_by"]),
    )
