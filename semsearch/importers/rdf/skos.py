"""Readers of SKOS vocabularies, and of OWL classes with a label and a definition.

A concept (https://www.w3.org/TR/skos-reference/) with a label and a definition becomes an entry for
each language of its definitions. Labels in other languages are aliases of the first entry. A
definition may be a text, or a node with a text and its source; without one a scope note or a
comment defines the concept. Other scope notes follow the definition. The address of a concept is
its IRI, and the last part of the address its id if no other has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

from rdflib import RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from semsearch.core.entries import Details, Field, Refusal, Source
from semsearch.importers.extra_fields import split_extra
from semsearch.importers.fields import shorten
from semsearch.importers.html.to_text import as_name, as_text, is_html
from semsearch.importers.iris import NOWHERE, local_name
from semsearch.importers.markdown_writer.from_html import markdown_of_text
from semsearch.importers.markdown_writer.from_markdown import kept_markdown
from semsearch.importers.name_languages import tagged
from semsearch.importers.rdf import vocabulary as words
from semsearch.importers.rdf.concepts import (
    MAIN_LANGUAGE,
    Concept,
    Texts,
    addresses_of,
    literal_of,
    subject_lines,
    texts_of,
)
from semsearch.importers.rdf.graphs import LOADERS
from semsearch.importers.records import Item, ReadOptions, Record, Redirect


def read(path: Path, options: ReadOptions, syntax: str) -> Iterator[Item]:
    """Read a file in one of the syntaxes of `graphs.LOADERS`."""
    graph, text = LOADERS[syntax](path)
    if options.language:
        _tag(graph, options.language)
    lines = subject_lines(text)
    placed = [
        (lines.get(local_name(str(one)), 1), str(one), one) for one in dict.fromkeys(_found(graph))
    ]
    groups = _groups(graph)
    for line, _name, subject in sorted(placed, key=lambda place: place[:2]):
        source = Source(str(path), line)
        yield from _ConceptReader(graph, subject, source, groups.get(subject, [])).items()


def _tag(graph: Graph, language: str) -> None:
    """Give a language to the texts of a graph that have none."""
    for subject, predicate, text in list(graph):
        is_plain = isinstance(text, Literal) and not text.language and text.datatype is None
        if is_plain and predicate != words.DEPRECATED:
            graph.remove((subject, predicate, text))
            graph.add((subject, predicate, Literal(str(text), lang=language)))


def _found(graph: Graph) -> Iterator[Node]:
    """Yield what may be an entry: what is defined, concepts, and labelled classes."""
    yield from (s for p in words.DEFINITION for s in graph.subjects(p))
    yield from graph.subjects(RDF.type, SKOS.Concept)
    for kinds, needed in ((words.CLASSES, words.PREF), (words.PROPERTIES, words.INSTEAD[1])):
        for subject in (s for kind in kinds for s in graph.subjects(RDF.type, kind)):
            has_label = any((subject, p, None) in graph for p in words.PREF)
            if has_label and any((subject, p, None) in graph for p in needed):
                yield subject


def _groups(graph: Graph) -> dict[Node, list[Node]]:
    """Return the collections that each concept is a member of."""
    found: dict[Node, list[Node]] = {}
    for group, member in graph.subject_objects(SKOS.member):
        found.setdefault(member, []).append(group)
    for group, members in graph.subject_objects(SKOS.memberList):
        for member in Collection(graph, members):
            found.setdefault(member, []).append(group)
    return found


class _ConceptReader:
    """Reads the entries of one concept."""

    def __init__(self, graph: Graph, subject: Node, source: Source, groups: list[Node]) -> None:
        self._graph = graph
        self._subject = subject
        self._source = source
        self._groups = groups
        self._concept = Concept.of(graph, subject, source)
        self._iri = self._concept.key

    def items(self) -> Iterator[Item]:
        labels = self._names(self._labels_of_rdfs) | self._names(self._concept.preferred)
        name = _first(labels) or local_name(self._iri)
        kinds = self._graph.objects(self._subject, RDF.type)
        reason = next((words.NOT_ENTRIES[k] for k in kinds if k in words.NOT_ENTRIES), None)  # type: ignore[index]
        if reason:
            yield Refusal(self._source, f"{shorten(name)!r} is {reason}")
            return
        definitions = self._described(self._defining)
        if not definitions or not labels:
            yield self._refusal_or_redirect(name, has_definition=bool(definitions))
            return
        order = sorted(definitions, key=lambda language: (language != MAIN_LANGUAGE, language))
        for language in order:
            yield self._record(language, labels, definitions, order)

    @cached_property
    def _defining(self) -> tuple[URIRef, ...]:
        """The properties whose texts define the concept."""
        kinds = (words.DEFINITION, *words.INSTEAD)
        return next((kind for kind in kinds if self._texts(kind)), words.DEFINITION)

    def _refusal_or_redirect(self, name: str, *, has_definition: bool) -> Item:
        replaced = next((str(o) for o in self._objects(words.REPLACED)), None)
        if replaced and not has_definition:
            return Redirect(name, replaced, self._source)
        if has_definition:
            return Refusal(self._source, f"no label of {shorten(name)!r}")
        return Record(name, "", self._source)

    def _record(self, language: str, labels: Texts, definitions: Texts, order: list[str]) -> Record:
        is_main = language == order[0]
        kinds = (kind for kind in words.NOTES if kind not in self._defining)
        notes = [note for kind in kinds for note in self._described((kind,)).get(language, ())]
        called = next(tag for tag in (language, MAIN_LANGUAGE, *labels) if tag in labels)
        term = labels[called][0]
        languages = [language] + [n for n in labels if n not in order] * is_main
        others = [label for n in languages for label in labels.get(n, ())]
        more = self._names(_merged(self._concept.alternative, self._labels_of_rdfs))
        names = [*others, *_of(more, language, order, is_main=is_main)]
        name = local_name(self._iri)
        return Record(
            term,
            "\n\n".join(dict.fromkeys((*definitions[language], *notes))),
            self._source,
            tuple(n for n in dict.fromkeys(names) if n != term),
            language=language,
            see_also=tuple(self._see_also()),
            details=self._details(language, called, order, is_main=is_main),
            key=self._iri,
            hint=name if is_main else f"{name}-{language}",
            left_out=tuple(self._left_out()),
        )

    def _details(self, language: str, called: str, order: list[str], *, is_main: bool) -> Details:
        def texts(*predicates: URIRef) -> tuple[str, ...]:
            return tuple(_of(self._texts(predicates), language, order, is_main=is_main))

        groups = {self._label(group) for group in self._groups}
        concept = self._concept
        broader, narrower = self._others(concept.broader), self._others(concept.narrower)
        is_relative = self._iri.startswith(NOWHERE)
        return Details(
            category="; ".join(sorted({*self._named(self._category(), self._label), *groups})),
            notation="; ".join(self._named(words.NOTATION, str)),
            status=self._status(),
            iri="" if is_relative else self._iri,
            examples=texts(*words.EXAMPLE),
            sources=tuple(self._sources()),
            broader=broader or self._addresses(words.BROADER_TRANSITIVE),
            narrower=narrower or self._addresses(words.NARROWER_TRANSITIVE),
            related=self._others({*concept.related, *self._addresses(words.REPLACED)}),
            hidden_labels=tuple(_of(concept.hidden, language, order, is_main=is_main)),
            name_languages=tuple(self._name_languages(language, called, order, is_main=is_main)),
            asked_as=texts(words.ASKED_AS),
            markdown=self._markdown(language),
            extra=tuple(
                filter(None, map(split_extra, sorted(map(str, self._objects(words.EXTRA)))))
            ),
        )

    def _markdown(self, language: str) -> str:
        """Return the Markdown of the definition in a language: as stated, or of its HTML."""
        if stated := self._texts((words.MARKDOWN,)).get(language):
            return kept_markdown(stated[0])
        texts = self._texts(self._defining).get(language, [])
        return markdown_of_text(texts[0]) if len(texts) == 1 else ""

    def _status(self) -> str:
        is_deprecated = any(str(o) in ("true", "1") for o in self._objects((words.DEPRECATED,)))
        stated = "; ".join(self._named(words.STATUS, str))
        is_replaced = not stated and any(True for _ in self._objects(words.REPLACED))
        return "deprecated" if is_deprecated or is_replaced else stated

    def _name_languages(
        self, language: str, called: str, order: list[str], *, is_main: bool
    ) -> tuple[str, ...]:
        """Return the tags of names, preferred ones first; names without a tag have none."""
        own = (language, called)
        found: dict[tuple[str, str], None] = {}
        for kinds in (words.PREF[:2], words.PREF[2:], words.ALT, words.HIDDEN):
            literals = (literal_of(self._graph, node) for node in self._objects(kinds))
            names = {
                (self._name(str(o).strip()), (o.language or "").lower())
                for o in literals
                if o is not None
            }
            found |= dict.fromkeys(sorted(names))
        return tagged(
            (name, tag) for name, tag in found if tag in own or (is_main and tag not in order)
        )

    def _left_out(self) -> list[Field]:
        """Return the properties that entries cannot hold, each with the first of its values."""
        linked = {*self._see_also()}
        found: dict[str, list[str]] = {}
        for predicate, value in self._graph.predicate_objects(self._subject):
            is_page = predicate == RDFS.seeAlso and local_name(str(value)) not in linked
            if is_page or predicate not in words.HELD:
                text = self._cited(value) or "a node without a name"
                found.setdefault(local_name(str(predicate)), []).append(text)
        return sorted((name, min(values)) for name, values in found.items())

    def _see_also(self) -> Iterator[str]:
        """Yield the concepts of the same file under `rdfs:seeAlso`; other values are web pages."""
        for address in self._addresses((RDFS.seeAlso,)):
            if (URIRef(address), RDF.type, SKOS.Concept) in self._graph:
                yield local_name(address)

    def _objects(self, predicates: Iterable[URIRef]) -> Iterator[Node]:
        return (o for p in predicates for o in self._graph.objects(self._subject, p))

    def _texts(self, predicates: Iterable[URIRef]) -> Texts:
        return texts_of(self._graph, self._subject, predicates)

    def _described(self, predicates: Iterable[URIRef]) -> Texts:
        """Return definitions or notes, which may be HTML."""
        return {tag: [*map(as_text, texts)] for tag, texts in self._texts(predicates).items()}

    @cached_property
    def _has_html(self) -> bool:
        return any(is_html(one) for texts in self._texts(self._defining).values() for one in texts)

    def _name(self, label: str) -> str:
        return as_name(label) if self._has_html else label

    def _names(self, labels: Texts) -> Texts:
        """Return labels as names; those beside a definition in HTML have its entities."""
        return {tag: [*map(self._name, texts)] for tag, texts in labels.items()}

    @cached_property
    def _labels_of_rdfs(self) -> Texts:
        return self._texts(words.PREF[2:])

    def _sources(self) -> Iterator[str]:
        nodes = (d for d in self._objects(words.DEFINITION) if not isinstance(d, Literal))
        for subject in (self._subject, *nodes):
            found = {self._cited(o) for p in words.SOURCE for o in self._graph.objects(subject, p)}
            yield from sorted(filter(None, found))

    def _cited(self, node: Node) -> str:
        """Return a text, an address, or the name of a node without an address."""
        if not isinstance(node, BNode):
            return str(node)
        names = (self._graph.value(node, p) for p in words.CALLED)
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
        return (words.SUBJECT_OF, SKOS.inScheme) if len(schemes) > 1 else (words.SUBJECT_OF,)

    def _label(self, node: Node) -> str:
        if isinstance(node, Literal):
            return str(node)
        label = self._graph.value(node, SKOS.prefLabel) or self._graph.value(node, RDFS.label)
        return str(label) if label else local_name(str(node))

    def _addresses(self, predicates: Iterable[URIRef]) -> tuple[str, ...]:
        return self._others(addresses_of(self._graph, self._subject, predicates))

    def _others(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Return the addresses of other concepts, without those of RDF, RDFS, OWL and SKOS."""
        others = {*addresses} - {self._iri}
        return tuple(sorted(one for one in others if not one.startswith(words.OWN_NAMESPACES)))


def _merged(one: Texts, other: Texts) -> Texts:
    return {tag: sorted({*one.get(tag, ()), *other.get(tag, ())}) for tag in one | other}


def _first(texts: Texts) -> str:
    return next(
        (several[0] for several in (texts.get(MAIN_LANGUAGE), *texts.values()) if several), ""
    )


def _of(texts: Texts, language: str, order: list[str], *, is_main: bool) -> list[str]:
    """Return the texts in a language; the main one includes languages without a definition."""
    wanted = [language] + [n for n in texts if n not in order] * is_main
    return [text for n in wanted for text in texts.get(n, ())]
