"""What SKOS says of entries, whichever way it is written."""

from __future__ import annotations

from semsearch.core.entries import Details, Entry
from semsearch.exporters.skos import Iri, resources
from tests.exporters.support import material_of


def test_relations_that_leave_the_glossary_are_mappings() -> None:
    """As SKOS has it between schemes; one that several names state is stated once."""
    there = "https://other.example/bread"
    details = Details(broader=(there, "Tool", "tool"), narrower=(there,), related=(there,))
    entries = [
        Entry("kitchen:peel", "Peel", "A shovel.", "kitchen", details=details),
        Entry("kitchen:tool", "Tool", "What helps.", "kitchen"),
    ]
    _, peel, _ = resources(material_of(entries))
    said = [
        (predicate, value.address) for predicate, value in peel.statements if isinstance(value, Iri)
    ]
    assert said[:4] == [
        ("skos:broadMatch", there),
        ("skos:broader", "https://glossary.example/entry/kitchen:tool"),
        ("skos:narrowMatch", there),
        ("skos:relatedMatch", there),
    ]
