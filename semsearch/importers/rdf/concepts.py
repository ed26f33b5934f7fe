"""Reads labels and relations of the concepts of a vocabulary, for entries and for lint.

Entries do not know which labels were preferred, and concepts without a definition are no entries.
Therefore the SKOS rules of lint read all concepts of the vocabulary (`read_concepts`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, Graph, Literal, URIRef
from rdflib.term import Node

from semsearch.core.entries import Source
from semsearch.importers.formats.format_lookup import format_name
from semsearch.importers.iris import local_name
from semsearch.importers.rdf.graphs import LOADERS
from semsearch.importers.rdf.vocabulary import (
    ALT,
    BROADER,
    HIDDEN,
    LITERAL,
    NARROWER,
    PREF,
    RELATED,
)

MAIN_LANGUAGE = "en"
"""Of texts without a tag, and of the entry that gets the id of the concept."""
_SUBJECT = re.compile(
    r"""^\s{0,3}(?:<([^<>\s]+)>|([\w.-]*:[^\s;,()\[\]]+))(?=\s|$)"""
    r"""|rdf:(?:about|ID)\s*=\s*["']([^"']+)["']|"@id"\s*:\s*"([^"]+)"\s*,\s*"@type\"""",
    re.M,
)
"""Where a subject is described, in Turtle, RDF/XML and JSON-LD."""
Texts = dict[str, list[str]]
"""Texts by language."""


@dataclass(frozen=True, slots=True)
class Concept:
    """What a vocabulary states of a concept: labels by language, and relations by address.

    `key` is its address, empty for a node without one. Labels and addresses are sorted.
    """

    key: str
    source: Source
    preferred: Texts
    alternative: Texts
    hidden: Texts
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    @classmethod
    def of(cls, graph: Graph, subject: Node, source: Source) -> Concept:
        """Read a concept."""
        return cls(
            str(subject) if isinstance(subject, URIRef) else "",
            source,
            texts_of(graph, subject, PREF[:2]),
            texts_of(graph, subject, ALT),
            texts_of(graph, subject, HIDDEN),
            addresses_of(graph, subject, BROADER),
            addresses_of(graph, subject, NARROWER),
            addresses_of(graph, subject, RELATED),
        )


def read_concepts(path: Path, format_: str | None) -> Iterator[Concept]:
    """Read the concepts of a vocabulary by address; other files have none.

    Yields:
        Concept: everything with a preferred label of SKOS.

    Raises:
        ImportFailed: it cannot be read.
    """
    load = LOADERS.get(format_name(path, format_))
    if load is None:
        return
    graph, text = load(path)
    lines = subject_lines(text)
    labelled = {s for p in PREF[:2] for s in graph.subjects(p) if isinstance(s, URIRef)}
    for subject in sorted(labelled):
        line = lines.get(local_name(str(subject)), 1)
        yield Concept.of(graph, subject, Source(str(path), line))


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


def texts_of(graph: Graph, subject: Node, predicates: Iterable[URIRef]) -> Texts:
    """Return the literals of a subject by language, including those inside nodes."""
    found: Texts = {}
    for node in (o for p in predicates for o in graph.objects(subject, p)):
        literal = literal_of(graph, node)
        if literal is not None and (text := str(literal).strip()):
            language = (literal.language or MAIN_LANGUAGE).lower()
            if literal.datatype in (RDF.XMLLiteral, RDF.HTML) and "<" in text:
                text = f"<div>{text}</div>"  # says that it is HTML and does not speak of it
            found.setdefault(language, []).append(text)
    return {language: sorted(set(texts)) for language, texts in found.items()}


def literal_of(graph: Graph, node: Node) -> Literal | None:
    """Return a literal, or the one inside a node, if there is one."""
    if isinstance(node, Literal):
        return node
    held = (graph.value(node, p) for p in LITERAL)
    return next((one for one in held if isinstance(one, Literal)), None)


def addresses_of(graph: Graph, subject: Node, predicates: Iterable[URIRef]) -> tuple[str, ...]:
    """Return the addresses that a subject refers to, sorted."""
    found = (o for p in predicates for o in graph.objects(subject, p))
    return tuple(sorted({str(one) for one in found if isinstance(one, URIRef)}))
