"""Stores the access keys of an index in `keys.db`, a small SQLite file of their own.

The store of entries is another file, so that no build or edit delays the revocation of a key, and
a copy of the entries has no keys. Several processes may use both classes at once: each change is
one transaction.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from semsearch.core.errors import (
    FormatTooOld,
    IndexBusy,
    IndexDamaged,
    IndexUnwritable,
    InvalidSetting,
    KeyNotFound,
    KeyRefused,
    StoredIndexError,
)
from semsearch.ingest.shared.local_copy import opened
from semsearch.server.auth.keys import AccessKey, KeyScope, Secret, is_key, utc_now
from semsearch.storage.database import open_for_reading, open_for_writing, transaction
from semsearch.storage.files import reserve
from semsearch.storage.key_tables import KEY_MIGRATIONS, copy_keys
from semsearch.storage.store_connection import StoreConnection

if TYPE_CHECKING:
    from semsearch.storage.postgres.database import SharedDatabase

MAX_NAME_CHARS = 100
PATIENCE_MS = 1000
"""Milliseconds that a look-up waits for a writer. All requests wait with it."""

_COLUMNS = "id, name, scope, glossaries, created, expires, revoked"


class KeyStore:
    """Creates, lists and revokes keys.

    Args:
        file: `keys.db`, created with the first key. Only its owner may read it.
        shared: the store that has the keys, if the index folder is a copy of one; `file` is the
            copy that is looked into.
    """

    def __init__(self, file: Path, shared: SharedDatabase | None = None) -> None:
        self._file = file
        self._shared = shared
        self._reserve = file.with_suffix(".reserve")

    def create(
        self,
        *,
        name: str,
        scope: KeyScope,
        glossaries: Sequence[str] = (),
        expires: datetime | None = None,
        now: datetime,
    ) -> tuple[AccessKey, Secret]:
        """Create a key, and return it with its secret, which is not stored.

        Raises:
            InvalidSetting: the name is not one line of text, or a key of scope admin is restricted
                to glossaries.
            StoredIndexError: the file is damaged, busy or not writable.
        """
        _check(name, scope, glossaries)
        secret = Secret.new()
        key = AccessKey(secret.id, name, scope, tuple(dict.fromkeys(glossaries)), now, expires)
        row = (
            key.id,
            secret.digest,
            key.name,
            str(key.scope),
            json.dumps(key.glossaries, ensure_ascii=False),
            now.isoformat(),
            expires and expires.isoformat(),
            None,
        )
        with _translated_errors(self._file):
            reserve.hold(self._reserve)
        with self._writing() as connection:
            connection.execute("INSERT INTO key VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        try:
            self._bring_copy_in_step()
        except StoredIndexError as error:  # the key is stored, and nobody else knows its secret
            logging.getLogger("semsearch").warning("the key counts here later: %s", error)
        return key, secret

    def revoke(self, id_: str, *, now: datetime) -> AccessKey:
        """Revoke a key, and return it. A key that was revoked before stays as it was.

        On a full disk the room that the first key reserved is used.

        Raises:
            KeyNotFound: no key has this id.
            StoredIndexError: the file is damaged, busy or not writable.
        """
        if self._shared is None and not self._file.exists():
            raise _unknown(id_)
        try:
            found = self._revoke(id_, now)
        except IndexUnwritable:
            if not reserve.release(self._reserve):
                raise
            found = self._revoke(id_, now)
        with suppress(OSError):  # what counts is done; the next key needs the room again
            reserve.hold(self._reserve)
        if not found:
            raise _unknown(id_)
        return found[0]

    def _revoke(self, id_: str, now: datetime) -> list[AccessKey]:
        with self._writing() as connection:
            set_ = "UPDATE key SET revoked = coalesce(revoked, ?) WHERE id = ?"
            connection.execute(set_, (now.isoformat(), id_))
            found = _select(connection, "WHERE id = ?", id_)
        self._bring_copy_in_step()
        return found

    def all(self) -> list[AccessKey]:
        """Return all keys, oldest first; none if there is no file.

        Raises:
            StoredIndexError: the file is damaged, busy, or of another version.
        """
        with self._reading() as connection:
            return _select(connection, "ORDER BY created, id") if connection else []

    def check(self) -> None:
        """Read the whole file, if there is one.

        Raises:
            StoredIndexError: the file is damaged, busy, unreadable, or of another version.
        """
        with self._reading() as connection:
            if connection is None:
                return
            _select(connection, "ORDER BY id")
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise _damaged(self._file, found)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """Yield a connection; None if there is no file, or no key yet."""
        with _translated_errors(self._file):
            connection = _open(self._file) if self._file.exists() else None
            if connection is None:
                yield None
                return
            with closing(connection):
                yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection | StoreConnection]:
        if self._shared is not None:
            with opened(self._shared) as store, store.connection.transaction():
                yield store.connection
            return
        with _translated_errors(self._file):
            self._file.touch(mode=0o600)  # SQLite creates its journal with the mode of the file
            with (
                closing(open_for_writing(self._file, KEY_MIGRATIONS)) as connection,
                transaction(connection),
            ):
                yield connection

    def _bring_copy_in_step(self) -> None:
        """Copy the keys of a shared store to the file of this index, if that is a copy."""
        if self._shared is not None:
            with opened(self._shared) as store, _translated_errors(self._file):
                copy_keys(store.connection, self._file)


class KeyRing:
    """Looks up keys for a service. The next look-up finds a new key, and refuses a revoked one.

    It caches only the open file. A look-up takes some 45 microseconds, and a cache of keys would
    have to be invalidated.

    Args:
        file: `keys.db`, which need not exist yet.
        clock: returns the time, by which keys expire.
        check: raises `StoredIndexError` while the file is too old a copy of a shared store.
    """

    def __init__(
        self,
        file: Path,
        clock: Callable[[], datetime] = utc_now,
        check: Callable[[], None] | None = None,
    ) -> None:
        self._check = check
        self._file = file
        self._clock = clock
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def find(self, text: str) -> AccessKey:
        """Return the key of a text, if it is valid now.

        Raises:
            KeyRefused: it is not valid. The message does not repeat it.
            StoredIndexError: the file is damaged, too old, or of another version.
        """
        secret = Secret.parse(text)
        if self._check is not None:
            self._check()
        with self._lock, _translated_errors(self._file):
            key, digest = self._find(secret.id)
        if not secret.matches(digest) or key is None:
            raise KeyRefused(
                "this is not a key of this index; `semsearch keys list` shows those it has"
            )
        if reason := key.refusal(self._clock()):
            raise KeyRefused(f"{reason}; `semsearch keys create` makes another")
        return key

    def has_valid_keys(self) -> bool:
        """Whether a key is valid now."""
        now = self._clock()
        return any(key.refusal(now) is None for key in KeyStore(self._file).all())

    def close(self) -> None:
        """Close the file; the next look-up opens it again."""
        with self._lock:
            self._disconnect()

    def _find(self, id_: str) -> tuple[AccessKey | None, bytes | None]:
        """Return the key with an id, and the hash of its secret."""
        connection = self._open_current()
        query = f"SELECT {_COLUMNS}, digest FROM key WHERE id = ?"  # noqa: S608 - constant
        row = connection.execute(query, (id_,)).fetchone() if connection else None
        return (_key(row[:-1]), bytes(row[-1])) if row else (None, None)

    def _open_current(self) -> sqlite3.Connection | None:
        """Return the connection to the present file, which may have been replaced or removed."""
        try:
            status = self._file.stat()
        except FileNotFoundError:
            self._disconnect()
            return None
        identity = (status.st_dev, status.st_ino)
        if identity != self._identity or self._connection is None:
            self._disconnect()
            self._connection = _open(self._file)
            if self._connection is not None:
                self._connection.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
            self._identity = identity
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._identity = None


def _open(file: Path) -> sqlite3.Connection | None:
    """Open a file for reading; None if it has no tables yet."""
    try:
        return open_for_reading(file, KEY_MIGRATIONS)
    except FormatTooOld:
        if file.stat().st_size:
            raise
        return None


@contextmanager
def _translated_errors(file: Path) -> Iterator[None]:
    """Translate errors of the file into errors of the index, with the way out."""
    try:
        yield
    except IndexDamaged as error:
        raise _damaged(file, error.__cause__ or error) from error  # its advice is for the store
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise IndexBusy(f"another process is writing {file}; try again") from error
        raise _unusable(file, error) from error
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:  # also what a row has
        raise _damaged(file, error) from error
    except OSError as error:
        raise _unusable(file, error) from error


def _damaged(file: Path, error: BaseException | str) -> IndexDamaged:
    return IndexDamaged(
        f"{file} is not a sound database of keys ({error}); move it away, and make new keys with "
        "`semsearch keys create`"
    )


def _unusable(file: Path, error: Exception) -> IndexUnwritable:
    return IndexUnwritable(
        f"{file} cannot be read or written ({error}); make room, or be the user it belongs to"
    )


def _unknown(id_: str) -> KeyNotFound:
    return KeyNotFound(f"there is no key with the id {id_!r}; `semsearch keys list` shows the ids")


def _check(name: str, scope: KeyScope, glossaries: Sequence[str]) -> None:
    if len(name) > MAX_NAME_CHARS or not name.isprintable():
        raise InvalidSetting(
            f"the name of a key is one line of at most {MAX_NAME_CHARS} characters; "
            f"{name[:20]!r}... is not"
        )
    if is_key(name):
        raise InvalidSetting("the name of a key must not be a key: names are shown to everyone")
    if scope is KeyScope.ADMIN and glossaries:
        raise InvalidSetting(
            "a key of scope admin is for the whole index; leave --glossary out, or choose scope edit"
        )


def _select(
    connection: sqlite3.Connection | StoreConnection, which: str, *values: str
) -> list[AccessKey]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM key {which}", values)  # noqa: S608 - fixed
    return [_key(row) for row in rows]


def _key(row: Sequence[str | None]) -> AccessKey:
    id_, name, scope, glossaries, created, expires, revoked = row
    return AccessKey(
        id=str(id_),
        name=str(name),
        scope=KeyScope(str(scope)),
        glossaries=tuple(json.loads(str(glossaries))),
        created=datetime.fromisoformat(str(created)),
        expires=_moment(expires),
        revoked=_moment(revoked),
    )


def _moment(stated: str | None) -> datetime | None:
    return datetime.fromisoformat(stated) if stated else None
