"""Which entry a link means: by id, page, term, alias or form, and none where several are meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from semsearch.core.entries import Details, Entry, Source
from semsearch.text.links import Links, links_of
from tests.conftest import ENTRIES, entry

BAKERY = [one for one in ENTRIES if one.glossary == "bakery"]


@pytest.mark.parametrize(
    ("link", "term"),
    [
        ("bakery:dutch-oven", "Dutch Oven"),
        ("dutch-oven", "Dutch Oven"),
        ("DUTCH OVEN", "Dutch Oven"),
        ("inner loaf", "Crumb"),
        ("Dutch Ovens", "Dutch Oven"),
        ("bannetons", "Proofing Basket"),
    ],
)
def test_a_link_may_call_an_entry_in_several_ways(link: str, term: str) -> None:
    """Id with and without its glossary, term, alias, and their other forms."""
    found = Links(BAKERY).target(link)
    assert found is not None
    assert BAKERY[found].term == term


def test_a_page_of_one_entry_is_a_name_of_it() -> None:
    """A file of many terms is none, and `index` is called as its folder."""
    many = [entry("Whisk", "Wires."), entry("Ladle", "A spoon.")]
    alone = replace(entry("Pan", "Flat."), source=Source("kitchen/skillet.md", 1))
    folder = replace(entry("Pot", "Deep."), source=Source("kitchen/cauldron/index.md", 1))
    links = Links([*many, alone, folder])
    assert links.target("x") is None
    assert (links.target("skillet"), links.target("cauldron")) == (2, 3)


def test_a_name_of_two_entries_leads_nowhere() -> None:
    """Both entries are reported; a more certain kind of name decides if it has one entry."""
    first = entry("Bank", "Money.", aliases=("Shore",))
    second = Entry("bakery:bank-2", "Bank", "Land beside a river.", "bakery")
    third = entry("Shore", "Where land ends.")
    links = Links([first, second, third])
    assert links.target("Bank") == 0  # its id
    assert list(links.targets("shore")) == [2]
    twice = Links(
        [
            first,
            replace(second, term="Coin", aliases=("Cash",)),
            entry("Note", "Paper.", aliases=("Cash",)),
        ]
    )
    assert twice.target("cash") is None
    assert list(twice.targets("cash")) == [1, 2]


def test_links_of_every_kind_are_followed_in_order() -> None:
    """See also, related, broader, narrower; those that lead nowhere are left out."""
    details = Details(related=("crumb",), broader=("nowhere",), narrower=("dutch oven",))
    linking = replace(BAKERY[0], see_also=("Proofing Basket",), details=details)
    assert links_of(linking) == ("Proofing Basket", "crumb", "nowhere", "dutch oven")
    found = Links([linking, *BAKERY[1:]]).of(linking)
    assert [BAKERY[at].term for at in found] == ["Proofing Basket", "Crumb", "Dutch Oven"]
