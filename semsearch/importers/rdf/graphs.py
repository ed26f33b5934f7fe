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
from rdflib import Dataset, Graph

from semsearch.core.errors import ImportFailed
from semsearch.importers.iris import NOWHERE
from semsearch.importers.parse_errors import json_reason, rdf_reason
from semsearch.importers.text_files import read_text
from semsearch.importers.xml_safety import check_xml

# keep literals as written; normalised, "1E999999999" has a billion digits
rdflib.NORMALIZE_LITERALS = False
logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # hides warnings about unusual addresses

MAX_DEPTH = 64
"""Nested brackets; vocabularies have three or four."""
MAX_DIGITS = 1_000
"""Digits of an integer that stays a number in JSON-LD."""

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


def read_turtle(path: Path) -> tuple[Graph, str]:
    """Read Turtle.

    Returns:
        The graph, and the text it was read from.

    Raises:
        ImportFailed: it cannot be read, or is not Turtle.
    """
    text = read_text(path)
    _check_depth(text, path)

    def parse() -> Graph:
        return Graph().parse(data=text, format="turtle", publicID=NOWHERE)

    return _parsed(parse, path, "Turtle"), text


def read_rdf_xml(path: Path) -> tuple[Graph, str]:
    """Read RDF/XML; see `read_turtle`."""
    text = read_text(path)
    check_xml(text, path)
    without_encoding = re.sub(r"""^(\s*<\?xml[^>]*?)\sencoding=["'][^"']*["']""", r"\1", text)

    def parse() -> Graph:
        return Graph().parse(data=without_encoding, format="xml", publicID=NOWHERE)

    return _parsed(parse, path, "RDF/XML"), text


def _number(digits: str) -> int | str:
    """Return a number; one of thousands of digits stays a text, since Python refuses it."""
    return int(digits) if len(digits) < MAX_DIGITS else digits


def read_json_ld(path: Path) -> tuple[Graph, str]:
    """Read JSON-LD whose contexts are in the file or known; see `read_turtle`."""
    text = read_text(path)
    try:
        data = _with_contexts(json.loads(text, parse_int=_number), path)
    except json.JSONDecodeError as error:
        reason = json_reason(error)
        raise ImportFailed(reason, path, error.lineno) from error
    except RecursionError as error:
        raise ImportFailed("nested too deeply to be a glossary", path) from error

    def parse() -> Graph:
        dataset = Dataset()
        dataset.parse(data=json.dumps(data), format="json-ld", publicID=NOWHERE)
        graph = Graph()  # the union of all named graphs
        for subject, predicate, value, _ in dataset.quads():
            graph.add((subject, predicate, value))
        return graph

    return _parsed(parse, path, "JSON-LD"), text


def _parsed(parse: Callable[[], Graph], path: Path, name: str) -> Graph:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # rdflib uses functions that it deprecates
            return parse()
    except RecursionError as error:
        raise ImportFailed("nested too deeply to be a glossary", path) from error
    except Exception as error:  # its parsers raise errors of any kind
        message = " ".join(str(error).split())
        found = _AT_LINE.search(message)
        line = int(next(filter(None, found.groups()))) if found else getattr(error, "lines", None)
        reason = rdf_reason(name, message)
        raise ImportFailed(reason, path, line if isinstance(line, int) else None) from error


def _with_contexts(value: Any, path: Path, depth: int = 0) -> Any:  # noqa: ANN401 - JSON
    """Replace the addresses of known contexts by the contexts, and refuse others."""
    if depth > MAX_DEPTH:
        raise ImportFailed("nested too deeply to be a glossary", path)
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
    if not isinstance(reference, str):
        return _with_contexts(reference, path)
    address = re.sub(r"^https?://|[/#]+$", "", reference)
    if address not in _CONTEXTS:
        raise _elsewhere(reference, path)
    return _CONTEXTS[address]


def _elsewhere(reference: object, path: Path) -> ImportFailed:
    reason = f"the context {str(reference)[:100]!r} is in another file and is not fetched"
    return ImportFailed(f"{reason}; write it into the file as an object", path)


def _check_depth(text: str, path: Path) -> None:
    depth = 0
    for part in _TURTLE_PARTS.finditer(text):
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(part[0], 0)
        if depth > MAX_DEPTH:
            line = text.count("\n", 0, part.start()) + 1
            raise ImportFailed("nested too deeply to be a glossary", path, line)
