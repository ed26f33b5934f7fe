"""SKOS as JSON-LD (https://www.w3.org/TR/json-ld11/), with its context inside, so that nothing need be fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator

from semsearch.exporters.context import ExportContext
from semsearch.exporters.skos import PREFIXES, Described, Iri, Text, described, lost

__all__ = ["lost", "write"]


def write(material: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".jsonld", _pieces(material)


def _pieces(material: ExportContext) -> Iterator[bytes]:
    yield f'{{"@context": {json.dumps(PREFIXES)},\n"@graph": ['.encode()
    separator = "\n"
    for thing in described(material):
        yield f"{separator}{json.dumps(_object(thing), ensure_ascii=False)}".encode()
        separator = ",\n"
    yield b"\n]}\n"


def _object(thing: Described) -> dict[str, object]:
    said: dict[str, list[object]] = {}
    for predicate, value in thing.said:
        said.setdefault(predicate, []).append(_value(value))
    single = {name: held[0] if len(held) == 1 else held for name, held in said.items()}
    return {"@id": thing.iri, "@type": thing.kind, **single}


def _value(value: Iri | Text) -> object:
    if isinstance(value, Iri):
        return {"@id": value.address}
    return {"@language": value.language, "@value": value.text} if value.language else value.text
