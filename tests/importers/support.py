"""What the tests of the readers share."""

from __future__ import annotations

from pathlib import Path

from semsearch.core.entries import Note, Refusal
from semsearch.importers.formats.format_lookup import reader_for
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.records_to_entries import clean

DATA = Path(__file__).parents[1] / "data"


def read(path: Path, **columns: str) -> list[Item]:
    """Read a file with the reader its suffix asks for; notes to the user are left out.

    Records without a term or a definition are refused, as for all formats alike.
    """
    items = reader_for(path)(path, ReadOptions(columns))
    return [_checked(item) for item in items if not isinstance(item, Note)]


def _checked(item: Item) -> Item:
    if isinstance(item, Record) and not (item.term and item.definition):
        return clean(item)
    return item


def read_text(folder: Path, name: str, text: str, **columns: str) -> list[Item]:
    """Write a file and read it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read(path, **columns)


def terms(items: list[Item]) -> list[tuple[int, str, str]]:
    """Give line, term and definition of the records among some items."""
    return [(i.source.line, i.term, i.definition) for i in items if isinstance(i, Record)]


def refusals(items: list[Item]) -> list[tuple[int, str]]:
    """Give line and reason of the refusals among some items."""
    return [(i.source.line, i.reason) for i in items if isinstance(i, Refusal)]
