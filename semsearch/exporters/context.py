"""The glossary to export: its entries, their addresses, and the targets of links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from semsearch.core.checksums import text_hash
from semsearch.core.entries import TEXT_DETAILS, Entry, Stated, slug_of
from semsearch.exporters.concepts import Concepts
from semsearch.importers.html.to_text import as_name, is_html
from semsearch.importers.iris import NOWHERE
from semsearch.importers.redirects import names_listed_in
from semsearch.text.links import Links, links_of
from semsearch.text.slugs import slug

LANGUAGE = "en"
"""Language of entries that state none."""


@dataclass(frozen=True, eq=False)
class ExportContext:
    """A glossary to be written.

    `entries` returns all entries, the same at every call. `address` is the base URL of the service
    that has a page for each, with a slash at the end. `base` is that of new IRIs, by default the
    pages.
    """

    glossary: str
    entries: Callable[[], Iterator[Entry]]
    address: str = NOWHERE
    base: str = ""

    @cached_property
    def concepts(self) -> Concepts:
        """The IRIs of the entries, and the entries that share one."""
        return Concepts(self.entries, self.base or f"{self.address}entry/{self.glossary}:")

    def iri(self, id_: str) -> str:
        """Return the IRI of an entry: its own, or a new one."""
        return self.concepts.iri(id_)

    @property
    def own_iri(self) -> str:
        """The address of the glossary."""
        return f"{self.address}glossary/{self.glossary}"

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages of the entries."""
        return frozenset(entry.language for entry in self.entries())

    @cached_property
    def extra_names(self) -> tuple[str, ...]:
        """The names of extra fields, in the order of the entries."""
        fields = (field for entry in self.entries() for field in entry.details.extra)
        return tuple(dict.fromkeys(name for name, _ in fields))

    @cached_property
    def repeated(self) -> frozenset[str]:
        """Ids of entries that repeat term, definition and language of an earlier one.

        A format without ids loses them.
        """
        return self._repeated(lambda entry: entry.language)

    @cached_property
    def _repeated_without_language(self) -> frozenset[str]:
        return self._repeated(lambda _: "")

    def _repeated(self, language: Callable[[Entry], str]) -> frozenset[str]:
        seen: set[bytes] = set()
        found = set()
        for entry in self.entries():
            digest = text_hash(f"{entry.term}\0{entry.definition}\0{language(entry)}")
            if digest in seen:
                found.add(entry.id)
            seen.add(digest)
        return frozenset(found)

    @cached_property
    def shared(self) -> frozenset[str]:
        """Slugs that several terms have."""
        times = Counter(slug(entry.term) for entry in self.entries())
        return frozenset(name for name, count in times.items() if count > 1)

    def lost_without_ids(self, entry: Entry) -> Iterator[str]:
        """Yield the parts of an entry that a format without ids and languages cannot hold."""
        if entry.id in self._repeated_without_language or not slug(entry.term):
            yield "entry"
        if slug(entry.term) in self.shared and name_of(entry) == slug(entry.term):
            yield "id"
        if names_listed_in(entry.term):  # a reader takes them for several names
            yield "term"

    def id_of(self, name: str) -> str | None:
        """Return the id of the entry that a link refers to; None if there is none, or several."""
        if self._links is None:
            return None
        links, ids = self._links
        at = links.target(name)
        return None if at is None else ids[at]

    @cached_property
    def _links(self) -> tuple[Links, list[str]] | None:
        """The resolver of links; None for a glossary without links."""
        if not any(links_of(entry) for entry in self.entries()):
            return None
        every = list(self.entries())
        return Links(every), [entry.id for entry in every]


def name_of(entry: Entry) -> str:
    """Return the id of an entry without its glossary."""
    return slug_of(entry.id)


def parts_of(entry: Entry) -> dict[str, Stated]:
    """Return the parts of an entry except term and definition, by name; empty ones are left out."""
    parts: dict[str, Stated] = {
        "aliases": entry.aliases,
        "see_also": entry.see_also,
        **entry.details.stated(),
    }
    if entry.language != LANGUAGE:
        parts["language"] = entry.language
    if name_of(entry) != slug(entry.term):
        parts["id"] = name_of(entry)
    return {name: value for name, value in parts.items() if value}


def links_by(entry: Entry, part: str) -> tuple[str, ...]:
    """Return the targets of an entry's `see_also` or of one relation of its details."""
    found: tuple[str, ...] = getattr(entry if part == "see_also" else entry.details, part)
    return found


def names_read_as_html(entry: Entry) -> Iterator[str]:
    """Yield the parts whose names are read otherwise if the definition is read as HTML."""
    if is_html(entry.definition):
        held = {"term": (entry.term,), "aliases": entry.aliases}
        yield from (part for part, names in held.items() if tuple(map(as_name, names)) != names)


def several(value: Stated) -> tuple[str, ...]:
    """Return a part as a tuple of texts."""
    if isinstance(value, dict):
        return tuple(value.values())
    return (value,) if isinstance(value, str) else value


def is_flat(entry: Entry, part: str) -> bool:
    """Return whether a part is one line, if it is one of `TEXT_DETAILS`."""
    return part not in TEXT_DETAILS or "\n" not in str(getattr(entry.details, part))
