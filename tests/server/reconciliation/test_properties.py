"""The properties of entries."""

from __future__ import annotations

from semsearch.core.answers import Authored, Neighbour, Reference, Related
from semsearch.core.entries import Details, Entry
from semsearch.server.reconciliation.properties import PROPERTIES, beginning_with, values_of

HULL = Entry("ships:hull", "Hull", "The body of a ship.", "ships")
KEEL = Entry(
    "ships:keel",
    "Keel",
    "The lowest beam.",
    "ships",
    aliases=("Spine", "Backbone"),
    language="en-GB",
    details=Details(
        category="parts",
        notation="K-1",
        status="approved",
        iri="https://example.org/keel",
        examples=("They laid the keel.",),
        sources=("A dictionary",),
        asked_as=("what is below a ship?",),
        extra=(("Owner", "Jane Doe"),),
    ),
)
RELATED = Related(
    KEEL,
    similar=(Neighbour(1, HULL, 0.5, because=None),),  # type: ignore[arg-type]
    see_also=(Reference(HULL, None, Authored.BROADER),),
    mentions=(),
    mentioned_by=(),
)
EXPECTED = {
    "definition": ["The lowest beam."],
    "term": ["Keel"],
    "aliases": ["Spine", "Backbone"],
    "category": ["parts"],
    "notation": ["K-1"],
    "status": ["approved"],
    "language": ["en-GB"],
    "glossary": ["ships"],
    "examples": ["They laid the keel."],
    "sources": ["A dictionary"],
    "asked_as": ["what is below a ship?"],
    "iri": ["https://example.org/keel"],
    "extra": ["Owner: Jane Doe"],
    "see_also": [],
    "broader": [HULL],
    "narrower": [],
    "related": [],
    "similar_meaning": [HULL],
}


def test_every_property_has_its_values() -> None:
    """Texts and entries, authored and computed relations apart, in the order of proposals."""
    assert {one: values_of(one, RELATED) for one in PROPERTIES} == EXPECTED
    assert list(PROPERTIES) == list(EXPECTED)
    assert all(one.name and one.about for one in PROPERTIES.values())


def test_what_is_empty_or_unknown_has_no_values() -> None:
    """An empty text is no value, and an unknown property is no error."""
    bare = Related(HULL, (), (), (), ())
    assert values_of("category", bare) == []
    assert values_of("colour", bare) == []


def test_properties_are_found_by_the_beginning_of_a_word() -> None:
    """Of the id or the name; an empty text finds all."""
    assert [one.id for one in beginning_with("DEF")] == ["definition"]
    assert [one.id for one in beginning_with("meaning")] == ["similar_meaning"]
    assert [one.id for one in beginning_with("see_al")] == ["see_also"]
    assert beginning_with("colour") == []
    assert len(beginning_with(" ")) == len(PROPERTIES)
