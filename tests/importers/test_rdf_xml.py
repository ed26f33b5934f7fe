"""Covers `importers/rdf/rdf_xml`, and the bounds of `importers/rdf/graphs`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.fuzz import SECONDS
from semsearch.core.errors import ImportFailed
from semsearch.importers import read_corpus
from tests.cpu_time import cpu_time_at_most

_CONCEPT = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:skos="http://www.w3.org/2004/02/skos/core#"><skos:Concept rdf:about="http://a.example/a">'
    "<skos:prefLabel>ship</skos:prefLabel>{}</skos:Concept></rdf:RDF>"
)


def _concept(definition: str, attributes: str = "") -> str:
    return _CONCEPT.format(f"<skos:definition {attributes}>{definition}</skos:definition>")


@pytest.mark.parametrize(
    ("definition", "attributes", "read"),
    [
        ("A vessel,\nlarge &amp; <!-- old -->sea<![CDATA[-going]]>.", "", "A vessel, large & sea-going."),
        ("A <b>large</b> <i>sea-going</i> vessel.", 'rdf:parseType="Literal"', "A large sea-going vessel."),
    ],
)  # fmt: skip
def test_the_text_between_tags_is_read_at_once(
    tmp_path: Path, definition: str, attributes: str, read: str
) -> None:
    """In whatever pieces the parser reports it."""
    file = tmp_path / "a.rdf"
    file.write_text(_concept(definition, attributes))
    [entry] = read_corpus([file]).entries
    assert entry.definition.split() == read.split()


def test_entities_are_read(tmp_path: Path) -> None:
    """Of text and of addresses."""
    file = tmp_path / "a.rdf"
    doctype = (
        '<!DOCTYPE rdf:RDF [<!ENTITY a "http://a.example/"><!ENTITY maker "Ada &#38;amp; Co">]>'
    )
    file.write_text(doctype + _concept("Made by &maker;.").replace("http://a.example/a", "&a;a"))
    [entry] = read_corpus([file]).entries
    assert (entry.definition, entry.details.iri) == ("Made by Ada & Co.", "http://a.example/a")


_LITERAL = 'rdf:parseType="Literal"'


@pytest.mark.process
@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.rdf", _concept("x\n" * 400_000), "the definition of 'ship' is longer than 20000"),
        ("a.rdf", _concept("x<!-- -->" * 90_000), "the definition of 'ship' is longer than 20000"),
        ("a.rdf", _concept("<b>ship</b> " * 4_500, _LITERAL), "the definition of 'ship' is longer than"),
        ("a.rdf", _concept("<b>x</b>" * 90_000, _LITERAL), "a value consists of more than 5,000 elements"),
        ("a.rdf", _concept("".join(f'<p:a xmlns:p="b{n % 900}"/>' for n in range(20_000)), _LITERAL), "a value consists of"),
        ("a.rdf", _CONCEPT.format("".join(f'<p:a xmlns:p="b:{n % 900}"/>' for n in range(20_000))), "no definition of 'ship'"),
        ("a.ttl", '<a> <b> """' + "x\n" * 400_000 + '""" .', "a text of 800,006 characters; shorten it to 100,000"),
        ("a.ttl", f"@prefix a: <http://{'x' * 90_000}> .\n" + "a:1 a:2 a:3 .\n" * 9_000, "the prefix 'a:' is 'http://x+'… of 90,007 char"),
        ("a.ttl", f"BASE <http://{'x' * 90_000}>\n" + "<1> <2> <3> .\n" * 9_000, "the prefix 'base' is"),
        ("a.ttl", "".join(f"@prefix a: <http://{n}> .\n" for n in range(30_000)), "declares more than 1,000 prefixes"),
        ("a.jsonld", json.dumps({"@context": {"@vocab": f"http://{'x' * 90_000}"}, "@graph": [{"a": "b"}] * 9_000}), "the prefix '@vocab' is"),
    ],
)  # fmt: skip
def test_no_cost_grows_with_the_square_of_the_file(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    """Not of texts in many pieces, nor of prefixes that stand before each name."""
    file = tmp_path / name
    file.write_text(text)
    with cpu_time_at_most(SECONDS), pytest.raises(ImportFailed, match=reason):
        read_corpus([file])
