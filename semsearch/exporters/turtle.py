"""SKOS as Turtle (https://www.w3.org/TR/turtle/), written as it comes: a graph in memory takes a kilobyte a statement."""

from __future__ import annotations

import json
from collections.abc import Iterator

from semsearch.exporters.context import ExportContext
from semsearch.exporters.skos import PREFIXES, Described, Iri, Text, described, lost

__all__ = ["lost", "write"]


def write(material: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".ttl", _lines(material)


def _lines(material: ExportContext) -> Iterator[bytes]:
    yield "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()).encode()
    for thing in described(material):
        yield _block(thing).encode()


def _block(thing: Described) -> str:
    said = (f" ;\n    {predicate} {_written(value)}" for predicate, value in thing.said)
    return f"\n<{thing.iri}> a {thing.kind}{''.join(said)} .\n"


def _written(value: Iri | Text) -> str:
    if isinstance(value, Iri):
        return f"<{value.address}>"
    # the escapes of JSON are among those of Turtle
    quoted = json.dumps(value.text, ensure_ascii=False)
    return f"{quoted}@{value.language}" if value.language else quoted
