"""Vectors and tokens in the store, so that no text is embedded twice.

They are keyed by the hash of the text and by the encoder: equal texts share a vector, and vectors
of different encoders never mix. Rows are stored in the order of writing, with an index of hashes.
Inserting rows of kilobytes in the order of their hashes took as long as embedding the texts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from semsearch.core.arrays import Encoded, Tokens, Vectors
from semsearch.storage.int8 import from_int8, to_int8
from semsearch.storage.store_connection import StoreConnection

TOKENS = 1
"""Version of the selection of tokens; raised when stop words, word pieces or their number
change."""

_MAX_PARAMETERS = 500
_SCANNED = 1 << 14
"""Texts read at once, from a table of hashes: some hundredths of a second."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Embeddings of some texts by one encoder.

    `key` is the encoder's, `texts` are hashes, `with_tokens` the hashes of texts whose tokens are
    stored.
    """

    key: str
    texts: Sequence[bytes]
    encoded: Encoded
    with_tokens: Collection[bytes]


class EmbeddedTexts:
    """Vectors and tokens of texts, by the hash of the text and the key of an encoder."""

    def __init__(self, connection: StoreConnection) -> None:
        self._connection = connection

    def unknown(
        self, texts: Iterable[bytes], key: str, with_tokens: Collection[bytes]
    ) -> set[bytes]:
        """Return the texts that this encoder has not embedded yet.

        Args:
            texts: their hashes.
            key: of the encoder.
            with_tokens: hashes of texts whose tokens are needed, too.
        """
        missing = set(texts)
        for text, version in self._known(missing, key):
            if version == TOKENS or text not in with_tokens:
                missing.discard(text)
        return missing

    def save(self, embedded: Embedded) -> None:
        """Store embeddings in one transaction; earlier ones of the same texts are replaced."""
        with self._connection.transaction():
            self.insert(embedded)

    def insert(self, embedded: Embedded) -> None:
        """Store embeddings inside the caller's transaction."""
        connection, encoded = self._connection, embedded.encoded
        connection.execute(
            "INSERT INTO encoder (key) VALUES (?) ON CONFLICT DO NOTHING", (embedded.key,)
        )
        number = self._number(embedded.key)
        connection.executemany(
            "DELETE FROM embedding WHERE text = ? AND encoder = ?",
            ((text, number) for text in embedded.texts),
        )
        rows = zip(embedded.texts, encoded.vectors, encoded.tokens, strict=True)
        connection.executemany(
            "INSERT INTO embedding (text, encoder, kept, vector, ids, tokens) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                (text, number, *_to_columns(tokens, text in embedded.with_tokens, vector))
                for text, vector, tokens in rows
            ),
        )

    def tokens(self, texts: Sequence[bytes], key: str) -> list[Tokens]:
        """Return the tokens of texts in their order; see `vectors`."""
        found = {t: _tokens(*row) for t, *row in self._values("text, ids, tokens", texts, key)}
        return [found[text] for text in texts]

    def vectors(self, texts: Sequence[bytes], key: str, dim: int) -> Vectors:
        """Return the vectors of texts in their order, (n, dim).

        Raises:
            KeyError: a text has no vector; callers save them first.
        """
        found: dict[bytes, bytes] = dict(self._values("text, vector", texts, key))
        joined = b"".join(found[text] for text in texts)
        return np.frombuffer(joined, dtype="<f4").reshape(len(texts), dim).astype(np.float32)

    def dim_of(self, text: bytes, key: str) -> int:
        """Return the length of the vector of a text that has one."""
        ((length,),) = self._values("length(vector)", [text], key)
        return int(length) // 4

    def unused(self, keep: Iterable[bytes]) -> Iterator[list[bytes]]:
        """Yield batches of embedded texts, of any encoder, that are not in `keep`.

        The store is locked for a moment at a time, and never while the caller holds a batch.
        """
        connection = self._connection
        connection.execute(f"CREATE TEMP TABLE kept (text {connection.bytes_type} PRIMARY KEY)")
        try:
            with connection.reading():  # writes the temporary table only, not the file
                connection.executemany(
                    "INSERT INTO kept VALUES (?) ON CONFLICT DO NOTHING", ((t,) for t in keep)
                )
            last = b""
            while True:
                batch = connection.execute(
                    "SELECT DISTINCT text, text NOT IN (SELECT text FROM kept) FROM embedding "
                    "WHERE text > ? ORDER BY text LIMIT ?",
                    (last, _SCANNED),
                ).fetchall()
                if unused := [text for text, is_unused in batch if is_unused]:
                    yield unused
                if len(batch) < _SCANNED:
                    return
                last = batch[-1][0]
        finally:
            connection.execute("DROP TABLE kept")

    def forget(self, texts: Iterable[bytes]) -> None:
        """Delete the embeddings of texts, of any encoder."""
        with self._connection.transaction():
            self._connection.executemany(
                "DELETE FROM embedding WHERE text = ?", ((text,) for text in texts)
            )

    def _known(self, texts: Collection[bytes], key: str) -> Iterator[tuple[bytes, int]]:
        """Yield texts with the version of their tokens.

        A few are looked up. For many the whole index is read, in batches, so that a writer waits
        for a moment only.
        """
        if len(texts) <= _MAX_PARAMETERS:
            yield from self._values("text, kept", list(texts), key)
            return
        number, last = self._number(key), b""
        while True:
            found = self._connection.execute(
                "SELECT text, kept FROM embedding WHERE text > ? AND encoder = ? "
                "ORDER BY text LIMIT ?",
                (last, number, _SCANNED),
            ).fetchall()
            yield from found
            if len(found) < _SCANNED:
                return
            last = found[-1][0]

    def _number(self, key: str) -> int:
        """Return the number of an encoder in the store; 0 if it has embedded nothing."""
        row = self._connection.execute(
            "SELECT number FROM encoder WHERE key = ?", (key,)
        ).fetchone()
        return int(row[0]) if row else 0

    def _values(self, columns: str, texts: Sequence[bytes], key: str) -> Iterator[Any]:
        number = self._number(key)
        distinct = list(dict.fromkeys(texts))
        for start in range(0, len(distinct), _MAX_PARAMETERS):
            some = distinct[start : start + _MAX_PARAMETERS]
            marks = ",".join("?" * len(some))
            yield from self._connection.execute(
                f"SELECT {columns} FROM embedding WHERE text IN ({marks}) AND encoder = ?",  # noqa: S608
                (*some, number),
            )


def _to_columns(
    tokens: Tokens, is_wanted: bool, vector: Vectors
) -> tuple[int, bytes, bytes | None, bytes | None]:
    value = vector.astype("<f4").tobytes()
    if not is_wanted:
        return 0, value, None, None
    return TOKENS, value, tokens.ids.astype("<i4").tobytes(), to_int8(tokens.vectors).tobytes()


def _tokens(ids: bytes, value: bytes) -> Tokens:
    numbers = np.frombuffer(ids, dtype="<i4").astype(np.int32)
    rows = np.frombuffer(value, dtype=np.int8).reshape(len(numbers), -1 if len(numbers) else 0)
    return Tokens(numbers, from_int8(rows))
