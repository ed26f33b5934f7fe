"""What an importer yields: raw records and refusals, before ids are given.

A reader is a function `(path, options) -> Iterator[Item]` in the table of `importers/formats.py`. It yields one
`Record` for each entry it finds, one `Redirect` for each that only leads to another, and one `Refusal`
for each it cannot take, in file order, and raises `ImportFailed` when the file as a whole
cannot be read. It never guesses ids: `corpus.py` does that for all formats alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from semsearch.core.entries import NO_DETAILS, Details, Refusal, Source


@dataclass(frozen=True, slots=True)
class Record:
    """One entry as a file states it. `id` is the author's own identifier, if there is one.

    `see_also` and the relations of `details` name the entries that the author links to, by id, name, or `key`: what
    the file calls the record where that is no id to show, an address mostly. `hint` is an id to take if
    no other record has it. `left_out` are the names of what else the file says of it, for which entries have no place.
    """

    term: str
    definition: str
    source: Source
    aliases: tuple[str, ...] = ()
    id: str | None = None
    language: str = "en"
    see_also: tuple[str, ...] = ()
    details: Details = NO_DETAILS
    key: str = ""
    hint: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Redirect:
    """A name that only leads to another entry, by the id, name or `key` of that."""

    name: str
    target: str
    source: Source


Item = Record | Redirect | Refusal


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read files: `columns` maps our field names to the columns of a table or JSON."""

    columns: dict[str, str] = field(default_factory=dict)
    format: str | None = None
    """Of all files, where the user knows better than the files."""


Reader = Callable[[Path, ReadOptions], Iterator[Item]]
