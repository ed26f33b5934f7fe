"""Turns a glossary into SKOS statements, for every RDF syntax.

See https://www.w3.org/TR/skos-reference/.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from semsearch.core.entries import EXTRA, MARKDOWN, Entry
from semsearch.exporters.context import ExportContext, links_by, names_read_as_html, parts_of
from semsearch.importers.extra_fields import extra_line, split_extra
from semsearch.importers.html.to_text import is_html
from semsearch.importers.iris import NAMESPACE, is_iri

PREFIXES = {
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "dct": "http://purl.org/dc/terms/",
    "vs": "http://www.w3.org/2003/06/sw-vocab-status/ns#",
    "semsearch": NAMESPACE,
}
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
"""The same relations to concepts of other vocabularies."""
_NOT_XML = str.maketrans({0xFFFE: "\ufffd", 0xFFFF: "\ufffd"})
"""The only characters forbidden in XML that an import leaves."""


@dataclass(frozen=True, slots=True)
class Iri:
    """An address."""

    address: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text, in a language or in none."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource, its type, and its statements in order."""

    iri: str
    kind: str
    statements: tuple[tuple[str, Iri | Text], ...]


def resources(context: ExportContext) -> Iterator[Resource]:
    """Yield the glossary as a concept scheme, then each entry as a concept in it."""
    title = Text(context.glossary)
    yield Resource(context.own_iri, "skos:ConceptScheme", (("dct:title", title),))
    for entry in context.entries():
        yield Resource(context.iri(entry.id), "skos:Concept", tuple(_statements(entry, context)))


def _statements(entry: Entry, context: ExportContext) -> Iterator[tuple[str, Iri | Text]]:
    details, language = entry.details, entry.language
    others = {one.language for one in context.concepts.members(entry) if one is not entry}
    yield from _labels(entry, others)
    for predicate, texts in (
        ("skos:definition", (entry.definition,)),
        ("skos:example", details.examples),
        ("semsearch:askedAs", details.asked_as),
        ("semsearch:markdown", (details.markdown,) if details.markdown else ()),
    ):
        yield from ((predicate, Text(text, language)) for text in texts)
    for predicate, text in (
        ("skos:notation", details.notation),
        ("dct:subject", details.category),
        ("vs:term_status", details.status),
    ):
        if text:
            yield predicate, Text(text)
    for field in details.extra:
        yield "semsearch:extra", Text(extra_line(*field))
    for source in details.sources:
        yield "dct:source", Iri(source) if is_iri(source) else Text(source)
    for part in _RELATIONS:
        yield from dict.fromkeys(_related(entry, part, context))
    yield "skos:inScheme", Iri(context.own_iri)
    if not details.broader:
        yield "skos:topConceptOf", Iri(context.own_iri)


def _labels(entry: Entry, others: Collection[str]) -> Iterator[tuple[str, Text]]:
    """Yield each name in each of its languages; the first of another language is preferred.

    `others` are the languages of other entries of the concept, which have preferred names.
    """
    stated = entry.details.languages()
    preferred = dict.fromkeys(stated.get(entry.term, [entry.language]), entry.term)
    if entry.language in preferred:  # else an import would take another name for the term
        for name, tags in stated.items():
            for tag in tags:
                if name in entry.aliases and tag not in others:
                    preferred.setdefault(tag, name)
    shown = {entry.term: None} | dict.fromkeys(entry.aliases)
    for name in shown:
        for tag in stated.get(name, [entry.language]):
            kind = "skos:prefLabel" if preferred.get(tag) == name else "skos:altLabel"
            yield kind, Text(name, tag)
    for name in _hidden(entry):
        for tag in stated.get(name, [entry.language]):
            yield "skos:hiddenLabel", Text(name, tag)


def _hidden(entry: Entry) -> tuple[str, ...]:
    """Return the hidden labels that are not also shown; no label may be of two kinds (S13)."""
    shown = {entry.term, *entry.aliases}
    return tuple(label for label in entry.details.hidden_labels if label not in shown)


def _related(entry: Entry, part: str, context: ExportContext) -> Iterator[tuple[str, Iri]]:
    """Yield the targets of a relation, except the entry itself.

    Targets outside the glossary get a mapping property.
    """
    for name in links_by(entry, part):
        iri = _address(name, part, context)
        if iri is not None and iri != context.iri(entry.id):
            predicates = _MAPPINGS if iri == name else _RELATIONS
            yield predicates[part], Iri(iri)


def _address(name: str, part: str, context: ExportContext) -> str | None:
    id_ = context.id_of(name)
    if id_ is not None:
        return context.iri(id_)
    return name if part != "see_also" and is_iri(name) else None


def lost(entry: Entry, context: ExportContext) -> Iterator[str]:
    """Yield the parts that an import would read otherwise.

    These are relations without a target, hidden labels that are also shown, repeated entries, IRIs
    that RDF does not allow, and what moves between the entries of a concept.
    """
    if entry.id in context.repeated:
        yield "entry"
    if is_html(entry.definition):
        yield from ("definition", MARKDOWN, *names_read_as_html(entry), "name_languages")
    if _hidden(entry) != entry.details.hidden_labels:
        yield "hidden_labels"
    if any(split_extra(extra_line(*field)) != field for field in entry.details.extra):
        yield EXTRA
    for part in _RELATIONS:
        if any(_address(name, part, context) is None for name in links_by(entry, part)):
            yield part
    if not context.concepts.keeps_iri(entry):
        yield "iri"
    if not context.concepts.keeps_id(entry):
        yield "id"
    if context.concepts.is_mixed(entry):
        yield from ("term", *parts_of(entry))


def xml_text(text: str) -> str:
    """Replace the characters that XML forbids."""
    return text.translate(_NOT_XML)


def is_xml(*texts: str) -> bool:
    """Return whether XML can hold texts unchanged."""
    return all(xml_text(text) == text for text in texts)
