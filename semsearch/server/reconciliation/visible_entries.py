"""Entries and their property values, as the caller of a request may see them."""

from __future__ import annotations

from collections.abc import Iterable

from semsearch.core.answers import Related
from semsearch.core.entries import Entry
from semsearch.server.reconciliation.properties import PROPERTIES, Value, values_of
from semsearch.server.reconciliation.queries import ID, NAME
from semsearch.server.request_context import RequestContext

MAX_RELATED = 10
"""Most entries of each kind that are values of a property."""


class VisibleEntries:
    """Reads entries for one request. Blocks.

    Args:
        context: of the request.
    """

    def __init__(self, context: RequestContext) -> None:
        self._context = context
        self._entries: dict[str, Entry | None] = {}
        self.about = context.glossary.presentation
        """What the owner says of the glossaries."""

    def entry(self, id: str) -> Entry | None:
        """Return the entry of an id; None if no entry that the caller may see has it."""
        if id not in self._entries:
            found = self._context.entry_or_none(id)
            self._entries[id] = found if found is not None and found.id == id else None
        return self._entries[id]

    def values(self, entry: Entry, property_ids: Iterable[str]) -> dict[str, list[Value]]:
        """Return the values of some properties of an entry, by their ids."""
        wanted = list(property_ids)
        known = (PROPERTIES[one] for one in wanted if one in PROPERTIES)
        related = Related(entry, (), (), (), ())
        if any(one.reads_related for one in known):
            related = self._context.related(entry.id, MAX_RELATED)
        return {one: values_of(one, related) for one in wanted}

    def stated(self, entry: Entry, abouts: Iterable[str]) -> dict[str, list[str]]:
        """Return what an entry states, for comparison: texts and names in lower case.

        Args:
            entry: the entry.
            abouts: `name`, `id` and ids of properties.
        """
        names = {NAME: [entry.term, *entry.aliases], ID: [entry.id]}
        wanted = list(abouts)
        values = self.values(entry, (one for one in wanted if one not in names))
        return {
            one: [text.casefold() for text in names.get(one) or _texts(values[one])]
            for one in wanted
        }


def _texts(values: Iterable[Value]) -> list[str]:
    return [
        text
        for value in values
        for text in ([value] if isinstance(value, str) else [value.term, value.id])
    ]
