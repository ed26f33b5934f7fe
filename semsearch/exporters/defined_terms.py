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
from semsearch.importers.vocabularies.defined_terms import plain_description

_HELD = frozenset({"id", "aliases", "language", "category", "notation", "name_languages", "iri"})


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
    def tagged(text: str, tag: str = entry.language) -> object:
        is_usual = entry.language == LANGUAGE and not entry.details.name_languages
        return text if is_usual else {"@language": tag, "@value": text}

    first, *more = entry.languages_of(entry.term)
    names = [(entry.term, tag) for tag in more]
    names += [(alias, tag) for alias in entry.aliases for tag in entry.languages_of(alias)]
    sets: list[object] = [{"@id": context.own_iri}]
    if entry.details.category:
        sets.append({"@type": "DefinedTermSet", "name": entry.details.category})
    properties = {
        "@type": "DefinedTerm",
        "@id": context.iri(entry.id),
        "name": tagged(entry.term, first),
        "description": tagged(_description(entry)),
        "alternateName": [tagged(name, tag) for name, tag in names],
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
    if not {*entry.details.languages()} <= {entry.term, *entry.aliases}:
        yield "name_languages"
    if not context.concepts.keeps_iri(entry):
        yield "iri"
    if len(context.concepts.members(entry)) > 1 or not context.concepts.keeps_id(entry):
        yield "id"
