"""What vocabularies state of their concepts."""

from __future__ import annotations

from pathlib import Path

from semsearch.core.entries import Source
from semsearch.importers.rdf.concepts import read_concepts
from tests.conftest import PROJECT

DATA = PROJECT / "tests" / "data" / "rdf"


def test_labels_are_kept_by_kind_and_language(tmp_path: Path) -> None:
    """Also several preferred ones, and of a concept without a definition; labels are sorted."""
    file = tmp_path / "a.ttl"
    file.write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n@prefix : <https://b.example/> .\n"
        ':peel skos:prefLabel "spade"@en, "peel"@en, "pelle"@fr ; skos:altLabel "x" ;\n'
        '  skos:hiddenLabel "peal"@en ; skos:broader :tool ; skos:narrower :a ; skos:related :b .\n'
        ':tool a skos:Concept ; skos:definition "No label."@en .\n'
    )
    (peel,) = read_concepts(file, None)
    assert peel.key == "https://b.example/peel"
    assert peel.source == Source(str(file), 3)
    assert peel.preferred == {"en": ["peel", "spade"], "fr": ["pelle"]}
    assert (peel.alternative, peel.hidden) == ({"en": ["x"]}, {"en": ["peal"]})
    assert (peel.broader, peel.narrower, peel.related) == (
        ("https://b.example/tool",), ("https://b.example/a",), ("https://b.example/b",),
    )  # fmt: skip


def test_the_three_formats_state_the_same_concepts() -> None:
    """But for the lines."""
    turtle, xml, json = (
        [
            (c.key, c.preferred, c.alternative, c.hidden, c.broader, c.related)
            for c in read_concepts(file, None)
        ]
        for file in (DATA / "bakery.ttl", DATA / "bakery.rdf", DATA / "bakery.jsonld")
    )
    assert turtle
    assert turtle == xml == json


def test_a_file_of_another_format_has_none(tmp_path: Path) -> None:
    """Unless the user says that it is a vocabulary."""
    file = tmp_path / "a.txt"
    file.write_text((DATA / "bakery.ttl").read_text())
    (tmp_path / "a.csv").write_text("term,definition\n")
    assert list(read_concepts(tmp_path / "a.csv", None)) == []
    assert len(list(read_concepts(file, "turtle"))) == len(
        list(read_concepts(DATA / "bakery.ttl", None))
    )
