"""Generations of a shared store: whoever publishes one puts its files there, others fetch them.

A file is stored once, by its SHA-256, in the place that the store names
(`storage/files/file_places.py`). What is fetched is written under a temporary name, verified by its
hash and renamed, as a build does it. The last two generations are kept, and those that somebody
fetches; files that none of them has are removed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from semsearch.core.errors import SemsearchError
from semsearch.core.progress import Progress
from semsearch.core.shared_store_errors import SharedFileDamaged
from semsearch.core.temporary_folders import make_temporary_folder
from semsearch.index.manifest import Manifest, pointer_to
from semsearch.storage.files.atomic_files import LONG_S, file_lock, replace_atomically, sync
from semsearch.storage.files.file_places import (
    FilePlace,
    FileSetting,
    file_place,
    file_setting,
    write_file_setting,
)
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.postgres.candidates import drop_others, drop_unneeded
from semsearch.storage.postgres.generation_locks import fetching, unless_fetched
from semsearch.storage.store_connection import StoreConnection

_KEPT = 2
"""Generations that the store keeps; with candidates in tables one more."""
_DAMAGED = "damaged file "
"""Begins the name of a setting that names a file which could not be fetched."""

_log = logging.getLogger("semsearch")


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
    has_candidates: bool
    """Whether its vectors and tokens are in tables, so that copies need none."""


def shared_generation(connection: StoreConnection) -> SharedGeneration | None:
    """Return the newest generation of a shared store; None before the first one."""
    row = connection.execute(
        "SELECT number, pointer, files, embedding, EXISTS (SELECT 1 FROM candidate_set "
        "WHERE candidate_set.generation = number) FROM generation ORDER BY number DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    number, pointer, files, embedding, has_candidates = row
    return SharedGeneration(
        int(number), bytes(pointer), json.loads(files), str(embedding), bool(has_candidates)
    )


def has_candidates(connection: StoreConnection) -> bool:
    """Return whether the newest generation of a shared store has its vectors in tables."""
    newest = shared_generation(connection)
    return newest is not None and newest.has_candidates


@contextmanager
def held_generation(connection: StoreConnection) -> Iterator[SharedGeneration | None]:
    """Yield the newest generation of a shared store, whose files are not removed meanwhile."""
    while (newest := shared_generation(connection)) is not None:
        with fetching(connection, newest.number):
            if shared_generation(connection) == newest:
                yield newest
                return
    yield None


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

    Raises:
        StoreUnavailable: the place of the files does not answer.
    """
    place = file_place(connection)
    present = place.sizes()
    folder = layout.generation(manifest.generation).root.relative_to(layout.root)
    paths = {(folder / file.name).as_posix(): file for file in sorted(root.iterdir())}
    for models in _model_folders(layout, manifest):
        for file in sorted(models.iterdir()):
            paths[file.relative_to(layout.root).as_posix()] = file
    progress.start("sharing", len(paths))
    files = {}
    for name, file in paths.items():
        digest = files[name] = _sha256(file)
        if present.get(digest) != file.stat().st_size:
            place.put(file, digest)
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
        drop_others(connection, manifest.generation, manifest.candidates)
        connection.execute(
            "INSERT INTO generation (number, pointer, files, embedding) VALUES (?, ?, ?, ?)",
            (
                manifest.generation,
                pointer_to(manifest),
                json.dumps(files),
                embedding_of(manifest),
            ),
        )


def needed_files(connection: StoreConnection) -> set[str]:
    """Return the SHA-256 of each file that a generation of a shared store has."""
    rows = connection.execute("SELECT files FROM generation").fetchall()
    return {digest for (files,) in rows for digest in json.loads(files).values()}


def remove_unneeded_files(connection: StoreConnection) -> None:
    """Remove the files that no generation has, and all that are left where files were before.

    They are those of old generations, and of publishers that died.

    Args:
        connection: of the store, whose lock for publishing is held, so that nobody puts files.

    Raises:
        StoreUnavailable: PostgreSQL or one of the places does not answer.
    """
    place, needed = file_place(connection), needed_files(connection)
    place.remove(place.sizes().keys() - needed)
    for digest in _damaged(connection) - needed:
        _forget_damage(connection, digest)
    setting = file_setting(connection)
    if not setting.former or _is_fetched(connection):
        return
    for address in setting.former:
        former = file_place(connection, address)
        former.remove(former.sizes())
    write_file_setting(connection, FileSetting(setting.address))


def _is_fetched(connection: StoreConnection) -> bool:
    """Return whether anybody may be fetching from a former place.

    Whoever begins after this reads the present one.
    """
    for (number,) in connection.execute("SELECT number FROM generation").fetchall():
        with unless_fetched(connection, number) as is_free:
            if not is_free:
                return True
    return False


