"""Tables of Markdown, as Google Docs and wikis write them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from semsearch.importers.markdown.blocks import Node, parse_blocks
from semsearch.importers.markdown.plain_text import words_of
from semsearch.importers.tables.rows import MAX_COLUMNS, Row, Table
from semsearch.importers.text_files import read_text


def tables(path: Path) -> Iterator[Table]:
    """Yield the tables of a text; where there are several, they are numbered."""
    every = tables_in(read_text(path))
    for number, rows in enumerate(every, 1):
        yield Table(rows, f"table {number}" if len(every) > 1 else "", is_read=True)


def tables_in(markdown: str) -> list[list[Row]]:
    """Return the rows of the tables of a text, in order; those inside lists are text."""
    parsed = parse_blocks(markdown)

    def cells(row: Node) -> list[str]:
        return [words_of(one.children, parsed.references) for one in row.children[:MAX_COLUMNS]]

    tables = [node for node in parsed.nodes if node.type == "table"]
    rows = [[row for part in table.children for row in part.children] for table in tables]
    return [
        [Row(row.first_line + 1, texts) for row in table if any(texts := cells(row))]
        for table in rows
    ]
