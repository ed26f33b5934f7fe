"""Writes schema.org's DefinedTermSet (https://schema.org/DefinedTermSet) as JSON-LD.

Only properties that schema.org has for terms are used, so relations and most details are lost. A
category becomes a further set that the term belongs to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape

from semsearch.core.entries import Entry
from semsearch.exporters.context import LANGUAGE, ExportContext, parts_of
from semsearch.importers.defined_terms import plain_description

_HELD = frozenset({"id", "aliases", "language", "category", "notation"})


def write(context: ExportContext) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Yield the file."""
    yield ".schema.jsonld", _pieces(context)


def _pieces(context: ExportContext) -> Iterator[bytes]:
    about = {
        "@context": "https://schema.org/",
        "@type": "DefinedTermSet",
        "@id": context.own_iri,
        "name": context.glossary,
        "inLanguage": LANGUAGE,
    }
    yield f'{json.dumps(about, ensure_ascii=False)[:-1]},\n"hasDefinedTerm": ['.encode()
    separator = "\n"
    for entry in context.entries():
        yield f"{separator}{json.dumps(_term(entry, context), ensure_ascii=False)}".encode()
        separator = ",\n"
    yield b"\n]}\n"


def _term(entry: Entry, context: ExportContext) -> dict[str, object]:
    def tagged(text: str) -> object:
        same = entry.language == LANGUAGE
        return text if same else {"@language": entry.language, "@value": text}

    sets: list[object] = [{"@id": context.own_iri}]
    if entry.details.category:
        sets.append({"@type": "DefinedTermSet", "name": entry.details.category})
    properties = {
        "@type": "DefinedTerm",
        "@id": context.iri(entry.id),
        "name": tagged(entry.term),
        "description": tagged(_description(entry)),
        "alternateName": [tagged(alias) for alias in entry.aliases],
        "termCode": entry.details.notation,
        "inDefinedTermSet": sets if len(sets) > 1 else sets[0],
    }
    return {name: value for name, value in properties.items() if value}


def _description(entry: Entry) -> str:
    """Return the definition, escaped if it could be read as HTML."""
    text = entry.definition
    return (
        text if plain_description(text) == text else escape(text, quote=False).replace("\n", "<br>")
    )


def lost(entry: Entry, context: ExportContext) -> Iterator[str]:
    """Yield the parts without a schema.org property, and definitions whose lines are lost."""
    if entry.id in context.repeated:
        yield "entry"
    yield from (name for name in parts_of(entry) if name not in _HELD)
    if plain_description(_description(entry)) != entry.definition:
        yield "definition"