def put_in_order(layout: IndexLayout, connection: StoreConnection) -> None:
    """Put again what is missing or damaged of the newest generation; remove what is not needed.

    Tables of candidates that no generation has are dropped, too.

    Args:
        layout: of the index folder, which has the newest generation.
        connection: of the store, whose lock for publishing is held.

    Raises:
        StoreUnavailable: PostgreSQL or one of the places does not answer.
    """
    newest = shared_generation(connection)
    if newest is not None and layout.current.read_bytes() == newest.pointer:
        _put_damaged_files(layout, newest, connection)
    _remove_old_generations(connection)
    remove_unneeded_files(connection)
    drop_unneeded(connection)


def _put_damaged_files(
    layout: IndexLayout, newest: SharedGeneration, connection: StoreConnection
) -> None:
    damaged, place = _damaged(connection), file_place(connection)
    present = place.sizes()
    for name, digest in newest.files.items():
        file = layout.root / name
        if digest not in damaged and present.get(digest) == file.stat().st_size:
            continue
        if _sha256(file) != digest:
            _log.warning("%s is damaged as well; run `semsearch publish` on another server", file)
            continue
        place.remove({digest} & present.keys())
        place.put(file, digest)
        _log.warning("the file %s was put into %s again", digest, place.name)
        present[digest] = file.stat().st_size
        damaged.discard(digest)
        _forget_damage(connection, digest)


def _remove_old_generations(connection: StoreConnection) -> None:
    """Forget all generations but the last ones, unless somebody fetches them.

    One before the newest that lacks a file is of no use; nobody has it to put it there again.
    """
    whole = file_place(connection).sizes().keys() - _damaged(connection)
    (sets,) = connection.execute("SELECT count(*) FROM candidate_set").fetchone()
    kept = _KEPT + bool(sets)  # a server answers from the tables of one while it fetches another
    rows = connection.execute("SELECT number, files FROM generation ORDER BY number DESC")
    for rank, (number, files) in enumerate(rows.fetchall()):
        if rank == 0 or (rank < kept and set(json.loads(files).values()) <= whole):
            continue
        with unless_fetched(connection, number) as is_free:
            if is_free:
                connection.execute("DELETE FROM generation WHERE number = ?", (number,))


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
        SharedFileDamaged: a file is missing, or not as its hash says.
        StoreUnavailable: the place of the files does not answer.
    """
    place = file_place(connection)
    layout.generations.mkdir(parents=True, exist_ok=True)
    folders: dict[PurePosixPath, dict[str, str]] = {}
    for name, digest in shared.files.items():
        path = PurePosixPath(name)
        folders.setdefault(path.parent, {})[path.name] = digest
    progress.start("fetching", len(shared.files))
    for folder, files in sorted(folders.items()):
        _fetch_folder(layout, layout.root / folder, files, place, connection)
        progress.advance(len(files))
    with file_lock(layout.lock, LONG_S):
        replace_atomically(layout.current, shared.pointer)


def _model_folders(layout: IndexLayout, manifest: Manifest) -> Iterator[Path]:
    folders = [layout.encoder(manifest.fingerprint)]
    if manifest.reranker is not None:
        folders.append(layout.reranker(manifest.reranker.fingerprint))
    return (folder for folder in folders if folder.is_dir())


def _fetch_folder(
    layout: IndexLayout,
    folder: Path,
    files: dict[str, str],
    place: FilePlace,
    connection: StoreConnection,
) -> None:
    """Write a folder that is missing or has other files; one that is as it should be stays."""
    if folder.is_dir() and {file.name: _sha256(file) for file in folder.iterdir()} == files:
        return
    scratch = make_temporary_folder(layout.generations)
    for name, digest in files.items():
        fetch_file(place, digest, scratch / name, connection)
        sync(scratch / name)
    sync(scratch)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():  # of a publication that never reached the store
        shutil.rmtree(folder)
    scratch.rename(folder)
    sync(folder.parent)


def fetch_file(place: FilePlace, digest: str, file: Path, connection: StoreConnection) -> None:
    """Fetch a file; if that cannot be, the next one who publishes is told which it was.

    Raises:
        SharedFileDamaged: it is missing, or not as its hash says.
        StoreUnavailable: its place does not answer.
    """
    try:
        place.fetch(digest, file)
    except SharedFileDamaged:
        with suppress(SemsearchError):
            connection.execute(
                "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                (f"{_DAMAGED}{digest}", b""),
            )
        raise


def _damaged(connection: StoreConnection) -> set[str]:
    """Return the files that somebody could not fetch."""
    rows = connection.execute(
        "SELECT name FROM setting WHERE name >= ? AND name < ?", (_DAMAGED, f"{_DAMAGED}~")
    )
    return {name.removeprefix(_DAMAGED) for (name,) in rows.fetchall()}


def _forget_damage(connection: StoreConnection, digest: str) -> None:
    connection.execute("DELETE FROM setting WHERE name = ?", (f"{_DAMAGED}{digest}",))


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
