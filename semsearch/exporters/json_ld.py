"""Writes SKOS as JSON-LD (https://www.w3.org/TR/json-ld11/) with the context inside the file."""

from __future__ import annotations

import json
from collections.abc import Iterator

from semsearch.exporters.context import ExportContext
from semsearch.exporters.skos import PREFIXES, Iri, Resource, Text, lost, resources

__all__ = ["lost", "write"]


def write(context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".jsonld", _pieces(context)


def _pieces(context: ExportContext) -> Iterator[bytes]:
    yield f'{{"@context": {json.dumps(PREFIXES)},\n"@graph": ['.encode()
    separator = "\n"
    for resource in resources(context):
        yield f"{separator}{json.dumps(_object(resource), ensure_ascii=False)}".encode()
        separator = ",\n"
    yield b"\n]}\n"


def _object(resource: Resource) -> dict[str, object]:
    properties: dict[str, list[object]] = {}
    for predicate, value in resource.statements:
        properties.setdefault(predicate, []).append(_value(value))
    single = {name: held[0] if len(held) == 1 else held for name, held in properties.items()}
    return {"@id": resource.iri, "@type": resource.kind, **single}


def _value(value: Iri | Text) -> object:
    if isinstance(value, Iri):
        return {"@id": value.address}
    return {"@language": value.language, "@value": value.text} if value.language else value.text
