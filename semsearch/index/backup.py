"""Backup and restore: a whole index in one tar file, made while the index is in use.

The last member, `BACKUP.json`, has the SHA-256 of all others, so a truncated file is detected.
SQLite copies the store and the keys, so each is the state after some commit. The generation is
opened first and its files never change, so the store is never older than the generation shows.
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
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.io_errors import translate_os_errors
from semsearch.storage.layout import IndexLayout
from semsearch.storage.online_copy import copy_database

FORMAT = 1
"""Version of the backup format."""
CONTENTS = "BACKUP.json"

_NAME = re.compile(
    r"store\.db|keys\.db|calibration\.json|CURRENT|"
    r"(?:generations|encoders|rerankers)/[0-9a-f]{1,16}/[A-Za-z0-9_][A-Za-z0-9_.]*"
)
"""Names that a member may have. A backup with any other name is refused, so it cannot write outside
the index folder."""
_TRIES = 5
"""Attempts to open a generation. One is removed as soon as two newer ones are published; the next
attempt opens a newer one."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class BackupInfo:
    """Revision of the store, generation, size in bytes and origin of a backup."""

    revision: int
    generation: int
    size: int
    made_at: str
    made_by: str


def back_up(index: str | Path, file: str | Path) -> BackupInfo:
    """Write an index into one file; the file appears complete or not at all.

    Args:
        index: the index folder; it may be queried and edited meanwhile.
        file: the backup; an existing file is replaced. Only its owner may read it, since it
            contains the hashes of keys.

    Raises:
        InvalidSetting: the file is a folder, or its folder does not exist.
        StoredIndexError: the index is missing or damaged, or the file cannot be written.
    """
    layout, target = IndexLayout(Path(index)), Path(file)
    if target.is_dir() or not target.parent.is_dir():
        raise InvalidSetting(f"{target} cannot be a backup; name a file in a folder that exists")
    with (
        translate_os_errors(target.parent),
        tempfile.TemporaryDirectory(dir=target.parent) as scratch,
    ):
        temporary = Path(scratch) / "backup.tar"
        with ExitStack() as opened:
            manifest, members = _generation(layout, opened)
            revision = _copy_store(layout, manifest, Path(scratch) / "store.db")
            if layout.keys.exists():
                _copy_keys(layout, Path(scratch) / "keys.db")
            for name in ("store.db", "keys.db"):
                if (Path(scratch) / name).exists():
                    members[name] = opened.enter_context((Path(scratch) / name).open("rb"))
            contents: dict[str, str | int] = {
                "format": FORMAT,
                "revision": revision,
                "generation": manifest.generation,
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "made_by": f"semsearch {__version__}",
            }
            _write(temporary, members, contents)
        temporary.chmod(0o600)
        sync(temporary)
        temporary.replace(target)
        sync(target.parent)
    return _info(contents, target.stat().st_size)


def _generation(layout: IndexLayout, opened: ExitStack) -> tuple[Manifest, dict[str, IO[bytes]]]:
    """Open all files of the current generation and of its models."""
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
    """Copy the store, check every page of the copy, and return its revision."""
    if not layout.store.exists():
        raise IndexDamaged(
            f"the index in {layout.root} has no {layout.store.name}; "
            "back up the index that it was copied from"
        )
    with translate_corruption(layout.store):
        EntryReader(layout.store).close()  # raises if another version wrote it
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


def _write(file: Path, members: dict[str, IO[bytes]], contents: dict[str, str | int]) -> None:
    """Write the archive, with the member that describes it last."""
    hashes: dict[str, str] = {}
    with tarfile.open(file, "w") as archive:
        for name, stream in members.items():
            reading = _Hashed(stream)
            info = tarfile.TarInfo(name)
            info.size = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            archive.addfile(info, reading)
            hashes[name] = reading.digest.hexdigest()
        content = json.dumps({**contents, "sha256": hashes}, indent=2).encode()
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


def restore_backup(file: str | Path, index: str | Path) -> BackupInfo:
    """Make an index from a backup; it is checked completely before the index appears.

    Args:
        file: the backup.
        index: the index folder, which must be missing or empty.

    Raises:
        InvalidSetting: the folder is not empty.
        IndexDamaged: the file is not a complete backup.
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
            contents = _unpack(source, scratch)
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
    return _info(contents, source.stat().st_size)


def _unpack(source: Path, folder: Path) -> dict[str, str | int]:
    """Extract the members into a folder, and return the content of `BACKUP.json`."""
    hashes: dict[str, str] = {}
    try:
        with tarfile.open(source, "r:") as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isreg() else None
                if stream is None:
                    raise _incomplete(source, f"{member.name!r} is not a file")
                if member.name == CONTENTS:
                    return _contents(source, stream.read(), hashes)
                if not _NAME.fullmatch(member.name) or member.name in hashes:
                    raise _incomplete(source, f"{member.name!r} does not belong there")
                hashes[member.name] = _extract(stream, folder / member.name)
    except (tarfile.TarError, EOFError, FileNotFoundError) as error:
        raise _incomplete(source, str(error)) from error
    raise _incomplete(source, f"{CONTENTS} is missing")


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
    if file.suffix == ".db" and file.stem in ("store", "keys"):
        file.chmod(0o600)
    return digest.hexdigest()


def _contents(source: Path, raw: bytes, extracted: dict[str, str]) -> dict[str, str | int]:
    """Parse `BACKUP.json` and check the hashes of the extracted members."""
    try:
        contents = json.loads(raw)
        number, hashes = int(contents.pop("format")), dict(contents.pop("sha256"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _incomplete(source, f"{CONTENTS} cannot be read") from error
    if number > FORMAT:
        raise FormatTooNew(f"{source} has format {number}, this version reads {FORMAT}; upgrade")
    altered = next((n for n in hashes | extracted if hashes.get(n) != extracted.get(n)), None)
    if altered is not None:
        raise _incomplete(source, f"{altered} is missing or altered")
    checked: dict[str, str | int] = contents
    return checked


def _incomplete(file: Path, why: str) -> IndexDamaged:
    return IndexDamaged(f"{file} is not a complete backup ({why}); take another one")


def _info(contents: dict[str, str | int], size: int) -> BackupInfo:
    return BackupInfo(
        int(contents["revision"]),
        int(contents["generation"]),
        size,
        str(contents["made_at"]),
        str(contents["made_by"]),
    )
