"""What lists and tables of pages show, of the service and of a static site alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from semsearch.core.entries import Entry

if TYPE_CHECKING:
    from semsearch.core.index_info import GlossaryInfo


class Named(Protocol):
    """What a link to an entry shows and where it leads."""

    @property
    def id(self) -> str:
        """Id of the entry."""
        ...

    @property
    def term(self) -> str:
        """Its term."""
        ...


@dataclass(frozen=True, slots=True)
class ListedGlossary:
    """A glossary in the list of glossaries: name, number of entries, tags of its languages."""

    name: str
    entries: int
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapRow:
    """A row of a table of the map: an entry, and the names of those nearest in meaning."""

    entry: Entry
    near: Sequence[Named]


@dataclass(frozen=True, slots=True)
class MapTable:
    """A table of the map: rows of a glossary of `total` entries.

    `next` is the URL of the page with the next rows, empty after the last.
    """

    name: str
    rows: Sequence[MapRow]
    total: int
    next: str


def listed_glossaries(
    infos: Iterable[GlossaryInfo], languages_of: Callable[[str], tuple[str, ...]]
) -> list[ListedGlossary]:
    """Return glossaries as a list shows them.

    Args:
        infos: the glossaries.
        languages_of: returns the tags of the languages of a glossary, by its name.
    """
    return [ListedGlossary(one.name, one.entries, languages_of(one.name)) for one in infos]


def map_rows(entries: Sequence[Entry], near: Sequence[Sequence[Named]]) -> list[MapRow]:
    """Return a row for each entry with its nearest ones, which come in the same order."""
    return [MapRow(entry, own) for entry, own in zip(entries, near, strict=True)]


def day_of(timestamp: str) -> str:
    """Return the day of a time in ISO 8601, such as 2026-01-01."""
    return timestamp[: len("2026-01-01")]
