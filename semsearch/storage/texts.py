"""What encoders made of texts: a table of the store, keyed by the hash of the text and the encoder.

Equal texts share a vector, never a row of an entry, and vectors of another encoder can never be taken
by mistake.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from semsearch.storage.database import transaction
from semsearch.storage.int8 import from_int8, to_int8
from semsearch.types import Encoded, Tokens, Vectors

_MANY = 500
_FEW = 10_000
_TOKENS = 1
"""Version of which tokens are kept of a text; raised when stop words, pieces or their number change."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What an encoder made of some texts.

    `fingerprint` is that of the encoder, `texts` are hashes, and tokens are kept of those that are also in
    `with_tokens`.
    """

    fingerprint: str
    texts: Sequence[bytes]
    encoded: Encoded
    with_tokens: Collection[bytes]


class EmbeddedTexts:
    """The vectors and tokens in an open store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def unknown(
        self, texts: Iterable[bytes], fingerprint: str, with_tokens: Collection[bytes]
    ) -> set[bytes]:
        """Return which texts this encoder has not embedded yet.

        Args:
            texts: their hashes.
            fingerprint: of the encoder.
            with_tokens: hashes of texts whose tokens are wanted too.
        """
        of_tokens = _key_of_tokens(fingerprint)
        missing = self._without("vector", set(texts), fingerprint)
        return missing | self._without("tokens", set(with_tokens), of_tokens)

    def _without(self, table: str, texts: set[bytes], key: str) -> set[bytes]:
        """Return the texts without a row: a few are looked up, for many all rows are passed."""
        if len(texts) <= _FEW:
            return texts - {text for (text,) in self._values("text", table, list(texts), key)}
        rows = self._connection.execute(
            f"SELECT text FROM {table} WHERE fingerprint = ?",  # noqa: S608 - constants
            (key,),
        )
        for (text,) in rows:
            texts.discard(text)
        return texts

    def save(self, embedded: Embedded) -> None:
        """Keep what an encoder made of texts, in one transaction; what is already there stays."""
        with transaction(self._connection):
            self.insert(embedded)

    def insert(self, embedded: Embedded) -> None:
        """Keep what an encoder made of texts; the caller has begun a transaction."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO vector VALUES (?, ?, ?)",
            (
                (text, embedded.fingerprint, row.astype("<f4").tobytes())
                for text, row in zip(embedded.texts, embedded.encoded.vectors, strict=True)
            ),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO tokens VALUES (?, ?, ?, ?)",
            (
                (
                    text,
                    _key_of_tokens(embedded.fingerprint),
                    tokens.ids.astype("<i4").tobytes(),
                    to_int8(tokens.vectors).tobytes(),
                )
                for text, tokens in zip(embedded.texts, embedded.encoded.tokens, strict=True)
                if text in embedded.with_tokens
            ),
        )

    def tokens(self, texts: Sequence[bytes], fingerprint: str) -> list[Tokens]:
        """Return the tokens of texts in their order; see `vectors`."""
        rows = self._values("text, ids, value", "tokens", texts, _key_of_tokens(fingerprint))
        found = {text: _tokens(ids, value) for text, ids, value in rows}
        return [found[text] for text in texts]

    def vectors(self, texts: Sequence[bytes], fingerprint: str, dim: int) -> Vectors:
        """Return the vectors of texts in their order, (n, dim).

        Raises:
            KeyError: a text has no vector; callers save them first.
        """
        found: dict[bytes, bytes] = dict(self._values("text, value", "vector", texts, fingerprint))
        joined = b"".join(found[text] for text in texts)
        return np.frombuffer(joined, dtype="<f4").reshape(len(texts), dim).astype(np.float32)

    def _values(
        self, columns: str, table: str, texts: Sequence[bytes], fingerprint: str
    ) -> Iterator[Any]:
        distinct = list(dict.fromkeys(texts))
        for start in range(0, len(distinct), _MANY):
            some = distinct[start : start + _MANY]
            marks = ",".join("?" * len(some))
            yield from self._connection.execute(
                f"SELECT {columns} FROM {table} WHERE fingerprint = ? AND text IN ({marks})",  # noqa: S608
                (fingerprint, *some),
            )

    def dim_of(self, text: bytes, fingerprint: str) -> int:
        """Return the dimension of the vector of a text that is known to have one."""
        row = self._connection.execute(
            "SELECT length(value) FROM vector WHERE text = ? AND fingerprint = ?",
            (text, fingerprint),
        ).fetchone()
        return int(row[0]) // 4

    def forget(self, keep: Iterable[bytes]) -> None:
        """Drop what was made of texts that no entry has any more, by whatever encoder."""
        with transaction(self._connection):
            self._connection.execute("CREATE TEMP TABLE kept (text BLOB PRIMARY KEY) WITHOUT ROWID")
            self._connection.executemany(
                "INSERT OR IGNORE INTO kept VALUES (?)", ((t,) for t in keep)
            )
            for table in ("vector", "tokens"):
                self._connection.execute(
                    f"DELETE FROM {table} WHERE text NOT IN (SELECT text FROM kept)"  # noqa: S608
                )
            self._connection.execute("DROP TABLE kept")


def _key_of_tokens(fingerprint: str) -> str:
    return f"{fingerprint}-{_TOKENS}"


def _tokens(ids: bytes, value: bytes) -> Tokens:
    numbers = np.frombuffer(ids, dtype="<i4").astype(np.int32)
    rows = np.frombuffer(value, dtype=np.int8).reshape(len(numbers), -1 if len(numbers) else 0)
    return Tokens(numbers, from_int8(rows))
