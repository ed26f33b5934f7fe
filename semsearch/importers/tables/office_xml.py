"""Reads paragraphs and rows of tables from the XML of Word (.docx) and OpenDocument (.odt, .ods).

One scanner for both: a dialect says which elements are what. Nested tables become text of the cell
around them. Deleted text, comments, footnotes and text boxes are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from semsearch.importers.markdown_writer.blocks import Element
from semsearch.importers.markdown_writer.from_runs import TextRun, after
from semsearch.importers.plain_text.paragraphs import Paragraph
from semsearch.importers.tables.office_rows import OfficeCell, TableRow
from semsearch.importers.tables.packages import Package, events
from semsearch.importers.tables.table import MAX_COLUMNS, Repetitions
from semsearch.importers.tables.word_parts import (
    MAX_STYLES,
    heading_levels,
    link_targets,
    number_of,
    numbered_lists,
)


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
        "hidden": "hidden", "b": "bold", "i": "italic", "ilvl": "depth", "hyperlink": "link",
        "numId": "numbering",
    },
    frozenset({"moveFrom", "Fallback", "txbxContent", "del", "sectPr", "tblPr"}),
    "text",
)  # fmt: skip
_OPEN_DOCUMENT = _Dialect(
    {
        "p": "paragraph", "h": "paragraph", "table": "table", "table-row": "row",
        "table-cell": "cell", "covered-table-cell": "cell", "line-break": "break", "tab": "tab",
        "s": "spaces", "list-item": "item", "style": "definition", "table-properties": "display",
        "span": "run", "text-properties": "weight", "list": "list", "a": "link",
    },
    frozenset({"annotation", "note", "tracked-changes", "text-box", "shapes", "forms"}),
    "paragraph",
)  # fmt: skip


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
    is_deleted: bool = False
    is_before_cells: bool = False
    cells: list[OfficeCell] = field(default_factory=list)
    above: dict[int, tuple[str, int]] = field(default_factory=dict)
    """By column the text of a merged cell, and how many more rows have it."""
    parts: list[TextRun] = field(default_factory=list)
    length: int = 0
    targets: Mapping[str, str] = field(default_factory=dict)
    """The addresses of links of Word by their ids."""
    numbered: frozenset[tuple[str, int]] = frozenset()
    """The lists of Word, and their levels, whose items have numbers."""
    numbering: str = ""
    address: str = ""
    paragraphs: int = 0
    level: int = 0
    is_item: bool = False
    lists: int = 0
    """Lists that are open around a paragraph of OpenDocument, or the level of one of Word."""
    style: str = ""
    hidden_styles: set[str] = field(default_factory=set)
    hides_table: bool = False
    runs: int = 0
    bold_styles: set[str] = field(default_factory=set)
    italic_styles: set[str] = field(default_factory=set)
    is_bold: bool = False
    is_italic: bool = False
    paragraph_is_bold: bool = False
    bold: int = 0
    """Characters of the paragraph that are bold, if all before them are, too."""

    def start(self, name: str, stated: dict[str, str]) -> None:
        if self.skipping or name in self.dialect.skipped:
            # in the properties of a row, which stand before its cells, it deletes the row
            self.is_deleted |= name == "del" and self.depth == 1 and self.is_before_cells
            self.skipping += 1
            return
        kind = self.dialect.kinds.get(name)
        if kind is None:
            return
        if kind == self.dialect.text_in:
            self.in_text += 1
        if kind in ("paragraph", "item", "style", "level", "list", "depth", "numbering"):
            self._start_paragraph(kind, stated)
        elif kind in ("break", "tab", "hyphen", "spaces"):
            if kind != "tab" or self.runs or self.in_text:  # others are stops of the ruler
                self._add({"break": "\n", "hyphen": "-"}.get(kind, " "))
        elif kind in ("run", "bold", "italic", "link"):
            self._start_run(kind, stated)
        elif kind in ("definition", "display", "weight"):
            self._style(kind, stated)
        else:
            self._start_table(kind, name, stated)

    def _start_run(self, kind: str, stated: dict[str, str]) -> None:
        if kind == "run":
            self.runs += 1
            self.is_bold |= stated.get("style-name", "") in self.bold_styles
            self.is_italic |= stated.get("style-name", "") in self.italic_styles
        elif kind == "link":
            self.address = self.targets.get(stated.get("id", ""), stated.get("href", ""))
        else:  # of a run, or of the mark at the end of the paragraph
            is_marked = self.runs > 0 and stated.get("val", "1") not in ("0", "false")
            self.is_bold = is_marked if kind == "bold" else self.is_bold
            self.is_italic = is_marked if kind == "italic" else self.is_italic

    def _start_paragraph(self, kind: str, stated: dict[str, str]) -> None:
        if kind == "paragraph":
            self.parts, self.length, self.bold = [], 0, 0
            self.paragraphs += 1
            self.is_bold = stated.get("style-name", "") in self.bold_styles
            self.paragraph_is_bold = self.is_bold
            self.level = number_of(stated.get("outline-level", ""), 0)
        elif kind == "item":
            self.is_item = True
        elif kind in ("list", "depth"):
            self.lists = (
                self.lists + 1 if kind == "list" else number_of(stated.get("val", ""), 0) + 1
            )
        elif kind == "numbering":
            self.numbering = stated.get("val", "")
        elif kind == "style":
            self.level = self.level or self.levels.get(stated.get("val", ""), 0)
        else:
            self.level = (number_of(stated.get("val", ""), 9) + 1) % 10

    def _style(self, kind: str, stated: dict[str, str]) -> None:
        if kind == "definition":
            self.style = stated.get("name", "")
        elif stated.get("display") == "false" and len(self.hidden_styles) < MAX_STYLES:
            self.hidden_styles.add(self.style)
        elif len(self.bold_styles) + len(self.italic_styles) < MAX_STYLES:
            self.bold_styles |= {self.style} if stated.get("font-weight") == "bold" else set()
            self.italic_styles |= {self.style} if stated.get("font-style") == "italic" else set()

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
            self.is_deleted, self.is_before_cells = False, True
            self.repeated = number_of(stated.get("number-rows-repeated", ""), 1)
            self.row += 1
            self.is_hidden = stated.get("visibility", "visible") != "visible"
        elif kind == "cell":
            self.is_before_cells = False
            repeated = number_of(stated.get("number-columns-repeated", ""), 1)
            rows = 0 if name.startswith("covered") else 1
            rows = number_of(stated.get("number-rows-spanned", ""), rows)
            self.cells.append(OfficeCell(columns=repeated, rows=rows))
        elif kind == "hidden":
            self.is_hidden = True
        elif kind in ("span", "merge") and self.cells:
            if kind == "span":
                self.cells[-1].columns = number_of(stated.get("val", ""), 1)
            else:
                self.cells[-1].rows = MAX_COLUMNS**2 if stated.get("val") == "restart" else 0

    def text(self, signs: str) -> None:
        if self.in_text and not self.skipping:
            if (self.is_bold or not signs.strip()) and self.bold == self.length:
                self.bold += len(signs)
            self._add(signs.replace("\n", " "))

    def _add(self, signs: str) -> None:
        marks = (*(["strong"] if self.is_bold else []), *(["em"] if self.is_italic else []))
        self.parts.append(TextRun(signs, marks, self.address))
        self.length += len(signs)

    def end(self, name: str) -> None:
        if self.skipping:
            self.skipping -= 1
            return
        kind = self.dialect.kinds.get(name)
        if kind is not None and kind == self.dialect.text_in:
            self.in_text -= 1
        if kind == "paragraph":
            self._end_paragraph()
        elif kind == "run":
            self.runs -= 1
            self.is_bold, self.is_italic = self.paragraph_is_bold, False
        elif kind == "link":
            self.address = ""
        elif kind == "item" and self.dialect is _OPEN_DOCUMENT:
            self.is_item = False
        elif kind == "list":
            self.lists -= 1
        elif kind == "row" and self.depth == 1:
            self._end_row()
        elif kind == "table":
            self.depth -= 1

    def _end_paragraph(self) -> None:
        whole = "".join(run.text for run in self.parts)
        text = whole.strip()
        start = len(whole) - len(whole.lstrip())
        is_plain = all(run.is_plain for run in self.parts)
        runs = () if is_plain else after(self.parts, start)
        self.parts = []
        if self.depth and self.cells:
            self.cells[-1].add(text, runs, self._list())
        elif not self.depth and text:
            bold = max(self.bold - start, 0)
            level, depth = min(self.level, 6), max(self.lists - 1, 0)
            is_numbered = self._list() == "ol"
            self.found.append(
                Paragraph(
                    self.paragraphs, text, level, self.is_item, bold, depth, is_numbered, runs
                )
            )
        if self.dialect is _WORD:
            self.is_item, self.lists, self.numbering = False, 0, ""

    def _list(self) -> str:
        """Return the list that a paragraph is an item of, by its element of HTML."""
        is_numbered = (self.numbering, max(self.lists - 1, 0)) in self.numbered
        return ("ol" if is_numbered else "ul") if self.is_item else ""

    def _end_row(self) -> None:
        cells: list[str] = []
        structures: dict[int, Element] = {}
        while self.cells and self.cells[-1].rows and not self.cells[-1].texts:
            self.cells.pop()  # formatting up to the last column of the sheet
        for cell in self.cells:
            column, text = len(cells), cell.text()
            if structure := cell.structure():
                structures[column] = structure
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
        if any(cells) and not self.is_deleted:
            is_hidden = self.is_hidden or self.hides_table
            self.found.append(
                TableRow(self.tables, self.name, self.row, cells, is_hidden, structures)
            )
        self.row += self.repeated - 1


def blocks(package: Package, path: Path) -> Iterator[Paragraph | TableRow]:
    """Yield the paragraphs and the rows of tables of a document, in order.

    Raises:
        ImportFailed: it is damaged, or unpacks to too much.
    """
    text = package.part("word/document.xml")
    if text:
        targets, numbered = link_targets(package, path), numbered_lists(package, path)
        levels = heading_levels(package, path)
        state = _State(_WORD, levels, Repetitions(path), targets=targets, numbered=numbered)
    else:
        text = package.part("content.xml")
        state = _State(_OPEN_DOCUMENT, {}, Repetitions(path))
    return events(text, path, state.found, state.start, state.end, state.text)
