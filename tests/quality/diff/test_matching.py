"""Which entry of one state is which of the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from semsearch.core.entries import Details, Entry, Source
from semsearch.quality.diff import PairKind
from semsearch.quality.diff.matching import differences
from tests.conftest import ENTRIES, entry

LEAVEN, CRUMB, OVEN = (e for e in ENTRIES[:3])


def kinds(old: list[Entry], new: list[Entry]) -> list[tuple[str, str, str]]:
    """Return kind, former and present id of each difference, `-` where there is none."""
    return [
        (one.kind.value, one.old.id if one.old else "-", one.new.id if one.new else "-")
        for one in differences(old, new)
    ]


def test_what_is_the_same_differs_in_nothing() -> None:
    """Places in the file and white space do not count."""
    moved = replace(
        CRUMB, source=Source("other.md", 7), definition=CRUMB.definition.replace(" ", "\n ")
    )
    assert differences(ENTRIES, [*ENTRIES[::-1]]) == []
    assert differences([CRUMB], [moved]) == []
    assert differences([], []) == []


def test_each_kind_is_told_apart() -> None:
    """Differences come in the order of their kinds."""
    renamed = replace(LEAVEN, id="bakery:starter", term="Starter")
    reworded = replace(CRUMB, definition="What a crust surrounds.")
    changed = replace(OVEN, aliases=("cocotte",), details=Details(status="draft"))
    old = [LEAVEN, CRUMB, OVEN, entry("Hull", "The body of a ship.")]
    new = [changed, reworded, renamed, entry("Mast", "It bears sails.")]
    assert kinds(old, new) == [
        ("added", "-", "bakery:mast"),
        ("removed", "bakery:hull", "-"),
        ("renamed", "bakery:leaven", "bakery:starter"),
        ("reworded", "bakery:crumb", "bakery:crumb"),
        ("changed", "bakery:dutch-oven", "bakery:dutch-oven"),
    ]
    assert [one.fields for one in differences(old, new)[2:]] == [
        ("id", "term"), ("definition",), ("aliases", "details"),
    ]  # fmt: skip


def test_details_that_differ_are_named() -> None:
    """Each by its name, and extra fields by theirs; `fields`, for programs, says "details"."""
    old = replace(OVEN, details=Details(status="draft", extra=(("No.", "1"), ("Owner", "Ann"))))
    new = replace(OVEN, details=Details(category="pans", extra=(("No.", "2"), ("Owner", "Ann"))))
    (one,) = differences([old], [new])
    assert one.fields == ("details",)
    assert sorted(one.field_names) == ["No.", "category", "status"]
    swapped = replace(OVEN, details=replace(old.details, extra=old.details.extra[::-1]))
    (one,) = differences([old], [swapped])
    assert one.field_names == ("order of extra fields",)


def test_an_id_stays_the_same_entry_whatever_it_is_called() -> None:
    """With another term and definition the entry is reworded, and the new term is named."""
    other = replace(LEAVEN, term="Sourdough", definition="Flour and water that ferment.")
    (one,) = differences([LEAVEN], [other])
    assert (one.kind, one.fields) == (PairKind.REWORDED, ("term", "definition"))


def test_a_term_is_found_again_under_another_id() -> None:
    """A term is matched within its language; the difference is the renamed id."""
    other = replace(LEAVEN, id="bakery:leaven-2")
    (one,) = differences([LEAVEN], [other])
    assert (one.kind, one.fields) == (PairKind.RENAMED, ("id",))
    french = replace(other, language="fr", definition="Une pate.")
    assert kinds([LEAVEN], [french]) == [
        ("added", "-", "bakery:leaven-2"), ("removed", "bakery:leaven", "-"),
    ]  # fmt: skip


def test_swapped_definitions_are_two_rewordings() -> None:
    """An id counts more than what it says."""
    swapped = [
        replace(LEAVEN, definition=CRUMB.definition), replace(CRUMB, definition=LEAVEN.definition),
    ]  # fmt: skip
    assert [one.kind for one in differences([LEAVEN, CRUMB], swapped)] == [PairKind.REWORDED] * 2


def test_copies_are_matched_one_by_one() -> None:
    """If one of three equal definitions is gone, one entry is removed."""
    copies = [replace(LEAVEN, id=f"bakery:l{n}", term=f"L{n}") for n in range(3)]
    renamed = [replace(LEAVEN, id=f"bakery:m{n}", term=f"M{n}") for n in range(2)]
    assert [one.kind for one in differences(copies, renamed)] == [
        PairKind.REMOVED, PairKind.RENAMED, PairKind.RENAMED,
    ]  # fmt: skip


def test_a_glossary_that_has_another_name_now_is_the_same() -> None:
    """If it is the only one left over on either side; otherwise nothing of it is."""
    other = replace(LEAVEN, id="bread:leaven", glossary="bread")
    ship = entry("Hull", "The body of a ship.", "harbour")
    assert differences([LEAVEN, ship], [other, ship]) == []
    third = replace(CRUMB, id="cake:crumb", glossary="cake")
    assert [one.kind for one in differences([LEAVEN], [other, third])] == [
        PairKind.ADDED, PairKind.ADDED, PairKind.REMOVED,
    ]  # fmt: skip


@pytest.mark.process
def test_many_entries_are_matched_in_a_moment() -> None:
    """Fifty thousand renamed ones: what matches is looked up."""
    old = [entry(f"Old {n}", f"Board number {n}.") for n in range(50_000)]
    new = [entry(f"New {n}", f"Board number {n}.") for n in range(50_000)]
    found = differences(old, new)
    assert len(found) == 50_000
    assert {one.kind for one in found} == {PairKind.RENAMED}
