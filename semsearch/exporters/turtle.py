"""Writes SKOS as Turtle (https://www.w3.org/TR/turtle/) in a stream.

A graph in memory would take a kilobyte for each statement.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from semsearch.exporters.context import ExportContext
from semsearch.exporters.skos import PREFIXES, Iri, Resource, Text, lost, resources

__all__ = ["lost", "write"]


def write(context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".ttl", _lines(context)


def _lines(context: ExportContext) -> Iterator[bytes]:
    yield "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()).encode()
    for resource in resources(context):
        yield _block(resource).encode()


def _block(resource: Resource) -> str:
    statements = (
        f" ;\n    {predicate} {_written(value)}" for predicate, value in resource.statements
    )
    return f"\n<{resource.iri}> a {resource.kind}{''.join(statements)} .\n"


def _written(value: Iri | Text) -> str:
    if isinstance(value, Iri):
        return f"<{value.address}>"
    # Turtle accepts all escapes of JSON
    quoted = json.dumps(value.text, ensure_ascii=False)
    return f"{quoted}@{value.language}" if value.language else quoted
