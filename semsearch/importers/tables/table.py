"""What the module of each kind of file yields: tables of rows of cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from semsearch.core.errors import ImportFailed

SEARCHED = 20
"""Rows among which the header is searched: titles may stand above it."""
MAX_COLUMNS = 256
"""Most cells of a row; a glossary has below thirty."""

MAX_REPEATED = 100_000
"""Most cells of a file that merged cells or a stated number of repetitions make of others."""


@dataclass(slots=True)
class Repetitions:
    """Counts the cells of a file that repeat others, since a few bytes can ask for millions."""

    path: Path
    left: int = 10 * MAX_REPEATED

    def add(self, texts: int, empty: int = 0) -> None:
        """Count repeated cells; an empty one costs a tenth.

        Raises:
            ImportFailed: there are too many.
        """
        self.left -= 10 * texts + empty
        if self.left < 0:
            raise ImportFailed(
                f"more than {MAX_REPEATED:,} cells are merged or repeated; split the file",
                self.path,
            )


class Row(NamedTuple):
    """The cells of a row, and the line or row at which a program shows it, from 1.

    `shown` is the row of a spreadsheet, where `line` is that of a text and differs from it.
    `markdown` returns the structure of a cell by its place; see `markdown_writer/blocks.py`.
    """

    line: int
    cells: list[str]
    shown: int = 0
    markdown: Callable[[int], str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file. A file with several tables gives each a name."""

    rows: Iterable[Row]
    name: str = ""
    header: tuple[str, ...] = ()
    """The columns, if the file names them elsewhere than in a row."""
    notes: tuple[str, ...] = ()
    """What the module guessed or skipped."""
    holds_html: bool = False
    is_read: bool = False
    """Whether the cells are plain text: of an office program, or read from HTML or Markdown."""
    language: str = ""
    """Of the text around the table, if that states it."""
    is_text: bool = False
    """Whether separators divide the cells, so that a missing quote makes too many of them."""
