"""Writes SKOS as RDF/XML (https://www.w3.org/TR/rdf-syntax-grammar/)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from semsearch.core.entries import Entry
from semsearch.exporters import skos
from semsearch.exporters.context import ExportContext, parts_of, several
from semsearch.exporters.skos import PREFIXES, Iri, Resource, Text, is_xml, resources, xml_text

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def write(context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".rdf", _pieces(context)


def _pieces(context: ExportContext) -> Iterator[bytes]:
    names = {"rdf": _RDF, **PREFIXES}
    declared = "".join(f"\n    xmlns:{name}={quoteattr(iri)}" for name, iri in names.items())
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{declared}>\n'.encode()
    for resource in resources(context):
        yield _element(resource).encode()
    yield b"</rdf:RDF>\n"


def _element(resource: Resource) -> str:
    properties = "".join(f"    {_property(name, value)}\n" for name, value in resource.statements)
    start = f"<{resource.kind} rdf:about={quoteattr(resource.iri)}>"
    return f"  {start}\n{properties}  </{resource.kind}>\n"


def _property(name: str, value: Iri | Text) -> str:
    if isinstance(value, Iri):
        return f"<{name} rdf:resource={quoteattr(value.address)}/>"
    language = f" xml:lang={quoteattr(value.language)}" if value.language else ""
    return f"<{name}{language}>{escape(xml_text(value.text))}</{name}>"


def lost(entry: Entry, context: ExportContext) -> Iterator[str]:
    """Yield the parts that SKOS cannot hold, and texts with characters that XML forbids."""
    yield from skos.lost(entry, context)
    parts = {"term": entry.term, "definition": entry.definition, **parts_of(entry)}
    yield from (name for name, value in parts.items() if not is_xml(*several(value)))
