"""Generations in a shared store: whoever publishes one puts its files there, others fetch them.

A file is stored once, by its SHA-256, in parts, each of which is committed by itself, so that edits
go on. The last part is smaller than the others, if need be empty: a file that has it is complete.
An upload that was interrupted goes on where it stopped. What is fetched is written under a
temporary name, verified by its hash and renamed, as a build does it. The last two generations are
kept, so that a server that is about to fetch one finds it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from semsearch.core.errors import IndexDamaged
from semsearch.core.progress import Progress
from semsearch.core.temporary_folders import make_temporary_folder
from semsearch.index.manifest import Manifest, pointer_to
from semsearch.storage.atomic_files import LONG_S, file_lock, replace_atomically, sync
from semsearch.storage.layout import IndexLayout
from semsearch.storage.store_connection import StoreConnection

_PART_BYTES = 4 << 20
"""It may never be changed: stores have parts of this size."""
_KEPT = 2
"""Generations that the store keeps."""


@dataclass(frozen=True, slots=True)
class SharedGeneration:
    """A generation in a shared store."""

    number: int
    pointer: bytes
    """The content of `CURRENT` that makes it the current one."""
    files: dict[str, str]
    """SHA-256 of each file, by its path in the index folder."""
    embedding: str
    """What edits have to embed, and by which encoder; see `embedding_of`."""


def shared_generation(connection: StoreConnection) -> SharedGeneration | None:
    """Return the newest generation of a shared store; None before the first one."""
    row = connection.execute(
        "SELECT number, pointer, files, embedding FROM generation ORDER BY number DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    return SharedGeneration(int(row[0]), bytes(row[1]), json.loads(row[2]), str(row[3]))


def embedding_of(manifest: Manifest) -> str:
    """Return what is the same for generations that need the same embeddings of an edit."""
    return f"{manifest.embedded_by} {manifest.common_questions}"


def put_files(
    layout: IndexLayout,
    root: Path,
    manifest: Manifest,
    connection: StoreConnection,
    progress: Progress,
) -> dict[str, str]:
    """Put the files of a generation and of its models into a shared store.

    Args:
        layout: of the index, which has the models.
        root: the folder of the generation, which is complete and may have a temporary name.
        manifest: of the generation.
        connection: of the store, whose lock for publishing is held.
        progress: reports the files.

    Returns:
        The SHA-256 of each file, by its path in an index folder.
    """
    folder = layout.generation(manifest.generation).root.relative_to(layout.root)
    paths = {(folder / file.name).as_posix(): file for file in sorted(root.iterdir())}
    for models in _model_folders(layout, manifest):
        for file in sorted(models.iterdir()):
            paths[file.relative_to(layout.root).as_posix()] = file
    progress.start("sharing", len(paths))
    files = {}
    for name, file in paths.items():
        files[name] = _put_file(file, connection)
        progress.advance(1)
    return files


def put_generation(manifest: Manifest, files: dict[str, str], connection: StoreConnection) -> None:
    """Make a generation the newest one of a shared store.

    Args:
        manifest: of the generation.
        files: what `put_files` returned.
        connection: of the store, whose lock for publishing is held.
    """
    with connection.transaction():
        connection.execute(
            "INSERT INTO generation (number, pointer, files, embedding) VALUES (?, ?, ?, ?)",
            (
                manifest.generation,
                pointer_to(manifest),
                json.dumps(files),
                embedding_of(manifest),
            ),
        )
        connection.execute(
            "DELETE FROM generation WHERE number NOT IN "
            "(SELECT number FROM generation ORDER BY number DESC LIMIT ?)",
            (_KEPT,),
        )


def remove_unneeded_files(connection: StoreConnection) -> None:
    """Remove the files that no generation has, as of old ones and of publishers that died.

    Args:
        connection: of the store, whose lock for publishing is held, so that nobody puts files.
    """
    rows = connection.execute("SELECT files FROM generation").fetchall()
    needed = {digest for (files,) in rows for digest in json.loads(files).values()}
    for (digest,) in connection.execute("SELECT DISTINCT digest FROM file_part").fetchall():
        if digest not in needed:
            connection.execute("DELETE FROM file_part WHERE digest = ?", (digest,))


def fetch_generation(
    layout: IndexLayout, shared: SharedGeneration, connection: StoreConnection, progress: Progress
) -> None:
    """Fetch what an index folder lacks of a generation, and make it the current one.

    Args:
        layout: of the index, whose lock for publishing is held.
        shared: the generation.
        connection: of the store.
        progress: reports the files.

    Raises:
        IndexDamaged: a file is not as its hash says, or was removed meanwhile.
    """
    layout.generations.mkdir(parents=True, exist_ok=True)
    folders: dict[PurePosixPath, dict[str, str]] = {}
    for name, digest in shared.files.items():
        path = PurePosixPath(name)
        folders.setdefault(path.parent, {})[path.name] = digest
    progress.start("fetching", len(shared.files))
    for folder, files in sorted(folders.items()):
        _fetch_folder(layout, layout.root / folder, files, connection)
        progress.advance(len(files))
    with file_lock(layout.lock, LONG_S):
        replace_atomically(layout.current, shared.pointer)


def _model_folders(layout: IndexLayout, manifest: Manifest) -> Iterator[Path]:
    folders = [layout.encoder(manifest.fingerprint)]
    if manifest.reranker is not None:
        folders.append(layout.reranker(manifest.reranker.fingerprint))
    return (folder for folder in folders if folder.is_dir())


def _put_file(file: Path, connection: StoreConnection) -> str:
    """Put what is missing of a file into the store, and return its SHA-256."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        number, smallest = connection.execute(
            "SELECT count(*), coalesce(min(octet_length(content)), ?) FROM file_part "
            "WHERE digest = ?",
            (_PART_BYTES, digest),
        ).fetchone()
        content.seek(number * _PART_BYTES)
        while smallest == _PART_BYTES:
            part = content.read(_PART_BYTES)
            connection.execute(
                "INSERT INTO file_part VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (digest, number, part),
            )
            number, smallest = number + 1, len(part)
    return digest


def _fetch_folder(
    layout: IndexLayout, folder: Path, files: dict[str, str], connection: StoreConnection
) -> None:
    """Write a folder that is missing or has other files; one that is as it should be stays."""
    if folder.is_dir() and {file.name: _sha256(file) for file in folder.iterdir()} == files:
        return
    scratch = make_temporary_folder(layout.generations)
    for name, digest in files.items():
        _fetch_file(scratch / name, digest, connection)
    sync(scratch)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():  # of a publication that never reached the store
        shutil.rmtree(folder)
    scratch.rename(folder)
    sync(folder.parent)


def _fetch_file(file: Path, digest: str, connection: StoreConnection) -> None:
    found, number = hashlib.sha256(), 0
    with file.open("wb") as content:
        while row := connection.execute(
            "SELECT content FROM file_part WHERE digest = ? AND number = ?", (digest, number)
        ).fetchone():
            content.write(row[0])
            found.update(row[0])
            number += 1
    if found.hexdigest() != digest:
        raise IndexDamaged(
            f"{file.name} of the shared store has not the SHA-256 {digest}, or was removed while it "
            "was read; try again, and publish anew with `semsearch publish` if it stays so"
        )
    sync(file)


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
