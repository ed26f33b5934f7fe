"""Ids that an unknown one may stand for: in another form, longer, or spelled nearly so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from semsearch.ingest.build import build_index
from semsearch.ingest.id_suggestions import suggested_ids
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import ENTRIES, entry

MORE = (
    *(replace(entry(f"Loaf {n}", "Bread."), id=f"bakery:loaf-{n}") for n in range(5)),
    entry("Leaven", "What lifts.", "harbour"),
    entry("Loading dock", "A place.", "harbour"),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EntryReader]:
    """Give the store of two glossaries."""
    folder = tmp_path_factory.mktemp("ids")
    build_index([*ENTRIES, *MORE], folder, model="hashed")
    with closing(EntryReader(IndexLayout(folder).store)) as opened:
        yield opened


@pytest.mark.parametrize(
    ("unknown", "meant"),
    [
        ("Dutch Oven", ["bakery:dutch-oven"]),
        ("bakery:Dutch Oven", ["bakery:dutch-oven"]),
        ("leaven", ["bakery:leaven", "harbour:leaven"]),
        ("bakery:dutch", ["bakery:dutch-oven"]),
        ("dutch", ["bakery:dutch-oven"]),
        ("bakery:loaf", ["bakery:loaf-0", "bakery:loaf-1", "bakery:loaf-2"]),
        ("bakery:levaen", ["bakery:leaven"]),
        ("harbour:levaen", ["harbour:leaven"]),
        ("bakery:hull", []),
        ("nowhere:hull", ["harbour:hull"]),
        ("bakery:l", []),
        ("nothing", []),
        ("bakery:", []),
        (":", []),
        ("", []),
    ],
)
def test_what_may_have_been_meant(store: EntryReader, unknown: str, meant: list[str]) -> None:
    """The ids of a known glossary alone, if one is named."""
    assert suggested_ids(store, unknown) == meant


def test_marks_of_sql_have_no_meaning(store: EntryReader) -> None:
    """An id begins with the very letters."""
    assert store.ids_beginning_with("bakery:%", 10) == []
    assert store.ids_beginning_with("bakery:l", 3) == [
        "bakery:leaven",
        "bakery:loaf-0",
        "bakery:loaf-1",
    ]
