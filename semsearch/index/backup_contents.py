"""What a backup says of itself, `BACKUP.json`, and its members; anybody may have written them."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from semsearch.core.errors import UNREADABLE, FormatTooNew, IndexDamaged

FORMAT = 1
"""Version of the backup format."""
CONTENTS = "BACKUP.json"
MAX_CONTENTS = 2**20
"""Most bytes of it; that of an index has 5,000."""


@dataclass(frozen=True, slots=True)
class BackupInfo:
    """Revision of the store, generation, size in bytes and origin of a backup."""

    revision: int
    generation: int
    size: int
    made_at: str
    made_by: str


def info_of(file: Path) -> BackupInfo:
    """Return what a backup says about itself; its other members are not checked.

    Raises:
        IndexDamaged: it is not a complete backup.
        FormatTooNew: a newer version of semsearch wrote it.
    """
    return parse_contents(file, contents_of(file))[0]


def contents_of(file: Path) -> bytes:
    """Return `BACKUP.json`; empty if it is missing.

    Raises:
        IndexDamaged: see `members_of`.
    """
    with members_of(file) as members:
        return next((stream.read() for name, stream in members if name == CONTENTS), b"")


@contextmanager
def members_of(file: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """Open a backup, which anybody may have written; yield the names and streams of its members.

    Raises:
        IndexDamaged: it is no archive; a member is no file, or is stored in another way than
            `back_up` writes it; or `BACKUP.json` is too large.
    """
    try:
        with tarfile.open(file, "r:") as archive:
            yield _checked(archive, file)
    except (tarfile.TarError, EOFError, FileNotFoundError, ValueError, OverflowError) as error:
        raise incomplete(file, str(error)) from error


def _checked(archive: tarfile.TarFile, file: Path) -> Iterator[tuple[str, IO[bytes]]]:
    for member in archive:
        stream = archive.extractfile(member) if member.isreg() else None
        # a few bytes of a sparse file stand for terabytes of zeros
        if stream is None or member.issparse() or member.size < 0:
            raise incomplete(file, f"{member.name!r} is not a file that `backup` writes")
        if member.name == CONTENTS and member.size > MAX_CONTENTS:
            raise incomplete(file, f"{CONTENTS} has {member.size:,} bytes")
        yield member.name, stream


def parse_contents(file: Path, raw: bytes) -> tuple[BackupInfo, dict[str, str]]:
    """Parse `BACKUP.json`: what it says, and the hashes of the other members.

    Args:
        file: the backup, which has its size.
        raw: the content.

    Raises:
        IndexDamaged: it is not a complete backup.
        FormatTooNew: a newer version of semsearch wrote it.
    """
    try:
        contents = json.loads(raw)
        number = int(contents["format"])
        if number > FORMAT:
            raise FormatTooNew(f"{file} has format {number}, this version reads {FORMAT}; upgrade")
        hashes = dict(contents["sha256"])
        info = BackupInfo(
            int(contents["revision"]),
            int(contents["generation"]),
            file.stat().st_size,
            str(contents["made_at"]),
            str(contents["made_by"]),
        )
    except UNREADABLE as error:
        raise incomplete(file, f"{CONTENTS} cannot be read") from error
    for what, stated in (("revision", info.revision), ("generation", info.generation)):
        if stated < 0:
            raise incomplete(file, f"{CONTENTS} states the {what} {stated}")
    return info, hashes


def incomplete(file: Path, why: str) -> IndexDamaged:
    """Return the error for a file that is not a complete backup."""
    return IndexDamaged(f"{file} is not a complete backup ({why}); take another one")
