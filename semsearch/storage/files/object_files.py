"""Files of generations in an object store: a folder, S3, Google Cloud Storage or Azure, by obstore.

A file is one object, named by its SHA-256 in a folder of the shared store that it belongs to.
Objects appear whole or not at all. Large ones are sent and fetched in parts, a few at a time. The
address has no credentials: obstore takes them from the environment (`AWS_...`, `GOOGLE_...`,
`AZURE_...`), or from the machine that the cloud runs.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from semsearch.core.errors import InvalidSetting, MissingExtra
from semsearch.core.shared_store_errors import StoreUnavailable
from semsearch.storage.files.atomic_files import sync
from semsearch.storage.files.damaged_files import damaged_file

if TYPE_CHECKING:
    from obstore import Bytes
    from obstore.store import ObjectStore

PART_BYTES = 8 << 20
"""Of a large object; S3 takes at least 5 MB."""
_MOST_PARTS = 10_000
"""Of one object, as S3 has it."""
_PARALLEL = 4
"""Parts on the way at the same time; they are in memory."""
_CONNECT_S = 5
_REQUEST_S = 60
"""Seconds that one part may take."""
_RETRIES = 3
_RETRY_S = 90
"""Seconds after which a request is not repeated any more."""
_SCHEMES = ("file", "s3", "gs", "az")
_FORM = (
    "name a folder as file:///srv/semsearch, a bucket as s3://bucket/prefix or gs://bucket/prefix, "
    "or a container of Azure as az://container/prefix; credentials belong into the environment, as "
    "docs/shared-store.md says"
)
_NEEDS_HTTP = ("AWS_ALLOW_HTTP", "GOOGLE_ALLOW_HTTP", "AZURE_ALLOW_HTTP")


class ObjectFiles:
    """A folder of an object store, as a `FilePlace`.

    obstore runs threads that no forked process has, so a process that has used it is not forked.
    """

    def __init__(self, address: str, folder: str, *, is_new: bool = False) -> None:
        """Take an address; nothing is asked of the store yet.

        Args:
            address: as `checked_address` returns it.
            folder: below the address, of one shared store.
            is_new: whether a folder on disk is made if it is missing.

        Raises:
            InvalidSetting: it is no such address.
            MissingExtra: obstore is not installed.
            StoreUnavailable: the folder is missing, or the environment lacks a setting.
        """
        try:
            from obstore import store
        except ImportError as error:
            raise MissingExtra("obstore", f"files in {address}", "objects") from error
        self.name = checked_address(address)
        self._folder = folder
        with self._translated():
            if self.name.startswith("file:"):
                self._store: ObjectStore = store.LocalStore.from_url(self.name, mkdir=is_new)
            else:
                self._store = store.from_url(
                    self.name,
                    client_options={
                        "connect_timeout": timedelta(seconds=_CONNECT_S),
                        "timeout": timedelta(seconds=_REQUEST_S),
                        "allow_http": any(map(_is_true, _NEEDS_HTTP)),
                    },
                    retry_config={
                        "max_retries": _RETRIES,
                        "retry_timeout": timedelta(seconds=_RETRY_S),
                    },
                )

    def sizes(self) -> dict[str, int]:
        """Return the bytes of each file."""
        import obstore

        with self._translated():
            return {
                PurePosixPath(found["path"]).name: found["size"]
                for batch in obstore.list(self._store, self._folder)
                for found in batch
            }

    def put(self, file: Path, digest: str) -> None:
        """Put a file there in place of one that may be there already."""
        import obstore

        part = max(PART_BYTES, -(-file.stat().st_size // _MOST_PARTS))
        with self._translated():
            obstore.put(
                self._store,
                self._path(digest),
                file,
                chunk_size=part,
                max_concurrency=_PARALLEL,
            )
        if (root := self._root) is not None:  # obstore does not sync what it writes to disk
            for path in (root / self._path(digest), root / self._folder, root):
                sync(path)

    def fetch(self, digest: str, file: Path) -> None:
        """Write a file to disk, and verify it."""
        found = hashlib.sha256()
        with file.open("wb") as content:
            for part in self._parts(digest):
                content.write(part)
                found.update(part)
        if found.hexdigest() != digest:
            raise damaged_file(digest, self.name, "has another SHA-256")

    def remove(self, digests: Iterable[str]) -> None:
        """Remove files, and what killed uploads have left in a folder on disk."""
        import obstore

        for digest in digests:
            with self._translated(), suppress(FileNotFoundError):
                obstore.delete(self._store, self._path(digest))
        if (root := self._root) is not None:
            for left in (root / self._folder).glob("*#*"):
                left.unlink(missing_ok=True)

    def _parts(self, digest: str) -> Iterator[Bytes]:
        """Yield the content of an object, of which a few parts are in memory."""
        import obstore

        path = self._path(digest)
        with self._translated():
            try:
                size = obstore.head(self._store, path)["size"]
            except FileNotFoundError:
                raise damaged_file(digest, self.name, "is missing") from None
        for begin in range(0, size, PART_BYTES * _PARALLEL):
            starts = range(begin, min(size, begin + PART_BYTES * _PARALLEL), PART_BYTES)
            ends = [min(size, start + PART_BYTES) for start in starts]
            with self._translated():
                try:
                    parts = obstore.get_ranges(
                        self._store, path, starts=starts, ends=ends, coalesce=0
                    )
                except FileNotFoundError:
                    raise damaged_file(digest, self.name, "is missing") from None
            yield from parts

    def _path(self, digest: str) -> str:
        return f"{self._folder}/{digest}"

    @property
    def _root(self) -> Path | None:
        """The folder on disk that the address names, if it is one."""
        prefix = getattr(self._store, "prefix", None)
        return prefix if isinstance(prefix, Path) else None

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Translate errors of obstore into ours, with the way out."""
        from obstore.exceptions import BaseError

        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            raise StoreUnavailable(
                f"the files of the shared store cannot be reached in {self.name} "
                f"({_told(error)}); questions are answered from the copy of this machine; check the "
                "address, its credentials in the environment and the network, then try again"
            ) from error


def checked_address(address: str) -> str:
    """Return the address of an object store without slashes at its end.

    Raises:
        InvalidSetting: it is none, or has credentials in it, which no message quotes.
    """
    try:
        parts = urlsplit(address)
        has_more = bool("@" in parts.netloc or parts.query or parts.fragment)
    except ValueError:
        raise InvalidSetting(f"the address of the files cannot be read; {_FORM}") from None
    if has_more:
        raise InvalidSetting(
            f"the address of the files has more than a bucket and a prefix; {_FORM}"
        )
    is_folder = parts.scheme == "file"
    if parts.scheme not in _SCHEMES or is_folder is bool(parts.netloc):
        raise InvalidSetting(f"{address!r} is no place for files; {_FORM}")
    if is_folder and not parts.path.strip("/"):
        raise InvalidSetting(f"{address!r} names no folder; {_FORM}")
    return address.rstrip("/")


def _is_true(variable: str) -> bool:
    return os.environ.get(variable, "").lower() in {"true", "1"}


def _told(error: Exception) -> str:
    """Return what an error says, on one line, without signed parts of addresses and without times.

    Times differ with every attempt, so the same problem would be logged again and again.
    """
    first = str(error).partition("\n\nDebug source:")[0]
    line = " ".join(re.sub(r"\?\S*", "", first).split()) or type(error).__name__
    return re.sub(r" in [\d.]+\w+(, after .*?)? - ", ": ", line)[:500]
