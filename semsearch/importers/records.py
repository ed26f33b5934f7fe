"""What an importer yields: raw records and refusals, before ids are given.

A reader is a function `(path, options) -> Iterator[Record | Refusal]` registered in
`importers/__init__.py`. It yields one `Record` for each entry it finds and one `Refusal`
for each it cannot take, in file order, and raises `ImportFailed` when the file as a whole
cannot be read. It never guesses ids: `corpus.py` does that for all formats alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from semsearch.types import Refusal, Source


@dataclass(frozen=True, slots=True)
class Record:
    """One entry as a file states it. `id` is the author's own identifier, if there is one.

    `see_also` names the entries that the author links to, by id or name.
    """

    term: str
    definition: str
    source: Source
    aliases: tuple[str, ...] = ()
    id: str | None = None
    language: str = "en"
    see_also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read files: `columns` maps our field names to the columns of a table or JSON."""

    columns: dict[str, str] = field(default_factory=dict)


Reader = Callable[[Path, ReadOptions], Iterator[Record | Refusal]]
