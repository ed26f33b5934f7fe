"""The properties of entries that can be suggested, compared and fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from semsearch.core.answers import Authored, Related
from semsearch.core.entries import Entry
from semsearch.web.entry_view import RELATIONS, authored

Value = str | Entry
"""A text, or another entry."""


@dataclass(frozen=True, slots=True)
class EntryProperty:
    """A property. Its values are read from an entry, or (`reads_related`) from its related ones."""

    id: str
    name: str
    about: str
    values: Callable[[Related], Iterable[Value]]
    reads_related: bool = False


def _of_entry(
    id: str, name: str, about: str, read: Callable[[Entry], str | Iterable[str]]
) -> EntryProperty:
    """Return a property that is one text or several texts of an entry."""

    def values(related: Related) -> Iterable[Value]:
        found = read(related.entry)
        return [found] if isinstance(found, str) else found

    return EntryProperty(id, name, about, values)


def _authored(relation: Authored, about: str) -> EntryProperty:
    title = RELATIONS[relation]
    return EntryProperty(
        str(relation), title, about, lambda related: authored(related)[title], reads_related=True
    )


PROPERTIES = {
    one.id: one
    for one in (
        _of_entry("definition", "Definition", "What the term means.", lambda e: e.definition),
        _of_entry("term", "Term", "The preferred name.", lambda e: e.term),
        _of_entry("aliases", "Aliases", "Other names.", lambda e: e.aliases),
        _of_entry("category", "Category", "As the author states it.", lambda e: e.details.category),
        _of_entry("notation", "Notation", "A code.", lambda e: e.details.notation),
        _of_entry("status", "Status", "As the author calls it.", lambda e: e.details.status),
        _of_entry("language", "Language", "Of the definition (BCP 47).", lambda e: e.language),
        _of_entry("glossary", "Glossary", "That has the entry.", lambda e: e.glossary),
        _of_entry("examples", "Examples", "Of its use.", lambda e: e.details.examples),
        _of_entry("sources", "Sources", "Of the definition.", lambda e: e.details.sources),
        _of_entry("asked_as", "Asked as", "How people ask for it.", lambda e: e.details.asked_as),
        _of_entry("iri", "IRI", "Of the concept.", lambda e: e.details.iri),
        _of_entry(
            "extra",
            "Other fields",
            "Of the source, each with its name.",
            lambda e: [f"{name}: {text}" for name, text in e.details.extra],
        ),
        _authored(Authored.SEE_ALSO, "Entries that an author links."),
        _authored(Authored.BROADER, "Entries that an author calls broader."),
        _authored(Authored.NARROWER, "Entries that an author calls narrower."),
        _authored(Authored.RELATED, "Entries that an author calls related."),
        EntryProperty(
            "similar_meaning",
            "Similar meaning",
            "Entries of similar meaning; computed.",
            lambda related: [near.entry for near in related.similar],
            reads_related=True,
        ),
    )
}
"""The properties by id, in the order in which they are proposed."""


def values_of(property_id: str, related: Related) -> list[Value]:
    """Return the values of a property, without empty ones; none of an unknown property."""
    one = PROPERTIES.get(property_id)
    return [value for value in one.values(related) if value] if one else []


def beginning_with(prefix: str) -> list[EntryProperty]:
    """Return the properties of whose id or name a word begins with a text; all for an empty one."""
    typed = f" {prefix.strip().casefold()}"
    return [one for one in PROPERTIES.values() if typed in f" {one.id} {one.name.casefold()}"]
