"""What SKOS says of a glossary (https://www.w3.org/TR/skos-reference/), statement by statement, for each way to write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from semsearch.core.entries import Entry
from semsearch.exporters.context import ExportContext, links_by
from semsearch.importers.fields import NAMESPACE

PREFIXES = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "dct": "http://purl.org/dc/terms/",
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
    "semsearch": NAMESPACE,
}
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
_RELATIONS = {
    "broader": "skos:broader",
    "narrower": "skos:narrower",
    "related": "skos:related",
    "see_also": "rdfs:seeAlso",
}
_MAPPINGS = {
    "broader": "skos:broadMatch",
    "narrower": "skos:narrowMatch",
    "related": "skos:relatedMatch",
}
"""The same to concepts of others."""
_NOT_XML = str.maketrans({0xFFFE: "\ufffd", 0xFFFF: "\ufffd"})
"""Of what is left after an import no other sign is forbidden in XML."""


@dataclass(frozen=True, slots=True)
class Iri:
    """An address."""

    address: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text in a language, or in none."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """A thing, what it is, and what is said of it, in order."""

    iri: str
    kind: str
    said: tuple[tuple[str, Iri | Text], ...]


def described(material: ExportContext) -> Iterator[Described]:
    """Yield the glossary as a concept scheme, and then each entry as a concept of it."""
    title = Text(material.glossary)
    yield Described(material.own_iri, "skos:ConceptScheme", (("dct:title", title),))
    for entry in material.entries():
        yield Described(material.iri(entry.id), "skos:Concept", tuple(_statements(entry, material)))


def _statements(entry: Entry, material: ExportContext) -> Iterator[tuple[str, Iri | Text]]:
    details, language = entry.details, entry.language
    yield "skos:prefLabel", Text(entry.term, language)
    for predicate, texts in (
        ("skos:altLabel", entry.aliases),
        ("skos:hiddenLabel", _hidden(entry)),
        ("skos:definition", (entry.definition,)),
        ("skos:example", details.examples),
        ("semsearch:askedAs", details.asked_as),
    ):
        yield from ((predicate, Text(text, language)) for text in texts)
    for predicate, text in (
        ("skos:notation", details.notation),
        ("dct:subject", details.category),
        ("vs:term_status", details.status),
    ):
        if text:
            yield predicate, Text(text)
    for source in details.sources:
        yield "dct:source", Iri(source) if is_address(source) else Text(source)
    for part in _RELATIONS:
        yield from dict.fromkeys(_related(entry, part, material))
    yield "skos:inScheme", Iri(material.own_iri)
    if not details.broader:
        yield "skos:topConceptOf", Iri(material.own_iri)


def _hidden(entry: Entry) -> tuple[str, ...]:
    """Return the hidden labels that are not shown anyway: no label may be of two kinds (S13)."""
    shown = {entry.term, *entry.aliases}
    return tuple(label for label in entry.details.hidden_labels if label not in shown)


def _related(entry: Entry, part: str, material: ExportContext) -> Iterator[tuple[str, Iri]]:
    """Yield what a relation leads to, mapped where it leaves the glossary; an entry leads to itself nowhere."""
    for name in links_by(entry, part):
        iri = _address(name, part, material)
        if iri is not None and iri != material.iri(entry.id):
            predicates = _MAPPINGS if iri == name else _RELATIONS
            yield predicates[part], Iri(iri)


def _address(name: str, part: str, material: ExportContext) -> str | None:
    id_ = material.id_of(name)
    if id_ is not None:
        return material.iri(id_)
    return name if part != "see_also" and "://" in name and is_address(name) else None


def is_address(text: str) -> bool:
    """Whether a text can stand as an address in RDF."""
    return "://" in text and _IRI.fullmatch(text) is not None


def lost(entry: Entry, material: ExportContext) -> Iterator[str]:
    """Yield the relations that lead to no entry, hidden labels that are shown, and entries that repeat another."""
    if entry.id in material.repeated:
        yield "entry"
    if _hidden(entry) != entry.details.hidden_labels:
        yield "hidden_labels"
    for part in _RELATIONS:
        if any(_address(name, part, material) is None for name in links_by(entry, part)):
            yield part


def xml_text(text: str) -> str:
    """Return a text without the signs that XML cannot hold."""
    return text.translate(_NOT_XML)


def is_xml(*texts: str) -> bool:
    """Whether XML can hold texts as they are."""
    return all(xml_text(text) == text for text in texts)
