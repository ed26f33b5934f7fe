"""Records become entries.

Covers `importers/clean_text`, `importers/records`.
"""

from __future__ import annotations

import pytest

from semsearch.core.entries import Entry, Refusal, Source
from semsearch.importers.records import Record
from semsearch.importers.records_to_entries import MAX_DEFINITION, MAX_TERM, clean, make_entries
from tests.cpu_time import cpu_time_at_most


def record(term: str, definition: str = "d", line: int = 1, id_: str | None = None) -> Record:
    """Make a record of file `f`."""
    return Record(term, definition, Source("f", line), id=id_)


def ids(*records: Record | Refusal) -> tuple[list[str], list[str]]:
    """Give the ids made of some records, and the refusals as text."""
    made = make_entries(records, "g")
    return [entry.id for entry in made.entries], [str(refusal) for refusal in made.refusals]


def test_entry_states_everything_the_record_does() -> None:
    """Text is normalised, names have single blanks, aliases are unique and not the term."""
    source = Source("f", 3)
    raw = Record(
        " Cafe\u0301\n\t au  lait ",
        "\r\nHot\x07 milk\vand\r\ncoffee.\ufeff ",
        source,
        ("Latte", "Café au lait", " Latte ", "", "latte"),
        "Drinks/Café",
        "en_GB",
    )
    made = make_entries([raw], "bar")
    assert made.refusals == []
    assert made.entries == [
        Entry(
            "bar:drinks-café",
            "Café au lait",
            "Hot milk\nand\ncoffee.",
            "bar",
            ("Latte", "latte"),
            "en-GB",
            source,
        )
    ]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (record(" "), "no term"),
        (record("a", "\x00\n"), "no definition of 'a'"),
        (record("a\ud800"), "half of a surrogate pair, which is not text"),
        (
            Record("a", "b", Source("f", 1), ("\udfff",)),
            "half of a surrogate pair, which is not text",
        ),
        (record("a" * 301), f"the term is longer than 300 characters: '{'a' * 57}...'"),
        (record("a", "b" * 20_001), "the definition of 'a' is longer than 20000 characters"),
        (record("a", id_="b" * 301), "an alias or id of 'a' is longer than 300 characters"),
    ],
)
def test_what_cannot_be_an_entry_is_refused(raw: Record, reason: str) -> None:
    """Each limit has its reason."""
    assert clean(raw) == Refusal(Source("f", 1), reason)


def test_limits_are_inclusive_and_unknown_languages_are_english() -> None:
    """Text as long as the limit passes; a column `language` may hold anything."""
    raw = Record("a" * MAX_TERM, "b" * MAX_DEFINITION, Source("f", 1), language="C++")
    assert clean(raw) == Record(raw.term, raw.definition, raw.source, language="en")


def test_equal_slugs_are_numbered_in_file_order() -> None:
    """Terms that differ only in signs keep apart, as do homonyms."""
    assert ids(record("A b"), record("a-B", line=2), record("A b", "other", line=3)) == (
        ["g:a-b", "g:a-b-2", "g:a-b-3"],
        [],
    )


def test_repeated_entries_are_refused() -> None:
    """The same term and definition, or the same id, counts once."""
    found = ids(
        record("a"), record("a", line=2), record("b", id_="X"), record("c", line=4, id_="x")
    )
    assert found == (
        ["g:a", "g:x"],
        ["f:2: duplicate of f:1", "f:4: duplicate id 'x', first at f:1"],
    )


def test_an_authors_id_always_keeps_its_slug() -> None:
    """A record without an id gives way, even if it comes first."""
    found = ids(record("a"), record("a", "e"), record("z", id_="a"), record("y", id_="a-2"))
    assert found == (["g:a-3", "g:a-4", "g:a", "g:a-2"], [])


def test_refusals_keep_their_place() -> None:
    """What a reader refused comes in order with what is refused here."""
    read: list[Record | Refusal] = [
        Refusal(Source("f", 1), "x"),
        record("", line=2),
        Refusal(Source("f", 3), "y"),
    ]
    assert ids(*read) == ([], ["f:1: x", "f:2: no term", "f:3: y"])


def test_a_term_without_any_nameable_sign_is_refused() -> None:
    """A private sign has no name to make an id of."""
    assert ids(record("\ue000")) == ([], ["f:1: no id can be made of '\\ue000'"])


def test_many_equal_slugs_take_linear_time() -> None:
    """Twenty thousand homonyms cost less than 2 s."""
    with cpu_time_at_most(2):
        found, _ = ids(*(record("a", str(number)) for number in range(20_000)))
        assert (len(set(found)), found[-1]) == (20_000, "g:a-20000")
