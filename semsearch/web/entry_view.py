"""An entry as its page shows it: the definition with links, and the related entries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from semsearch.core.answers import Authored, Reference, Related
from semsearch.core.entries import Entry, Field
from semsearch.importers.iris import is_iri
from semsearch.text.normalise import fold
from semsearch.web.display import cut_line

_LISTED_CHARS = 90
"""Characters of a definition in a list; a column shows about as many."""
_ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]']", re.IGNORECASE)
_EMBEDDING = ("embedding", "embeddings")
_SUMMARY_CHARS = 200
"""Longest summary; search engines and chat programs show about this much."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A piece of a definition; `entry` is the entry it links to, if it is a term."""

    text: str
    entry: Entry | None = None


def linked(related: Related) -> list[Linked]:
    """Return a definition in pieces, of which terms of the glossary are links.

    Of overlapping terms the first one is a link.
    """
    text = related.entry.definition
    pieces: list[Linked] = []
    at = 0
    for start, end, entry in named_terms(related):
        pieces += [Linked(text[at:start]), Linked(text[start:end], entry)]
        at = end
    pieces.append(Linked(text[at:]))
    return [piece for piece in pieces if piece.text]


def named_terms(related: Related) -> list[tuple[int, int, Entry]]:
    """Return the spans of a definition that name terms, in order; of overlapping ones the first."""
    spans = sorted(
        (reference.span.start, reference.span.end, reference.entry.id, reference.entry)
        for reference in (*related.see_also, *related.mentions)
        if reference.span is not None
    )
    found: list[tuple[int, int, Entry]] = []
    for start, end, _, entry in spans:
        if not found or start >= found[-1][1]:
            found.append((start, end, entry))
    return found


def summary(entry: Entry) -> str:
    """Return the beginning of a definition in one line, as the description of a page."""
    return cut_line(entry.definition, _SUMMARY_CHARS)


def first_line(entry: Entry) -> str:
    """Return what a list shows of a definition beside its term."""
    return cut_line(entry.definition, _LISTED_CHARS)


def with_links(text: str) -> list[tuple[str, str]]:
    """Return a text in pieces, each with the web address that it is, or an empty one."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for found in _ADDRESS.finditer(text):
        pieces += [(text[at : found.start()], ""), (found[0], found[0])]
        at = found.end()
    pieces.append((text[at:], ""))
    return [piece for piece in pieces if piece[0]]


def facts(entry: Entry) -> list[Field]:
    """Return what an entry says in single fields: category, code and others, then extra fields.

    Its status is not among them: it stands beside the term.
    """
    return [*known_facts(entry), *entry.details.extra]


def known_facts(entry: Entry) -> list[Field]:
    """Return what an entry says in single fields, without the extra fields of its source."""
    details = entry.details
    iri = details.iri if is_iri(details.iri) else ""
    known = (("Category", details.category), ("Code", details.notation), ("IRI", iri))
    return [(name, text) for name, text in known if text]


def is_embedding(entry: Entry) -> bool:
    """Whether an entry is about embeddings, so that its page shows those of the glossary."""
    return any(fold(name) in _EMBEDDING for name in (entry.term, *entry.aliases))


def names(entry: Entry) -> list[tuple[str, list[str]]]:
    """Return the aliases of an entry, each with its languages."""
    stated = entry.details.languages()
    return [(alias, stated.get(alias, [entry.language])) for alias in entry.aliases]


RELATIONS = {
    Authored.BROADER: "Broader",
    Authored.NARROWER: "Narrower",
    Authored.RELATED: "Related",
    Authored.SEE_ALSO: "See also",
}
"""Displayed names of authored relations, in display order."""


def authored(related: Related) -> dict[str, list[Entry]]:
    """Return the entries with an authored relation to an entry, each once, by title.

    Either of the two entries may state the relation.
    """
    references = (*related.see_also, *related.stated_by_others)
    by_id = {one.entry.id: one for one in reversed(references) if one.relation}
    ids = dict.fromkeys(one.entry.id for one in references)
    links = [by_id[id_] for id_ in ids if id_ in by_id]
    return {
        title: [link.entry for link in links if link.relation is relation]
        for relation, title in RELATIONS.items()
    }


def mentioning(related: Related) -> list[Entry]:
    """Return the entries that refer to an entry by a link without a relation or in their text."""
    return others(related.used_in)


def others(references: tuple[Reference, ...]) -> list[Entry]:
    """Return the entries of references, each once."""
    return list({reference.entry.id: reference.entry for reference in references}.values())


def defined_term(entry: Entry, address: str, set_address: str) -> dict[str, Any]:
    """Return an entry as a DefinedTerm of schema.org, in JSON-LD.

    Args:
        entry: the entry.
        address: URL of its page, which is its identity.
        set_address: URL of the page of its glossary.
    """
    term: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "DefinedTerm",
        "@id": address,
        "url": address,
        "name": entry.term,
        "description": entry.definition,
        "termCode": entry.id,
        "inLanguage": entry.language,
        "inDefinedTermSet": {
            "@type": "DefinedTermSet",
            "@id": set_address,
            "name": entry.glossary,
        },
    }
    if entry.aliases:
        term["alternateName"] = [
            alias if tag == entry.language else {"@language": tag, "@value": alias}
            for alias, tags in names(entry)
            for tag in tags
        ]
    if is_iri(entry.details.iri):
        term["sameAs"] = entry.details.iri
    return term
