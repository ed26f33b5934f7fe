"""Tables of Markdown, as Google Docs and wikis write them."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from pathlib import Path
from typing import Any

from semsearch.core.entries import Note
from semsearch.importers.fields import chosen_columns, names_terms
from semsearch.importers.markdown_syntax.blocks import Node
from semsearch.importers.markdown_syntax.links import from_file
from semsearch.importers.markdown_syntax.plain_text import words_of
from semsearch.importers.markdown_writer.from_markdown import markdown_of_nodes
from semsearch.importers.records import Item, ReadOptions
from semsearch.importers.tables.reader import records
from semsearch.importers.tables.table import MAX_COLUMNS, Row, Table


def rows_of(table: Node, references: MutableMapping[str, Any]) -> list[Row]:
    """Return the rows of a table that have text."""

    def row_of(row: Node) -> Row:
        cells = row.children[:MAX_COLUMNS]

        def markdown(place: int) -> str:
            return markdown_of_nodes(cells[place : place + 1], references, from_file(""))

        texts = [words_of(one.children, references) for one in cells]
        return Row(row.first_line + 1, texts, markdown=markdown)

    rows = (row_of(row) for part in table.children for row in part.children)
    return [row for row in rows if any(row.cells)]


def records_of(
    tables: Sequence[Node], references: MutableMapping[str, Any], path: Path, options: ReadOptions
) -> Iterator[Item | Note]:
    """Read tables; where there are several, they are numbered. See `records`."""
    made = (
        Table(rows_of(one, references), f"table {n}" if len(tables) > 1 else "", is_read=True)
        for n, one in enumerate(tables, 1)
    )
    return records(made, path, chosen_columns(options.columns), options.language)


def is_table_of_terms(table: Node) -> bool:
    """Return whether the header of a table names a term and a definition."""
    header = table.children[0].children[0].children if table.children else []
    return names_terms([words_of(one.children, {}) for one in header[:MAX_COLUMNS]])
