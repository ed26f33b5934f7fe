"""Documents of word processors (.docx, .odt): their tables, or else headings with paragraphs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from semsearch.core.entries import Note, Source
from semsearch.core.errors import EmptyFile, ImportFailed
from semsearch.importers.fields import beginning_of_list, chosen_columns
from semsearch.importers.labelled_lines import with_labels_read
from semsearch.importers.plain_text.paragraphs import Paragraph, read_paragraphs
from semsearch.importers.plain_text.plain import ends_like_a_sentence
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.tables.office_rows import TableRow
from semsearch.importers.tables.office_xml import blocks
from semsearch.importers.tables.packages import Package, events
from semsearch.importers.tables.reader import records
from semsearch.importers.tables.table import Row, Table

_RUN_LANGUAGE = re.compile(rb"""<w:lang\b[^<>]{0,200}?\sw:val=["']([A-Za-z-]{2,20})["']""")
_RUN_TEXT = re.compile(rb"<w:t[\s>]")


def read(path: Path, options: ReadOptions) -> Iterator[Item | Note]:
    """Read a document.

    Yields:
        Item | Note: the entries of its tables; if there are more headings, these with their text.

    Raises:
        ImportFailed: it is damaged, or has neither.
    """
    chosen = chosen_columns(options.columns)
    package = Package(path)
    found = list(blocks(package, path))
    language = options.language or _language(package, path)
    rows = [block for block in found if isinstance(block, TableRow)]
    paragraphs = [block for block in found if isinstance(block, Paragraph)]
    if not found:
        raise EmptyFile("the document is empty", path)
    headings = sum(bool(block.level) for block in paragraphs)
    try:
        made = (
            list(records(tables_of(rows, language), path, chosen, options.language)) if rows else []
        )
    except ImportFailed:
        if chosen or not headings:
            raise
        made = []
    has_tables = bool(made) and len(made) >= headings
    found_items = (
        made
        if has_tables
        else [
            with_labels_read(replace(one, language=language)) if isinstance(one, Record) else one
            for one in read_paragraphs(paragraphs, path)
        ]
    )
    if all(isinstance(one, Note) for one in found_items):
        raise ImportFailed(
            "no table of terms and no heading; put the terms into a table with the columns Term "
            "and Definition, or give them the style of a heading",
            path,
        )
    yield from found_items
    is_text = headings > 1 or any(ends_like_a_sentence(one.text) for one in paragraphs)
    if has_tables and is_text:  # and not only a title
        texts = beginning_of_list([block.text for block in paragraphs])
        text = f"the text outside tables is not read: {texts}"
        yield Note(Source(str(path), 1), text)
    elif rows and not has_tables:
        firsts = [next(group).cells for _, group in groupby(rows, lambda row: row.table)]
        columns = beginning_of_list([", ".join(filter(None, cells)) for cells in firsts])
        text = f"tables are not read: {columns}; put one glossary into a file"
        yield Note(Source(str(path), 1), text)


def tables_of(rows: Iterable[TableRow], language: str = "") -> Iterator[Table]:
    """Yield tables of rows; where there are several, they are named or numbered."""
    grouped = [(name, list(group)) for name, group in groupby(rows, lambda row: row.table)]
    for number, group in grouped:
        shown = [
            Row(row.number, row.cells, markdown=row.markdown if row.structures else None)
            for row in group
            if not row.is_hidden
        ]
        hidden = len(group) - len(shown)
        notes = (f"{hidden:,} hidden rows are not read; show them to read them",) if hidden else ()
        name = group[0].name or f"table {number}" if len(grouped) > 1 else ""
        yield Table(shown, name, notes=notes, is_read=True, language=language)


def _language(package: Package, path: Path) -> str:
    """Return the language of most of the text, without a country; empty if it is not stated.

    Word marks the runs of text in another language than that of the document.
    """
    found: list[str] = []
    place = ""

    def start(name: str, stated: dict[str, str]) -> None:
        nonlocal place
        if name in ("docDefaults", "default-style", "style"):
            place = stated.get("family", "") if name == "default-style" else name
        elif (name, place) in (("lang", "docDefaults"), ("text-properties", "paragraph")):
            found.append(stated.get("val") or stated.get("language") or "")

    styles = package.part("word/styles.xml") or package.part("styles.xml")
    main = next(events(styles, path, found, start), "")
    text = package.part("word/document.xml")
    marked = Counter(tag.decode() for tag in _RUN_LANGUAGE.findall(text))
    [(most, count)] = marked.most_common(1) or [("", 0)]
    tag = (most if 2 * count > len(_RUN_TEXT.findall(text)) else main).partition("-")[0]
    return "" if tag in ("none", "zxx", "und") else tag
