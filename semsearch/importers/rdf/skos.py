"""Readers of SKOS vocabularies, and of OWL classes with a label and a definition.

A concept (https://www.w3.org/TR/skos-reference/) with a label and a definition becomes an entry for
each language of its definitions. Labels in other languages are aliases of the first entry. A
definition may be a text, or a node with a text and its source; scope notes follow it. The address
of a concept is its key, and the last part of the address its id if no other has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from semsearch.core.entries import Details, Field, Refusal, Source
from semsearch.importers.fields import NAMESPACE, local_name, shorten, split_extra
from semsearch.importers.rdf import graphs
from semsearch.importers.records import Item, Reader, ReadOptions, Record, Redirect

_OWL = "http://www.w3.org/2002/07/owl#"
_TERMS = "http://purl.org/dc/terms/"
_XL = "http://www.w3.org/2008/05/skos-xl#"
_DEFINITION = (SKOS.definition, URIRef("http://purl.obolibrary.org/obo/IAO_0000115"))
PREF = (SKOS.prefLabel, URIRef(f"{_XL}prefLabel"), RDFS.label)
ALT = (SKOS.altLabel, URIRef(f"{_XL}altLabel"))
HIDDEN = (SKOS.hiddenLabel, URIRef(f"{_XL}hiddenLabel"))
_STATUS = (
    URIRef("http://www.w3.org/2003/06/sw-vocab-status/ns#term_status"),
    URIRef("http://www.w3.org/ns/adms#status"),
)
_SOURCE = (URIRef(f"{_TERMS}source"), URIRef("http://purl.org/dc/elements/1.1/source"))
_CALLED = (
    *(SKOS.prefLabel, RDFS.label, DCTERMS.title, FOAF.name, RDF.value, FOAF.page),
    *(URIRef(f"https://schema.org/{name}") for name in ("name", "url")),
)
"""Properties that name nodes without an address."""
_SUBJECT_OF = URIRef(f"{_TERMS}subject")
BROADER = (SKOS.broader, SKOS.broadMatch, RDFS.subClassOf)
NARROWER = (SKOS.narrower, SKOS.narrowMatch)
RELATED = (SKOS.related, SKOS.relatedMatch)
"""Includes the mapping properties that are subproperties of these (SKOS, S41)."""
_DEPRECATED, _REPLACED = URIRef(f"{_OWL}deprecated"), URIRef(f"{_TERMS}isReplacedBy")
_ASKED_AS, _EXTRA = URIRef(f"{NAMESPACE}askedAs"), URIRef(f"{NAMESPACE}extra")
_FORM = URIRef(f"{_XL}literalForm")
_NOT_ENTRIES = {
    SKOS.ConceptScheme: "a concept scheme, not an entry",
    SKOS.Collection: "a collection, not an entry",
    SKOS.OrderedCollection: "a collection, not an entry",
    URIRef(f"{_OWL}Ontology"): "an ontology, not an entry",
}
_NOTES = (SKOS.scopeNote, SKOS.note)
_MATCHES = (SKOS.exactMatch, SKOS.closeMatch)
_LEFT_OUT = (*_MATCHES, SKOS.editorialNote, SKOS.changeNote, SKOS.historyNote)
"""Properties that entries cannot hold: equal concepts elsewhere, and notes for editors."""
_OWN_NAMESPACES = (str(RDF), str(RDFS), _OWL, str(SKOS))
"""Namespaces of RDF, RDFS, OWL and SKOS themselves, which make everything an `rdfs:Class` or
`owl:Thing`."""
_MAIN = "en"
_SUBJECT = re.compile(
    r"""^\s{0,3}(?:<([^<>\s]+)>|([\w.-]*:[^\s;,()\[\]]+))(?=\s|$)"""
    r"""|rdf:(?:about|ID)\s*=\s*["']([^"']+)["']|"@id"\s*:\s*"([^"]+)"\s*,\s*"@type\"""",
    re.M,
)


def _reader(load: Callable[[Path], tuple[Graph, str]]) -> Reader:
    def read(path: Path, options: ReadOptions) -> Iterator[Item]:
        del options
        yield from _items(*load(path), path)

    return read


read_turtle = _reader(graphs.read_turtle)
"""Yields a record for each concept and language with a definition, a refusal for other concepts."""
read_rdf_xml = _reader(graphs.read_rdf_xml)
"""Like `read_turtle`."""
read_json_ld = _reader(graphs.read_json_ld)
"""Like `read_turtle`."""


def _items(graph: Graph, text: str, path: Path) -> Iterator[Item]:
    lines = subject_lines(text)
    found = dict.fromkeys(s for p in _DEFINITION for s in graph.subjects(p))
    found |= dict.fromkeys(graph.subjects(RDF.type, SKOS.Concept))
    placed = [(lines.get(local_name(str(one)), 1), str(one), one) for one in found]
    for line, _, subject in sorted(placed, key=lambda place: place[:2]):
        yield from _Concept(graph, subject, Source(str(path), line)).items()


def subject_lines(text: str) -> dict[str, int]:
    """Return the line on which each subject is described, by the last part of its address."""
    lines: dict[str, int] = {}
    line, counted = 1, 0
    for found in _SUBJECT.finditer(text):
        line += text.count("\n", counted, found.start())
        counted = found.start()
        inside = len(found[0]) - len(found[0].lstrip("\n"))
        name = next(filter(None, found.groups()))
        # after a prefix or an entity there is a complete name
        short = re.split(r"[:;]", name)[-1] if found[2] or name.startswith("&") else name
        lines.setdefault(local_name(short), line + inside)
    return lines


Texts = dict[str, list[str]]
"""Texts by language."""


def texts_of(graph: Graph, subject: Node, predicates: Iterable[URIRef]) -> Texts:
    """Return the literals of a subject by language, including those inside nodes."""
    found: Texts = {}
    for node in (o for p in predicates for o in graph.objects(subject, p)):
        literal = _literal(graph, node)
        if literal is not None and (text := str(literal).strip()):
            language = (literal.language or _MAIN).lower()
            found.setdefault(language, []).append(text)
    return {language: sorted(set(texts)) for language, texts in found.items()}


def _literal(graph: Graph, node: Node) -> Literal | None:
    if isinstance(node, Literal):
        return node
    held = (graph.value(node, p) for p in (RDF.value, _FORM))
    return next((one for one in held if isinstance(one, Literal)), None)


class _Concept:
    """One concept of a graph."""

    def __init__(self, graph: Graph, subject: Node, source: Source) -> None:
        self._graph = graph
        self._subject = subject
        self._source = source
        self._iri = str(subject) if isinstance(subject, URIRef) else ""

    def items(self) -> Iterator[Item]:
        labels = self._texts(PREF[:2]) or self._texts(PREF[2:])
        name = _first(labels) or local_name(self._iri)
        kinds = self._graph.objects(self._subject, RDF.type)
        if reason := next((_NOT_ENTRIES[k] for k in kinds if k in _NOT_ENTRIES), None):  # type: ignore[index]
            yield Refusal(self._source, f"{shorten(name)!r} is {reason}")
            return
        definitions = self._texts(_DEFINITION)
        if not definitions or not labels:
            yield self._refusal_or_redirect(name, has_definition=bool(definitions))
            return
        order = sorted(definitions, key=lambda language: (language != _MAIN, language))
        for language in order:
            yield self._record(language, labels, definitions, order)

    def _refusal_or_redirect(self, name: str, *, has_definition: bool) -> Item:
        replaced = next((str(o) for o in self._graph.objects(self._subject, _REPLACED)), None)
        if replaced and not has_definition:
            return Redirect(name, replaced, self._source)
        reason = "no label" if has_definition else "no definition"
        return Refusal(self._source, f"{reason} of {shorten(name)!r}")

    def _record(self, language: str, labels: Texts, definitions: Texts, order: list[str]) -> Record:
        is_main = language == order[0]
        notes = [note for kind in _NOTES for note in self._texts((kind,)).get(language, ())]
        own = labels.get(language) or labels.get(_MAIN) or next(iter(labels.values()))
        languages = [language] + [n for n in labels if n not in order] * is_main
        others = [label for n in languages for label in labels.get(n, ())]
        names = [*others, *_of(self._texts(ALT), language, order, is_main=is_main)]
        name = local_name(self._iri)
        return Record(
            own[0],
            "\n\n".join(dict.fromkeys((*definitions[language], *notes))),
            self._source,
            tuple(n for n in dict.fromkeys(names) if n != own[0]),
            language=language,
            see_also=tuple(self._see_also()),
            details=self._details(language, order, is_main=is_main),
            key=self._iri,
            hint=name if is_main else f"{name}-{language}",
            left_out=tuple(self._left_out()),
        )

    def _details(self, language: str, order: list[str], *, is_main: bool) -> Details:
        def texts(*predicates: URIRef) -> tuple[str, ...]:
            return tuple(_of(self._texts(predicates), language, order, is_main=is_main))

        is_deprecated = any(str(o) == "true" for o in self._objects((_DEPRECATED,)))
        values = self._named(_STATUS, str)
        return Details(
            category="; ".join(self._named(self._category(), self._label)),
            notation="; ".join(self._named((SKOS.notation,), str)),
            status="deprecated" if is_deprecated else "; ".join(values),
            examples=texts(SKOS.example),
            sources=tuple(self._sources()),
            broader=self._addresses(BROADER),
            narrower=self._addresses(NARROWER),
            related=self._addresses((*RELATED, _REPLACED)),
            hidden_labels=texts(*HIDDEN),
            asked_as=texts(_ASKED_AS),
            extra=tuple(filter(None, map(split_extra, sorted(map(str, self._objects([_EXTRA])))))),
        )

    def _left_out(self) -> Iterator[Field]:
        for predicate in _LEFT_OUT:
            values = sorted(map(str, self._graph.objects(self._subject, predicate)))
            if values:
                yield local_name(predicate), values[0]

    def _see_also(self) -> Iterator[str]:
        """Yield the concepts of the same file under `rdfs:seeAlso`; other values are web pages."""
        for address in self._addresses((RDFS.seeAlso,)):
            if (URIRef(address), RDF.type, SKOS.Concept) in self._graph:
                yield local_name(address)

    def _objects(self, predicates: Iterable[URIRef]) -> Iterator[Node]:
        return (o for p in predicates for o in self._graph.objects(self._subject, p))

    def _texts(self, predicates: Iterable[URIRef]) -> Texts:
        return texts_of(self._graph, self._subject, predicates)

    def _sources(self) -> Iterator[str]:
        nodes = (d for d in self._objects(_DEFINITION) if not isinstance(d, Literal))
        for subject in (self._subject, *nodes):
            found = {self._cited(o) for p in _SOURCE for o in self._graph.objects(subject, p)}
            yield from sorted(filter(None, found))

    def _cited(self, node: Node) -> str:
        """Return a text, an address, or the name of a node without an address."""
        if not isinstance(node, BNode):
            return str(node)
        names = (self._graph.value(node, p) for p in _CALLED)
        return ", ".join(dict.fromkeys(str(one) for one in names if one is not None))

    def _named(self, predicates: Iterable[URIRef], name: Callable[[Node], str]) -> list[str]:
        nodes = self._objects(predicates)
        return sorted(
            {
                local_name(str(n)) if name is str and isinstance(n, URIRef) else name(n)
                for n in nodes
            }
        )

    def _category(self) -> tuple[URIRef, ...]:
        """Return the properties that give the category.

        A scheme that contains all concepts is the glossary itself and no category.
        """
        schemes = set(islice(self._graph.objects(None, SKOS.inScheme, unique=True), 2))
        return (_SUBJECT_OF, SKOS.inScheme) if len(schemes) > 1 else (_SUBJECT_OF,)

    def _label(self, node: Node) -> str:
        if isinstance(node, Literal):
            return str(node)
        label = self._graph.value(node, SKOS.prefLabel) or self._graph.value(node, RDFS.label)
        return str(label) if label else local_name(str(node))

    def _addresses(self, predicates: Iterable[URIRef]) -> tuple[str, ...]:
        found = {str(o) for o in self._objects(predicates) if isinstance(o, URIRef)}
        return tuple(
            sorted(one for one in found - {self._iri} if not one.startswith(_OWN_NAMESPACES))
        )


def _first(texts: Texts) -> str:
    return next((several[0] for several in (texts.get(_MAIN), *texts.values()) if several), "")


def _of(texts: Texts, language: str, order: list[str], *, is_main: bool) -> list[str]:
    """Return the texts in a language; the main one includes languages without a definition."""
    wanted = [language] + [n for n in texts if n not in order] * is_main
    return [text for n in wanted for text in texts.get(n, ())]
