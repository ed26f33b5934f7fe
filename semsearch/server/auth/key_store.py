"""The access keys of an index: a small SQLite file of its own, `keys.db`.

Apart from the store, since a build or an edit must never keep anyone from revoking a key, and since whoever
copies the entries has no business with the keys. Both classes may be used while others do: each change is
one transaction.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from semsearch.core.errors import (
    FormatTooOld,
    IndexBusy,
    IndexDamaged,
    IndexUnwritable,
    InvalidSetting,
    KeyNotFound,
    KeyRefused,
)
from semsearch.server.auth.keys import AccessKey, KeyScope, Secret, is_key, utc_now
from semsearch.storage.database import open_for_reading, open_for_writing, transaction

MAX_NAME_CHARS = 100
PATIENCE_MS = 1000
"""How long a look-up waits for a writer, and all requests with it."""

_MIGRATIONS = (
    """
    CREATE TABLE key (
        id TEXT NOT NULL PRIMARY KEY,
        digest BLOB NOT NULL,
        name TEXT NOT NULL,
        scope TEXT NOT NULL,
        glossaries TEXT NOT NULL,
        created TEXT NOT NULL,
        expires TEXT,
        revoked TEXT
    ) STRICT, WITHOUT ROWID;
    """,
)
_COLUMNS = "id, name, scope, glossaries, created, expires, revoked"


class KeyStore:
    """Makes, lists and revokes keys.

    Args:
        file: `keys.db`, made with the first key; nobody but its owner may read it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def create(
        self,
        *,
        name: str,
        scope: KeyScope,
        glossaries: Sequence[str] = (),
        expires: datetime | None = None,
        now: datetime,
    ) -> tuple[AccessKey, Secret]:
        """Make a key, and return it with its secret, which is kept nowhere.

        Raises:
            InvalidSetting: the name is no line of text, or a key for everything is restricted to glossaries.
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
        with self._writing() as connection:
            connection.execute("INSERT INTO key VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return key, secret

    def revoke(self, id_: str, *, now: datetime) -> AccessKey:
        """Make a key good no longer, and return it; one that was revoked before stays as it was.

        Raises:
            KeyNotFound: no key has this id.
            StoredIndexError: the file is damaged, busy or not writable.
        """
        if not self._file.exists():
            raise _unknown(id_)
        with self._writing() as connection:
            set_ = "UPDATE key SET revoked = coalesce(revoked, ?) WHERE id = ?"
            connection.execute(set_, (now.isoformat(), id_))
            found = _select(connection, "WHERE id = ?", id_)
        if not found:
            raise _unknown(id_)
        return found[0]

    def all(self) -> list[AccessKey]:
        """Return all keys, those made first at first; none when there is no file.

        Raises:
            StoredIndexError: the file is damaged, busy, or of another version.
        """
        if not self._file.exists():
            return []
        with _stated(self._file):
            connection = _open(self._file)
            if connection is None:
                return []
            with closing(connection):
                return _select(connection, "ORDER BY created, id")

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with _stated(self._file):
            self._file.touch(mode=0o600)  # SQLite gives its journal the mode of the file
            with (
                closing(open_for_writing(self._file, _MIGRATIONS)) as connection,
                transaction(connection),
            ):
                yield connection


class KeyRing:
    """Looks keys up for a service. What was made or revoked counts at the next look-up.

    Nothing is remembered between two look-ups but the open file: one takes some 45 microseconds, and a memory would
    have to be told what has changed.

    Args:
        file: `keys.db`; it need not be there yet.
        clock: tells the time, to expire keys by.
    """

    def __init__(self, file: Path, clock: Callable[[], datetime] = utc_now) -> None:
        self._file = file
        self._clock = clock
        self._turn = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None

    def find(self, text: str) -> AccessKey:
        """Return the key that somebody shows, if it is good now.

        Raises:
            KeyRefused: it is not; the message does not repeat it.
            StoredIndexError: the file is damaged, or of another version.
        """
        shown = Secret.parse(text)
        with self._turn, _stated(self._file):
            key, digest = self._found(shown.id)
        if not shown.fits(digest) or key is None:
            raise KeyRefused(
                "this is not a key of this index; `semsearch keys list` shows those it has"
            )
        if reason := key.refusal(self._clock()):
            raise KeyRefused(f"{reason}; `semsearch keys create` makes another")
        return key

    def has_good_keys(self) -> bool:
        """Whether there is a key that is good now."""
        now = self._clock()
        return any(key.refusal(now) is None for key in KeyStore(self._file).all())

    def close(self) -> None:
        """Close the file; the next look-up opens it again."""
        with self._turn:
            self._forget()

    def _found(self, id_: str) -> tuple[AccessKey | None, bytes | None]:
        """Return the key with an id, and the hash of its secret."""
        connection = self._current()
        query = f"SELECT {_COLUMNS}, digest FROM key WHERE id = ?"  # noqa: S608 - constant
        row = connection.execute(query, (id_,)).fetchone() if connection else None
        return (_key(row[:-1]), bytes(row[-1])) if row else (None, None)

    def _current(self) -> sqlite3.Connection | None:
        """Return the open file; another one may have taken its place, or it may be gone."""
        try:
            stated = self._file.stat()
        except FileNotFoundError:
            self._forget()
            return None
        place = (stated.st_dev, stated.st_ino)
        if place != self._opened or self._connection is None:
            self._forget()
            self._connection = _open(self._file)
            if self._connection is not None:
                self._connection.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
            self._opened = place
        return self._connection

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._opened = None


def _open(file: Path) -> sqlite3.Connection | None:
    """Open a file that others may be writing; None where nothing has been written yet."""
    try:
        return open_for_reading(file, _MIGRATIONS)
    except FormatTooOld:
        if file.stat().st_size:
            raise
        return None


@contextmanager
def _stated(file: Path) -> Iterator[None]:
    """Say what went wrong with the file in terms of the index, and what to do."""
    try:
        yield
    except IndexDamaged as error:
        raise _damaged(file, error) from error
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise IndexBusy(f"another process is writing {file}; try again") from error
        raise _unusable(file, error) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(file, error) from error
    except OSError as error:
        raise _unusable(file, error) from error


def _damaged(file: Path, error: Exception) -> IndexDamaged:
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
            f"the name of a key is one line of at most {MAX_NAME_CHARS} characters; {name[:20]!r}... is not"
        )
    if is_key(name):
        raise InvalidSetting("the name of a key must not be a key: names are shown to everyone")
    if scope is KeyScope.ADMIN and glossaries:
        raise InvalidSetting(
            "a key of scope admin is for the whole index; leave --glossary out, or choose the scope edit"
        )


def _select(connection: sqlite3.Connection, which: str, *values: str) -> list[AccessKey]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM key {which}", values)  # noqa: S608 - constants
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
