"""What a reader yields: raw records, redirects and refusals, before ids are assigned.

A reader is a function `(path, options) -> Iterator[Item]` in the table of `format_table.py`. In
file order it yields a `Record` for each entry, a `Redirect` for each name that leads to another
entry, and a `Refusal` for everything that it cannot read. A `Note` among them tells the user what
the reader guessed. It raises `ImportFailed` if the whole file cannot be read. It assigns no ids,
and need not check whether a record has a term and a definition: `records_to_entries.py` does both
for all formats alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from semsearch.core.entries import NO_DETAILS, Details, Field, Note, Refusal, Source


@dataclass(frozen=True, slots=True)
class Record:
    """An entry as a file states it.

    `id` is the author's own identifier, if any. `see_also` and the relations of `details` name
    linked entries by id, name or `key`. `language` is empty if the file states none. `key` is how
    the file identifies the record if that is no readable id, usually an address. `hint` becomes the
    id if no other record has it. `left_out` are fields of the file that entries cannot hold, not
    even as `extra` of `details`: structures, and relations to something else than an entry. Each
    has its name in the file and an example.
    """

    term: str
    definition: str
    source: Source
    aliases: tuple[str, ...] = ()
    id: str | None = None
    language: str = ""
    see_also: tuple[str, ...] = ()
    details: Details = NO_DETAILS
    key: str = ""
    hint: str = ""
    left_out: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Redirect:
    """A name that leads to another entry, by its id, name or `key`."""

    name: str
    target: str
    source: Source


Item = Record | Redirect | Refusal


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Options of readers: `columns` maps our field names to columns of a table or keys of JSON."""

    columns: dict[str, str] = field(default_factory=dict)
    format: str | None = None
    """Of all files, if the user named it."""
    language: str = ""
    """Of records that state none, if the user named it."""


def with_markdown(details: Details, markdown: str) -> Details:
    """Return details with the Markdown of the definition, if there is any."""
    return replace(details, markdown=markdown) if markdown else details


Reader = Callable[[Path, ReadOptions], Iterator[Item | Note]]
