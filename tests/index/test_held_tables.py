"""Tables of a small segment are held in memory, and say what the files say.

Covers `index/files/name_table`, `index/files/entry_table`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from semsearch.core.arrays import Numbers, Tokens
from semsearch.core.progress import Silent
from semsearch.index.files.entry_table import EntryTable, write_entry_table
from semsearch.index.files.postings import PostingsIndex, write_postings
from semsearch.index.files.tokens import TokensIndex, write_tokens
from semsearch.index.passage_table import PassageTable
from semsearch.models.encoders.hashed import HashedEncoder
from semsearch.storage.database import Reader
from semsearch.storage.files.generation_layout import GenerationLayout
from tests.conftest import ENTRIES

TABLE = PassageTable(ENTRIES, Silent())
EVERYWHERE = range(len(ENTRIES))
PARTS = (EVERYWHERE, range(2, 5), range(5, 5))


@pytest.fixture
def files(tmp_path: Path) -> GenerationLayout:
    """Write the files of seven entries of two glossaries."""
    layout = GenerationLayout(tmp_path)
    write_entry_table(layout, TABLE.by_entry(), (), {}, progress=Silent(), total=len(ENTRIES))
    write_postings(layout, TABLE.entries, Silent())
    write_tokens(layout, TABLE.glossaries(), _tokens, Silent())
    return layout


def _tokens(positions: Numbers) -> Iterator[Tokens]:
    texts = [TABLE.entries[at].definition for at in positions.tolist()]
    yield from HashedEncoder().encode_entries(texts).tokens


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the statements that reach SQLite."""
    found: list[str] = []
    rows = Reader.rows

    def recorded(reader: Reader, query: str, values: Sequence[str | int] = ()) -> list[object]:
        found.append(query)
        return rows(reader, query, values)

    monkeypatch.setattr(Reader, "rows", recorded)
    return found


def test_names_and_passages_are_found_alike(files: GenerationLayout) -> None:
    """By key, by form and by beginning, in any range of positions, in the same order."""
    held, stored = EntryTable(files.entries, is_held=True), EntryTable(files.entries)
    texts = ("leaven", "leavens", "inner loaf", "eta", "b", "ba", "dutch ov", "zebra", "")
    for allowed in PARTS:
        for text in texts:
            assert held.by_key(text, allowed) == stored.by_key(text, allowed)
            assert held.by_form(text, allowed) == stored.by_form(text, allowed)
            for limit in (1, 20):
                assert held.by_prefix(text, allowed, limit) == stored.by_prefix(
                    text, allowed, limit
                )
    assert held.by_key("leaven", EVERYWHERE)
    rows = list(TABLE.passage_rows)
    assert held.passages(rows) == stored.passages(rows)
    assert held.passages([]) == []


def test_postings_and_uses_are_found_alike(files: GenerationLayout) -> None:
    """Of words and tokens that the entries have, and of others."""
    held, stored = PostingsIndex(files, is_held=True), PostingsIndex(files)
    for allowed in PARTS:
        one = held.lookup("the dough of a ship in a zebra's loaf", allowed)
        other = stored.lookup("the dough of a ship in a zebra's loaf", allowed)
        assert list(one) == list(other)
        for stem, postings in one.items():
            np.testing.assert_array_equal(postings.positions, other[stem].positions)
            np.testing.assert_array_equal(postings.weights, other[stem].weights)
    tokens, read = TokensIndex(files, is_held=True), TokensIndex(files)
    ids = np.unique(np.concatenate([one.ids for one in _tokens(np.array(EVERYWHERE))] + [[10**6]]))
    for glossary in (None, "bakery", "harbour", "nowhere"):
        found = tokens.uses(ids.astype(np.int32), glossary)
        assert found.tolist() == read.uses(ids.astype(np.int32), glossary).tolist()


def test_what_is_held_is_read_once(files: GenerationLayout, statements: list[str]) -> None:
    """The second look at everything reaches no database."""
    entry_table = EntryTable(files.entries, is_held=True)
    postings = PostingsIndex(files, is_held=True)
    tokens = TokensIndex(files, is_held=True)
    ids = np.array([1, 2], dtype=np.int32)
    for question in ("dough and a ship", "a loaf or a hull"):
        statements.clear()
        entry_table.by_key(question, EVERYWHERE)
        entry_table.by_form(question, EVERYWHERE)
        entry_table.by_prefix(question, EVERYWHERE, 20)
        entry_table.passages([0, 1])
        postings.lookup(question, EVERYWHERE)
        tokens.uses(ids, "bakery")
    assert statements == []
