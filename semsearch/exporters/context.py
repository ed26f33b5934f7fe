"""What is exported: the entries of a glossary, the addresses they have, and which of them a link means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from semsearch.core.entries import TEXT_DETAILS, Entry
from semsearch.text.links import Links, links_of
from semsearch.text.normalise import text_hash
from semsearch.text.slugs import slug

NOWHERE = "https://glossary.invalid/"
"""What addresses begin with where nobody has said where the glossary is; there can be no such host (RFC 2606)."""
LANGUAGE = "en"
"""Of entries that state none."""


@dataclass(frozen=True, eq=False)
class ExportContext:
    """A glossary to be written.

    `entries` gives all entries, as often as it is called and always the same. `address` is where the service is that has a page
    for each of them, with a slash at the end.
    """

    glossary: str
    entries: Callable[[], Iterator[Entry]]
    address: str = NOWHERE

    def iri(self, id_: str) -> str:
        """Return the address of an entry, which is that of its page."""
        return f"{self.address}entry/{id_}"

    @property
    def own_iri(self) -> str:
        """The address of the glossary."""
        return f"{self.address}glossary/{self.glossary}"

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages of the entries."""
        return frozenset(entry.language for entry in self.entries())

    @cached_property
    def repeated(self) -> frozenset[str]:
        """The ids of entries that say only what another one says before them, under the same term: read without ids, one is left."""
        seen: set[bytes] = set()
        found = set()
        for entry in self.entries():
            said = text_hash(f"{entry.term}\0{entry.definition}")
            if said in seen:
                found.add(entry.id)
            seen.add(said)
        return frozenset(found)

    @cached_property
    def shared(self) -> frozenset[str]:
        """The ids that several terms would have."""
        times = Counter(slug(entry.term) for entry in self.entries())
        return frozenset(name for name, count in times.items() if count > 1)

    def lost_without_ids(self, entry: Entry) -> Iterator[str]:
        """Yield what a format without ids cannot hold of an entry."""
        if entry.id in self.repeated or not slug(entry.term):
            yield "entry"
        if slug(entry.term) in self.shared and name_of(entry) == slug(entry.term):
            yield "id"

    def id_of(self, name: str) -> str | None:
        """Return the id of the entry that a link means, None if no entry or several are called so."""
        if self._links is None:
            return None
        links, ids = self._links
        at = links.target(name)
        return None if at is None else ids[at]

    @cached_property
    def _links(self) -> tuple[Links, list[str]] | None:
        """What tells entries by their names; a glossary without links needs none."""
        if not any(links_of(entry) for entry in self.entries()):
            return None
        every = list(self.entries())
        return Links(every), [entry.id for entry in every]


def name_of(entry: Entry) -> str:
    """Return the id of an entry within its glossary."""
    return entry.id.partition(":")[2]


def parts_of(entry: Entry) -> dict[str, str | tuple[str, ...]]:
    """Return what an entry says beside term and definition, by the names of the parts; what it does not say is not there."""
    stated = {"aliases": entry.aliases, "see_also": entry.see_also, **entry.details.stated()}
    if entry.language != LANGUAGE:
        stated["language"] = entry.language
    if name_of(entry) != slug(entry.term):
        stated["id"] = name_of(entry)
    return {name: value for name, value in stated.items() if value}


def links_by(entry: Entry, part: str) -> tuple[str, ...]:
    """Return what an entry leads to by `see_also` or a relation of its details."""
    found: tuple[str, ...] = getattr(entry if part == "see_also" else entry.details, part)
    return found


def several(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return a part as texts."""
    return (value,) if isinstance(value, str) else value


def is_flat(entry: Entry, part: str) -> bool:
    """Whether what an entry says in one of its `TEXT_DETAILS` is one line."""
    return part not in TEXT_DETAILS or "\n" not in str(getattr(entry.details, part))
