"""What a build embeds: every passage by its row, and its text again when it is needed."""

from __future__ import annotations

import numpy as np

from semsearch.core.checksums import text_hash
from semsearch.core.progress import Silent
from semsearch.index.passage_table import PassageTable
from semsearch.text.passages import MAX_NAMES, passages_of
from tests.conftest import ENTRIES, entry


def test_rows_are_the_passages_of_the_entries_one_after_the_other() -> None:
    """Glossary by glossary, sources in their order; text, hash and length of each row agree."""
    ship, leaven, crumb = ENTRIES[5], ENTRIES[0], ENTRIES[1]
    passages = PassageTable([ship, leaven, crumb], Silent())
    assert passages.entries == [leaven, crumb, ship]
    assert passages.glossaries() == ["bakery", "bakery", "harbour"]
    assert passages.first_rows.tolist() == [0, 3, 4, 5]
    texts = [p.text for e in (leaven, crumb, ship) for p in passages_of(e)]
    rows = passages.passage_rows
    assert [passages.text(row) for row in rows] == texts
    assert passages.hashes(rows) == [text_hash(text) for text in texts]
    assert [passages.length(row) for row in rows] == [len(text) for text in texts]


def test_names_follow_the_passages_of_all() -> None:
    """Each entry has its term and aliases once, with hash and length."""
    starter = entry("Starter", "It raises dough.", aliases=("Sourdough", "Starter", "Levain"))
    crumb = entry("Crumb", "The inside of bread.")
    built = PassageTable([starter, crumb], Silent())
    assert built.first_names.tolist() == [0, 3, 4]
    assert [built.text(row) for row in built.name_rows] == [
        "Starter",
        "Sourdough",
        "Levain",
        "Crumb",
    ]
    assert built.name_hashes(1, 4) == [text_hash(t) for t in ("Sourdough", "Levain", "Crumb")]
    assert [*built.rows] == [*built.passage_rows, *built.name_rows, *built.phrase_rows]
    assert [built.length(row) for row in built.name_rows] == [7, 9, 6, 5]


def test_an_entry_of_many_names_has_some_of_them_embedded() -> None:
    """The term and its first aliases."""
    named = entry("A", "A letter of bread.", aliases=tuple(f"name {i}" for i in range(40)))
    built = PassageTable([named], Silent())
    assert built.first_names.tolist() == [0, MAX_NAMES]


def test_the_first_row_of_an_entry_is_its_whole_definition() -> None:
    """For any positions, in the order they are asked for."""
    passages = PassageTable(ENTRIES[:3], Silent())
    assert passages.definition_hashes(np.array([2, 0])) == [
        text_hash(ENTRIES[2].definition),
        text_hash(ENTRIES[0].definition),
    ]


def test_equal_texts_have_rows_of_their_own_and_one_hash() -> None:
    """The equal hash shows that the texts are the same."""
    twins = [entry(term, "A piece of fermented dough.") for term in ("Chef", "Levain")]
    passages = PassageTable(twins, Silent())
    one, other = passages.hashes(passages.passage_rows)
    assert one == other


def test_nothing_to_build() -> None:
    """No entries have no rows."""
    passages = PassageTable([], Silent())
    assert (len(passages.rows), passages.first_rows.tolist()) == (0, [0])
    assert passages.first_names.tolist() == [0]
