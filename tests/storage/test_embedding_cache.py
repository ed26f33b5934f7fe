"""What encoders made of texts, in the store.

Kept once, found again, taken over from older stores.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.arrays import Encoded, Tokens
from semsearch.storage.embedding_cache import Embedded, EmbeddedTexts
from semsearch.storage.entry_store import EntryStore
from semsearch.storage.migrations import MIGRATIONS

DIM = 4
TEXTS = [bytes([n]) * 32 for n in range(3)]


def _encoded(texts: int, seed: int = 0) -> Encoded:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(texts, DIM)).astype(np.float32)
    tokens = [
        Tokens(np.arange(n + 1, dtype=np.int32), np.eye(n + 1, DIM, dtype=np.float32))
        for n in range(texts)
    ]
    return Encoded(vectors, tuple(tokens))


@pytest.fixture
def texts(tmp_path: Path) -> Iterator[EmbeddedTexts]:
    """Give the embedded texts of an empty store."""
    with closing(EntryStore(tmp_path / "store.db")) as store:
        yield store.texts


def test_what_was_saved_is_found_in_any_order(texts: EmbeddedTexts) -> None:
    """Vectors and tokens come back in the order they are asked for, also twice."""
    encoded = _encoded(3)
    texts.save(Embedded("a", TEXTS, encoded, TEXTS))
    asked = [TEXTS[2], TEXTS[0], TEXTS[2]]
    assert np.array_equal(texts.vectors(asked, "a", DIM), encoded.vectors[[2, 0, 2]])
    found = texts.tokens(asked, "a")
    assert [one.ids.tolist() for one in found] == [[0, 1, 2], [0], [0, 1, 2]]
    assert np.allclose(found[0].vectors, np.eye(3, DIM), atol=0.01)
    assert texts.dim_of(TEXTS[1], "a") == DIM


def test_a_text_is_known_to_its_encoder_only(texts: EmbeddedTexts) -> None:
    """What one encoder has embedded is missing for another."""
    texts.save(Embedded("a", TEXTS[:2], _encoded(2), TEXTS))
    assert texts.unknown(TEXTS, "a", TEXTS) == {TEXTS[2]}
    assert texts.unknown(TEXTS, "b", ()) == set(TEXTS)


@pytest.mark.parametrize("others", [0, 600])
def test_a_text_without_its_tokens_is_embedded_again(texts: EmbeddedTexts, others: int) -> None:
    """When they are wanted, whether few texts are asked for or many.

    Then it is known with both, once.
    """
    many = [n.to_bytes(32, "big") for n in range(1000, 1000 + others)]
    texts.save(Embedded("a", TEXTS[:1], _encoded(1), ()))
    assert texts.unknown([*TEXTS[:1], *many], "a", ()) == set(many)
    assert texts.unknown([*TEXTS[:1], *many], "a", TEXTS) == {TEXTS[0], *many}
    again = _encoded(1, seed=1)
    texts.save(Embedded("a", TEXTS[:1], again, TEXTS))
    assert texts.unknown([*TEXTS[:1], *many], "a", TEXTS) == set(many)
    assert np.array_equal(texts.vectors(TEXTS[:1], "a", DIM), again.vectors)


def test_texts_that_nobody_has_any_more_are_forgotten(texts: EmbeddedTexts) -> None:
    """Those of every encoder go; those that are kept stay."""
    texts.save(Embedded("a", TEXTS, _encoded(3), TEXTS))
    texts.save(Embedded("b", TEXTS, _encoded(3), ()))
    for unused in texts.unused(TEXTS[1:2]):
        texts.forget(unused)
    assert list(texts.unused(TEXTS[1:2])) == []
    assert texts.unknown(TEXTS, "a", TEXTS) == {TEXTS[0], TEXTS[2]}
    assert texts.unknown(TEXTS, "b", ()) == {TEXTS[0], TEXTS[2]}


def test_an_older_store_keeps_what_was_embedded(tmp_path: Path) -> None:
    """Vectors and tokens of older tables are migrated, so that an upgrade embeds nothing."""
    file = tmp_path / "store.db"
    row = np.arange(DIM, dtype="<f4")
    with closing(sqlite3.connect(file)) as connection:
        for step in MIGRATIONS[:3]:
            connection.executescript(step)
        connection.execute("PRAGMA user_version=3")
        for text in TEXTS[:2]:
            connection.execute("INSERT INTO vector VALUES (?, 'a', ?)", (text, row.tobytes()))
        ids, value = (
            np.array([7], dtype="<i4").tobytes(),
            np.array([127, 0, 0, 0], dtype=np.int8).tobytes(),
        )
        connection.execute("INSERT INTO tokens VALUES (?, 'a-1', ?, ?)", (TEXTS[0], ids, value))
        connection.commit()
    with closing(EntryStore(file)) as store:
        assert store.texts.unknown(TEXTS, "a", TEXTS) == set(TEXTS[1:])
        assert store.texts.unknown(TEXTS, "a", ()) == {TEXTS[2]}
        assert np.array_equal(store.texts.vectors(TEXTS[:2], "a", DIM), [row, row])
        assert store.texts.tokens(TEXTS[:1], "a")[0].ids.tolist() == [7]
