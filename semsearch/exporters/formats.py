"""The table of export formats, with the names of the import formats.

The writer of a format is a module with `write(context)`, which yields suffix and content of each
file, and `lost(entry, context)`, which yields the parts of an entry that are missing or different
when the file is read again. Writers are imported when they are needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from semsearch.core.entries import Entry
from semsearch.core.errors import UnknownFormat
from semsearch.core.near_names import near_or_known
from semsearch.exporters.context import ExportContext


class Writer(Protocol):
    """The functions of a writer module."""

    def write(self, context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield suffix and content of each file."""

    def lost(self, entry: Entry, context: ExportContext) -> Iterable[str]:
        """Yield the parts of an entry that the format cannot hold unchanged."""


@dataclass(frozen=True, slots=True)
class Target:
    """An export format: name, description, suffix, media type, and in words what it cannot hold."""

    name: str
    about: str
    suffix: str
    media_type: str
    module: str
    without: str
    is_several: bool = False
    """Whether it consists of several files, which are sent as an archive."""

    def write(self, context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield suffix and content of each file."""
        return self._writer.write(context)

    def lost(self, entry: Entry, context: ExportContext) -> Iterable[str]:
        """Yield the parts of an entry that the format cannot hold unchanged."""
        return self._writer.lost(entry, context)

    @property
    def _writer(self) -> Writer:
        return cast("Writer", import_module(f"semsearch.exporters.{self.module}"))


_GRAPH = "the order of names and relations; links that lead to no entry; HTML in definitions"
_TARGETS = (
    Target(
        "jsonl", "JSON Lines: an entry a line", ".jsonl", "application/jsonl", "jsonl", "nothing"
    ),
    Target(
        "table",
        "CSV that spreadsheets open; what they would take for a formula has an apostrophe in front",
        ".csv",
        "text/csv; charset=utf-8",
        "table",
        "names with a semicolon or a bar, examples of several lines, extra fields named like a column, "
        "definitions with HTML or links of Markdown",
    ),
    Target("turtle", "SKOS as Turtle", ".ttl", "text/turtle; charset=utf-8", "turtle", _GRAPH),
    Target("json-ld", "SKOS as JSON-LD", ".jsonld", "application/ld+json", "json_ld", _GRAPH),
    Target("rdf-xml", "SKOS as RDF/XML", ".rdf", "application/rdf+xml", "rdf_xml", _GRAPH),
    Target(
        "defined-terms",
        "DefinedTermSet of schema.org as JSON-LD, for web pages",
        ".schema.jsonld",
        'application/ld+json; profile="https://schema.org"',
        "defined_terms",
        "relations, status, examples, sources, hidden labels, structure of definitions, extra fields",
    ),
    Target(
        "tbx",
        "TBX-Basic: ISO 30042 of 2019, DCT style",
        ".tbx",
        "application/x-tbx+xml",
        "tbx",
        "line breaks and structure of definitions, IRIs, notation, other statuses than preferred and admitted, broader, narrower and "
        "related, extra fields",
    ),
    Target(
        "markdown",
        "Markdown: a heading a term",
        ".md",
        "text/markdown; charset=utf-8",
        "markdown",
        "language, hidden labels and all details but relations, phrases and extra fields",
    ),
    Target(
        "dictd",
        "a dictionary of dictd: .index beside .dict",
        ".index",
        "application/zip",
        "dictd",
        "ids, language, line breaks, relations and all other details",
        is_several=True,
    ),
    Target(
        "stardict",
        "a dictionary of StarDict: .ifo beside .idx, .dict and .syn",
        ".ifo",
        "application/zip",
        "stardict",
        "ids, more than one language, names above 255 bytes, relations and all other details",
        is_several=True,
    ),
)

TARGETS: dict[str, Target] = {one.name: one for one in _TARGETS}
"""Formats by name, in display order."""


def target_named(name: str) -> Target:
    """Return a format by name.

    Raises:
        UnknownFormat: there is none.
    """
    if name not in TARGETS:
        raise UnknownFormat(
            f"there is no export format {name!r}{near_or_known(name, TARGETS)}", "--format"
        )
    return TARGETS[name]
