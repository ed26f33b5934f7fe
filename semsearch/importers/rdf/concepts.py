"""Reads labels and hierarchy of all concepts of a vocabulary, for the SKOS rules of lint.

Entries do not know which labels were preferred, and concepts without a definition are no entries.
Lint therefore reads the vocabulary itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import URIRef
from rdflib.term import Node

from semsearch.core.entries import Source
from semsearch.importers.fields import local_name
from semsearch.importers.formats import format_name
from semsearch.importers.rdf import graphs
from semsearch.importers.rdf.skos import Texts, subject_lines, texts_of
from semsearch.importers.rdf.vocabulary import ALT, BROADER, HIDDEN, NARROWER, PREF, RELATED

_READERS = {
    "turtle": graphs.read_turtle,
    "rdf-xml": graphs.read_rdf_xml,
    "json-ld": graphs.read_json_ld,
}


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept by its address: labels by language, and the sorted addresses that it refers to."""

    key: str
    source: Source
    preferred: Texts
    alternative: Texts
    hidden: Texts
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


def read_concepts(path: Path, format_: str | None) -> Iterator[Concept]:
    """Read the concepts of a vocabulary by address; other files have none.

    Args:
        path: a readable file.
        format_: the name of its format, if the user named one.

    Yields:
        Concept: everything with a preferred label of SKOS.

    Raises:
        ImportFailed: it cannot be read.
    """
    read = _READERS.get(format_name(path, format_))
    if read is None:
        return
    graph, text = read(path)
    lines = subject_lines(text)

    def addresses(subject: Node, *predicates: URIRef) -> tuple[str, ...]:
        found = (o for p in predicates for o in graph.objects(subject, p))
        return tuple(sorted({str(one) for one in found if isinstance(one, URIRef)}))

    named_ = {s for p in PREF[:2] for s in graph.subjects(p) if isinstance(s, URIRef)}
    for subject in sorted(named_):
        yield Concept(
            str(subject),
            Source(str(path), lines.get(local_name(str(subject)), 1)),
            texts_of(graph, subject, PREF[:2]),
            texts_of(graph, subject, ALT),
            texts_of(graph, subject, HIDDEN),
            addresses(subject, *BROADER),
            addresses(subject, *NARROWER),
            addresses(subject, *RELATED),
        )
