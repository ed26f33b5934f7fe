"""Reads paragraphs and rows of tables from the XML of Word (.docx) and OpenDocument (.odt, .ods).

One scanner for both: a dialect says which elements are what. Nested tables become text of the cell
around them. Deleted text, comments, footnotes and text boxes are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from semsearch.importers.tables.packages import Package, events
from semsearch.importers.tables.rows import MAX_COLUMNS, Repetitions


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph outside tables: its number and text, its level if it is a heading.

    Its first `bold` characters are bold.
    """

    number: int
    text: str
    level: int = 0
    is_item: bool = False
    bold: int = 0


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: the number and name of its table, its own number from 1, and its cells."""

    table: int
    name: str
    number: int
    cells: list[str]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class _Dialect:
    """What the elements of an XML vocabulary are, by their local names."""

    kinds: Mapping[str, str]
    skipped: frozenset[str]
    text_in: str
    """The kind of element whose characters are text."""


_WORD = _Dialect(
    {
        "p": "paragraph", "tbl": "table", "tr": "row", "tc": "cell", "t": "text", "r": "run",
        "br": "break", "cr": "break", "tab": "tab", "noBreakHyphen": "hyphen", "pStyle": "style",
        "outlineLvl": "level", "numPr": "item", "gridSpan": "span", "vMerge": "merge",
        "hidden": "hidden", "b": "bold",
    },
    frozenset({"moveFrom", "Fallback", "txbxContent", "del", "sectPr", "tblPr"}),
    "text",
)  # fmt: skip
_OPEN_DOCUMENT = _Dialect(
    {
        "p": "paragraph", "h": "paragraph", "table": "table", "table-row": "row",
        "table-cell": "cell", "covered-table-cell": "cell", "line-break": "break", "tab": "tab",
        "s": "spaces", "list-item": "item", "style": "definition", "table-properties": "display",
        "span": "run", "text-properties": "weight",
    },
    frozenset({"annotation", "note", "tracked-changes", "text-box", "shapes", "forms"}),
    "paragraph",
)  # fmt: skip
_MAX_STYLES = 10_000


@dataclass(slots=True)
class _Cell:
    texts: list[str] = field(default_factory=list)
    columns: int = 1
    rows: int = 1
    """Rows over which the cell is merged; 0 if it continues the one above."""


@dataclass(slots=True)
class _State:
    dialect: _Dialect
    levels: Mapping[str, int]
    repetitions: Repetitions
    found: list[Paragraph | TableRow] = field(default_factory=list)
    skipping: int = 0
    in_text: int = 0
    tables: int = 0
    depth: int = 0
    name: str = ""
    row: int = 0
    repeated: int = 1
    is_hidden: bool = False
    cells: list[_Cell] = field(default_factory=list)
    above: dict[int, tuple[str, int]] = field(default_factory=dict)
    """By column the text of a merged cell, and how many more rows have it."""
    parts: list[str] = field(default_factory=list)
    length: int = 0
    paragraphs: int = 0
    level: int = 0
    is_item: bool = False
    style: str = ""
    hidden_styles: set[str] = field(default_factory=set)
    hides_table: bool = False
    runs: int = 0
    bold_styles: set[str] = field(default_factory=set)
    is_bold: bool = False
    paragraph_is_bold: bool = False
    bold: int = 0
    """Characters of the paragraph that are bold, if all before them are, too."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if self.skipping or name in self.dialect.skipped:
            self.skipping += 1
            return
        kind = self.dialect.kinds.get(name)
        if kind is None:
            return
        stated = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if kind == self.dialect.text_in:
            self.in_text += 1
        if kind in ("paragraph", "item", "style", "level"):
            self._start_paragraph(kind, stated)
        elif kind in ("break", "tab", "hyphen", "spaces"):
            if kind != "tab" or self.runs or self.in_text:  # others are stops of the ruler
                self._add({"break": "\n", "hyphen": "-"}.get(kind, " "))
        elif kind == "run":
            self.runs += 1
            self.is_bold |= stated.get("style-name", "") in self.bold_styles
        elif kind == "bold":  # of a run, or of the mark at the end of the paragraph
            self.is_bold = self.runs > 0 and stated.get("val", "1") not in ("0", "false")
        elif kind in ("definition", "display", "weight"):
            self._style(kind, stated)
        else:
            self._start_table(kind, name, stated)

    def _start_paragraph(self, kind: str, stated: dict[str, str]) -> None:
        if kind == "paragraph":
            self.parts, self.length, self.bold = [], 0, 0
            self.paragraphs += 1
            self.is_bold = stated.get("style-name", "") in self.bold_styles
            self.paragraph_is_bold = self.is_bold
            self.level = _number(stated.get("outline-level", ""), 0)
        elif kind == "item":
            self.is_item = True
        elif kind == "style":
            self.level = self.level or self.levels.get(stated.get("val", ""), 0)
        else:
            self.level = (_number(stated.get("val", ""), 9) + 1) % 10

    def _style(self, kind: str, stated: dict[str, str]) -> None:
        if kind == "definition":
            self.style = stated.get("name", "")
        elif stated.get("display") == "false" and len(self.hidden_styles) < _MAX_STYLES:
            self.hidden_styles.add(self.style)
        elif stated.get("font-weight") == "bold" and len(self.bold_styles) < _MAX_STYLES:
            self.bold_styles.add(self.style)

    def _start_table(self, kind: str, name: str, stated: dict[str, str]) -> None:
        if kind == "table":
            self.depth += 1
            if self.depth == 1:
                self.tables, self.row, self.above = self.tables + 1, 0, {}
                self.name = stated.get("name", "")
                self.hides_table = stated.get("style-name", "") in self.hidden_styles
        if self.depth != 1:
            return
        if kind == "row":
            self.cells = []
            self.repeated = _number(stated.get("number-rows-repeated", ""), 1)
            self.row += 1
            self.is_hidden = stated.get("visibility", "visible") != "visible"
        elif kind == "cell":
            repeated = _number(stated.get("number-columns-repeated", ""), 1)
            rows = 0 if name.startswith("covered") else 1
            rows = _number(stated.get("number-rows-spanned", ""), rows)
            self.cells.append(_Cell(columns=repeated, rows=rows))
        elif kind == "hidden":
            self.is_hidden = True
        elif kind in ("span", "merge") and self.cells:
            if kind == "span":
                self.cells[-1].columns = _number(stated.get("val", ""), 1)
            else:
                self.cells[-1].rows = MAX_COLUMNS**2 if stated.get("val") == "restart" else 0

    def text(self, signs: str) -> None:
        if self.in_text and not self.skipping:
            if (self.is_bold or not signs.strip()) and self.bold == self.length:
                self.bold += len(signs)
            self._add(signs.replace("\n", " "))

    def _add(self, signs: str) -> None:
        self.parts.append(signs)
        self.length += len(signs)

    def end(self, tag: str) -> None:
        if self.skipping:
            self.skipping -= 1
            return
        kind = self.dialect.kinds.get(tag.rpartition(":")[2])
        if kind is not None and kind == self.dialect.text_in:
            self.in_text -= 1
        if kind == "paragraph":
            self._end_paragraph()
        elif kind == "run":
            self.runs -= 1
            self.is_bold = self.paragraph_is_bold
        elif kind == "item" and self.dialect is _OPEN_DOCUMENT:
            self.is_item = False
        elif kind == "row" and self.depth == 1:
            self._end_row()
        elif kind == "table":
            self.depth -= 1

    def _end_paragraph(self) -> None:
        whole = "".join(self.parts)
        text = whole.strip()
        self.parts = []
        if self.depth and self.cells:
            self.cells[-1].texts += [text] if text else []
        elif not self.depth and text:
            bold = max(self.bold - (len(whole) - len(whole.lstrip())), 0)
            level = min(self.level, 6)
            self.found.append(Paragraph(self.paragraphs, text, level, self.is_item, bold))
        if self.dialect is _WORD:
            self.is_item = False

    def _end_row(self) -> None:
        cells: list[str] = []
        while self.cells and self.cells[-1].rows and not self.cells[-1].texts:
            self.cells.pop()  # formatting up to the last column of the sheet
        for cell in self.cells:
            column, text = len(cells), "\n".join(cell.texts)
            before, left = self.above.pop(column, ("", 0))
            if cell.rows > 1:
                self.above[column] = text, cell.rows - 1
            elif left > 0 and not cell.rows:
                text = before
                self.above[column] = before, left - 1
                self.repetitions.add(1)
            width = min(cell.columns, MAX_COLUMNS - column)
            repeated = text if self.dialect is _OPEN_DOCUMENT else ""
            self.repetitions.add(width - 1 if repeated else 0, width - 1)
            cells += ([text] + [repeated] * (width - 1))[:width]
        if any(cells):
            is_hidden = self.is_hidden or self.hides_table
            self.found.append(TableRow(self.tables, self.name, self.row, cells, is_hidden))
        self.row += self.repeated - 1


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else default


def blocks(package: Package, path: Path) -> Iterator[Paragraph | TableRow]:
    """Yield the paragraphs and the rows of tables of a document, in order.

    Raises:
        ImportFailed: it is damaged, or unpacks to too much.
    """
    text = package.part("word/document.xml")
    if text:
        state = _State(_WORD, _levels(package, path), Repetitions(path))
    else:
        text = package.part("content.xml")
        state = _State(_OPEN_DOCUMENT, {}, Repetitions(path))
    return events(text, path, state.found, (state.start, state.end, state.text))


def _levels(package: Package, path: Path) -> dict[str, int]:
    """Return the levels of the styles of headings; ids are translated, names are English."""
    found: list[tuple[str, int]] = []
    style = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal style
        name = tag.rpartition(":")[2]
        stated = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        if name == "style":
            style = stated.get("styleId", "")
        elif name == "outlineLvl":
            found.append((style, _number(stated.get("val", ""), 9) + 1))
        elif name == "name" and stated.get("val", "").lower().startswith("heading "):
            found.append((style, _number(stated["val"][8:], 0)))

    def nothing(_: str) -> None:
        return

    every = events(package.part("word/styles.xml"), path, found, (start, nothing, nothing))
    return {style: level for style, level in every if 0 < level < 10}
