"""Readers of SKOS vocabularies, and of OWL classes with a label and a definition.

A concept (https://www.w3.org/TR/skos-reference/) with a label and a definition becomes an entry for
each language of its definitions. Labels in other languages are aliases of the first entry. A
definition may be a text, or a node with a text and its source; without one a scope note or a
comment defines the concept. Other scope notes follow the definition. The address of a concept is
its IRI, and the last part of the address its id if no other has it.
"""

from __future__ import annotations

import re
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
from semsearch.importers.html_to_text import as_name, as_text, is_html
from semsearch.importers.iris import NOWHERE, local_name
from semsearch.importers.name_languages import tagged
from semsearch.importers.rdf import graphs
from semsearch.importers.rdf import vocabulary as words
from semsearch.importers.records import Item, Reader, ReadOptions, Record, Redirect

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
    placed = [
        (lines.get(local_name(str(one)), 1), str(one), one) for one in dict.fromkeys(_found(graph))
    ]
    groups = _groups(graph)
    for line, _, subject in sorted(placed, key=lambda place: place[:2]):
        source = Source(str(path), line)
        yield from _Concept(graph, subject, source, groups.get(subject, [])).items()


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
    held = (graph.value(node, p) for p in words.LITERAL)
    return next((one for one in held if isinstance(one, Literal)), None)


class _Concept:
    """One concept of a graph."""

    def __init__(self, graph: Graph, subject: Node, source: Source, groups: list[Node]) -> None:
        self._graph = graph
        self._subject = subject
        self._source = source
        self._groups = groups
        self._iri = str(subject) if isinstance(subject, URIRef) else ""

    def items(self) -> Iterator[Item]:
        labels = self._named_by(words.PREF[2:]) | self._named_by(words.PREF[:2])
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
        order = sorted(definitions, key=lambda language: (language != _MAIN, language))
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
        reason = "no label" if has_definition else "no definition"
        return Refusal(self._source, f"{reason} of {shorten(name)!r}")

    def _record(self, language: str, labels: Texts, definitions: Texts, order: list[str]) -> Record:
        is_main = language == order[0]
        kinds = (kind for kind in words.NOTES if kind not in self._defining)
        notes = [note for kind in kinds for note in self._described((kind,)).get(language, ())]
        called = next(tag for tag in (language, _MAIN, *labels) if tag in labels)
        term = labels[called][0]
        languages = [language] + [n for n in labels if n not in order] * is_main
        others = [label for n in languages for label in labels.get(n, ())]
        more = self._named_by((*words.ALT, *words.PREF[2:]))
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
        broader = self._addresses(words.BROADER)
        narrower = self._addresses(words.NARROWER)
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
            related=self._addresses((*words.RELATED, *words.REPLACED)),
            hidden_labels=texts(*words.HIDDEN),
            name_languages=tuple(self._name_languages(language, called, order, is_main=is_main)),
            asked_as=texts(words.ASKED_AS),
            extra=tuple(
                filter(None, map(split_extra, sorted(map(str, self._objects(words.EXTRA)))))
            ),
        )

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
            literals = (_literal(self._graph, node) for node in self._objects(kinds))
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

    def _named_by(self, predicates: Iterable[URIRef]) -> Texts:
        """Return the names of a concept; those beside a definition in HTML have its entities."""
        return {tag: [*map(self._name, texts)] for tag, texts in self._texts(predicates).items()}

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
        found = {str(o) for o in self._objects(predicates) if isinstance(o, URIRef)}
        return tuple(
            sorted(one for one in found - {self._iri} if not one.startswith(words.OWN_NAMESPACES))
        )


def _first(texts: Texts) -> str:
    return next((several[0] for several in (texts.get(_MAIN), *texts.values()) if several), "")


def _of(texts: Texts, language: str, order: list[str], *, is_main: bool) -> list[str]:
    """Return the texts in a language; the main one includes languages without a definition."""
    wanted = [language] + [n for n in texts if n not in order] * is_main
    return [text for n in wanted for text in texts.get(n, ())]
