"""SKOS as RDF/XML (https://www.w3.org/TR/rdf-syntax-grammar/)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from semsearch.core.entries import Entry
from semsearch.exporters import skos
from semsearch.exporters.context import ExportContext, parts_of, several
from semsearch.exporters.skos import PREFIXES, Described, Iri, Text, described, is_xml, xml_text

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def write(material: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".rdf", _pieces(material)


def _pieces(material: ExportContext) -> Iterator[bytes]:
    names = {"rdf": _RDF, **PREFIXES}
    declared = "".join(f"\n    xmlns:{name}={quoteattr(iri)}" for name, iri in names.items())
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{declared}>\n'.encode()
    for thing in described(material):
        yield _element(thing).encode()
    yield b"</rdf:RDF>\n"


def _element(thing: Described) -> str:
    said = "".join(f"    {_property(name, value)}\n" for name, value in thing.said)
    return f"  <{thing.kind} rdf:about={quoteattr(thing.iri)}>\n{said}  </{thing.kind}>\n"


def _property(name: str, value: Iri | Text) -> str:
    if isinstance(value, Iri):
        return f"<{name} rdf:resource={quoteattr(value.address)}/>"
    language = f" xml:lang={quoteattr(value.language)}" if value.language else ""
    return f"<{name}{language}>{escape(xml_text(value.text))}</{name}>"


def lost(entry: Entry, material: ExportContext) -> Iterator[str]:
    """Yield what a graph does not hold, and texts with signs that XML has none of."""
    yield from skos.lost(entry, material)
    stated = {"term": entry.term, "definition": entry.definition, **parts_of(entry)}
    yield from (name for name, value in stated.items() if not is_xml(*several(value)))
