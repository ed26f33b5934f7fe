"""Loads RDF files as graphs with rdflib, offline: nothing that a file refers to is opened."""

from __future__ import annotations

import json
import logging
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rdflib
from rdflib import Graph
from rdflib.plugins.parsers.jsonld import to_rdf

from semsearch.core.errors import ImportFailed
from semsearch.importers.files.text_files import MAX_DEPTH, nested_too_deeply, read_text
from semsearch.importers.iris import NOWHERE
from semsearch.importers.parse_errors import rdf_reason
from semsearch.importers.rdf.rdf_xml import parse_rdf_xml
from semsearch.importers.trees.json_values import decoded
from semsearch.importers.xml_safety import (
    MAX_ADDRESS,
    MAX_NAMESPACES,
    check_xml,
    without_declaration,
)

# keep literals as written; normalised, "1E999999999" has a billion digits
rdflib.NORMALIZE_LITERALS = False
logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # hides warnings about unusual addresses

MAX_DIGITS = 1_000
"""Digits of an integer that stays a number in JSON-LD."""
MAX_LITERAL = 100_000
"""Longest text in Turtle; rdflib copies what it has of a text for each line of it."""

_CONTEXTS: dict[str, Any] = {
    "schema.org": {"@vocab": "https://schema.org/"},
    "www.w3.org/2004/02/skos/core": {"@vocab": "http://www.w3.org/2004/02/skos/core#"},
}
"""Contexts that need not be fetched, by address."""
_AT_LINE = re.compile(r"\bat line (\d+)|^.*?:(\d+):\d+:|\(line (\d+)")
_TURTLE_PARTS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\s]*>|#[^\n]*|[\[(]|[\])]",
    re.S,
)

_PREFIX = re.compile(r"\b(?:prefix\s+([^\s:<>]{0,200}:)|base)\s*<([^<>\s]*)>", re.IGNORECASE)


def read_turtle(path: Path) -> tuple[Graph, str]:
    """Read Turtle: return the graph, and the text it was read from."""
    text = read_text(path)
    _check_depth(text, path)
    _check_prefixes(text, path)

    def parse() -> Graph:
        return Graph().parse(data=text, format="turtle", publicID=NOWHERE)

    return _parsed(parse, path, "Turtle"), text


def read_rdf_xml(path: Path) -> tuple[Graph, str]:
    """Read RDF/XML; see `read_turtle`."""
    text = read_text(path)
    check_xml(text, path)
    body = without_declaration(text)

    return _parsed(lambda: parse_rdf_xml(body, path), path, "RDF/XML"), text


def _number(digits: str) -> int | str:
    """Return a number; one of thousands of digits stays a text, since Python refuses it."""
    return int(digits) if len(digits) < MAX_DIGITS else digits


def read_json_ld(path: Path) -> tuple[Graph, str]:
    """Read JSON-LD whose contexts are in the file or known; see `read_turtle`."""
    text = read_text(path)
    decoder = json.JSONDecoder(parse_int=_number)
    data = _with_contexts(decoded(text, path, decoder=decoder), path)

    def parse() -> Graph:
        graph = Graph(store="SimpleMemory")  # knows no named graphs, so it holds those of all
        to_rdf(data, graph, base=str(NOWHERE))
        return graph

    return _parsed(parse, path, "JSON-LD"), text


LOADERS = {"turtle": read_turtle, "rdf-xml": read_rdf_xml, "json-ld": read_json_ld}
"""By the name of the format."""


def _parsed(parse: Callable[[], Graph], path: Path, name: str) -> Graph:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # rdflib uses functions that it deprecates
            return parse()
    except RecursionError as error:
        raise nested_too_deeply(path) from error
    except ImportFailed:
        raise
    except Exception as error:  # its parsers raise errors of any kind
        message = " ".join(str(error).split())
        found = _AT_LINE.search(message)
        line = int(next(filter(None, found.groups()))) if found else getattr(error, "lines", None)
        reason = rdf_reason(name, message)
        raise ImportFailed(reason, path, line if isinstance(line, int) else None) from error


def _with_contexts(value: Any, path: Path, depth: int = 0) -> Any:  # noqa: ANN401 - JSON
    """Replace the addresses of known contexts by the contexts, and refuse others."""
    if depth > MAX_DEPTH:
        raise nested_too_deeply(path)
    if isinstance(value, list):
        return [_with_contexts(one, path, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    if "@import" in value:
        raise _elsewhere(value["@import"], path)
    return {
        key: _context(one, path) if key == "@context" else _with_contexts(one, path, depth + 1)
        for key, one in value.items()
    }


def _context(reference: Any, path: Path) -> Any:  # noqa: ANN401 - JSON
    if isinstance(reference, list):
        return [_context(one, path) for one in reference]
    if isinstance(reference, dict):
        for name, address in reference.items():
            if isinstance(address, str) and len(address) > MAX_ADDRESS:
                raise _too_long(address, name, path)
    if not isinstance(reference, str):
        return _with_contexts(reference, path)
    address = re.sub(r"^https?://|[/#]+$", "", reference)
    if address not in _CONTEXTS:
        raise _elsewhere(reference, path)
    return _CONTEXTS[address]


def _elsewhere(reference: object, path: Path) -> ImportFailed:
    reason = f"the context {str(reference)[:100]!r} is in another file and is not fetched"
    return ImportFailed(f"{reason}; write it into the file as an object", path)


def _too_long(address: str, name: str, path: Path, line: int | None = None) -> ImportFailed:
    reason = f"the prefix {name[:60]!r} is {address[:40]!r}… of {len(address):,} characters"
    return ImportFailed(f"{reason}; take an address of at most {MAX_ADDRESS}", path, line)


def _check_prefixes(text: str, path: Path) -> None:
    """Refuse long prefixes, which stand before each name, and many, which are compared."""
    for number, prefix in enumerate(_PREFIX.finditer(text), 1):
        if len(prefix[2]) > MAX_ADDRESS:
            line = text.count("\n", 0, prefix.start()) + 1
            raise _too_long(prefix[2], (prefix[1] or "base").strip(), path, line)
        if number > MAX_NAMESPACES:
            raise ImportFailed(f"declares more than {MAX_NAMESPACES:,} prefixes; split it", path)


def _check_depth(text: str, path: Path) -> None:
    depth = 0
    for part in _TURTLE_PARTS.finditer(text):
        if part.end() - part.start() > MAX_LITERAL:
            line = text.count("\n", 0, part.start()) + 1
            reason = f"a text of {part.end() - part.start():,} characters"
            raise ImportFailed(f"{reason}; shorten it to {MAX_LITERAL:,}", path, line)
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(part[0], 0)
        if depth > MAX_DEPTH:
            line = text.count("\n", 0, part.start()) + 1
            raise nested_too_deeply(path, line)
