"""Workbooks of Excel (.xlsx, .xlsm) and OpenDocument (.ods): the rows that a program shows.

calamine reads the values of .xlsx. It makes a grid of all cells up to the last one and copies a
shared text into each cell that has it, so both are counted before, in the XML. Hidden rows and
merged cells are read from the XML, too.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from semsearch.core.errors import ImportFailed
from semsearch.importers.records import ReadOptions
from semsearch.importers.tables.documents import tables_of
from semsearch.importers.tables.office_rows import TableRow
from semsearch.importers.tables.office_xml import blocks
from semsearch.importers.tables.packages import Package, events
from semsearch.importers.tables.table import MAX_COLUMNS, Repetitions, Row, Table

MAX_CELLS = 2_000_000
"""Most cells of the grids of all visible sheets, empty ones included."""

MAX_SHEETS = 1_000
"""Most sheets of a workbook, hidden ones included."""

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STRINGS = "xl/sharedStrings.xml"
_NEEDED = ("[Content_Types].xml", "_rels/.rels", _WORKBOOK, _RELATIONS, _STRINGS, "xl/styles.xml")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]{1,50})0*(\d{1,9})""")
_ROW = re.compile(
    rb"""<(?:[\w.-]+:)?row(?:[^<>"']|"[^"]*"|'[^']*')*?\sr\s*=\s*["']\s*0*(\d{1,9})"""
)
_BARE = re.compile(
    rb"""<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|</(?:[\w.-]+:)?(?P<end>row)\s*>|"""
    rb"""<(?:[\w.-]+:)?(?:(?P<row>row)|(?P<cell>c))(?=[\s/>])"""
    rb"""(?!(?:[^<>"']|"[^"]*"|'[^']*')*?\sr\s*=)""",
    re.DOTALL,
)
"""Rows and cells that state no place and so follow the one before, and the ends of rows."""
_HIDDEN = re.compile(
    rb"""<(?:\w+:)?row\b(?=[^<>]*\shidden\s*=\s*["'](?:1|true)["'])"""
    rb"""(?=[^<>]*\sr\s*=\s*["'](\d{1,7})["'])"""
)
_MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*["']([A-Za-z]{1,3})(\d{1,7}):[A-Za-z]{1,3}(\d{1,7})["']"""
)
_STRING = re.compile(rb"<(?:\w+:)?si\b")
_INDEX = re.compile(rb">\s*(\d{1,9})\s*</(?:\w+:)?v\s*>")
_DAMAGED = "the workbook is damaged; open it and save it again"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def tables(path: Path, _: ReadOptions) -> Iterator[Table]:
    """Yield the visible sheets of a workbook.

    Raises:
        ImportFailed: it is damaged, or too large.
    """
    package = Package(path)
    if "content.xml" in package.names():
        yield from tables_of(b for b in blocks(package, path) if isinstance(b, TableRow))
        return
    names = {*package.names()}
    if _WORKBOOK not in names:
        raise ImportFailed("is no workbook; save it as .xlsx or .ods", path)
    sheets = _sheets(package, path)
    if len(sheets) > MAX_SHEETS:
        raise ImportFailed(f"has {len(sheets):,} sheets; split it into {MAX_SHEETS:,} each", path)
    parts = {name: package.part(name) for name in (*_NEEDED, *sheets.values()) if name in names}
    workbook = _workbook(parts, path)
    hidden = [one.name for one in workbook.sheets_metadata if not _is_visible(one.visible)]
    notes = (f"hidden sheets are not read: {', '.join(map(repr, hidden))}",) if hidden else ()
    shown = [one.name for one in workbook.sheets_metadata if _is_visible(one.visible)]
    if len({*shown}) < len(shown) or not sheets.keys() >= {*shown}:
        # calamine would read another part than the one that is checked
        raise ImportFailed(_DAMAGED, path)
    left = MAX_CELLS
    lengths = list(map(len, _STRING.split(parts.get(_STRINGS, b""))[1:]))
    for name in shown:
        xml = parts.get(sheets[name], b"")
        left -= _check(xml, lengths, name, left, package.allowed, path)
        with _without_panics(path):
            sheet = workbook.get_sheet_by_name(name)
        table = _table(sheet, xml, name if len(shown) > 1 else "", path)
        yield replace(table, notes=(*notes, *table.notes))
        notes = ()


def _sheets(package: Package, path: Path) -> dict[str, str]:
    """Return the part of each sheet by its name."""
    found: list[tuple[str, str, str]] = []

    def start(name: str, stated: dict[str, str]) -> None:
        if name == "sheet":
            found.append(("sheet", stated.get("id", ""), stated.get("name", "")))
        elif name == "Relationship":
            found.append(("part", stated.get("Id", ""), stated.get("Target", "")))

    every = [
        one
        for part in (_WORKBOOK, _RELATIONS)
        for one in events(package.part(part), path, found, start)
    ]
    targets = {id_: target for kind, id_, target in every if kind == "part"}
    return {
        name: target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        for kind, id_, name in every
        if kind == "sheet" and (target := targets.get(id_, ""))
    }


def _workbook(parts: dict[str, bytes], path: Path) -> CalamineWorkbook:
    """Open a workbook of nothing but the parts that were unpacked within bounds."""
    repacked = BytesIO()
    with ZipFile(repacked, "w", ZIP_STORED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    repacked.seek(0)
    with _without_panics(path):
        return CalamineWorkbook.from_filelike(repacked)


@contextmanager
def _without_panics(path: Path) -> Iterator[None]:
    """Turn errors of calamine into our own; its panics are no `Exception`."""
    try:
        yield
    except BaseException as error:
        is_known = isinstance(error, CalamineError | ValueError | OSError)
        if not is_known and type(error).__name__ != "PanicException":
            raise
        raise ImportFailed(_DAMAGED, path) from error


def _is_visible(visible: SheetVisibleEnum) -> bool:
    return visible == SheetVisibleEnum.Visible


def _check(
    xml: bytes, lengths: Sequence[int], name: str, left: int, allowed: int, path: Path
) -> int:
    """Return the cells of the grid that calamine makes of a sheet, at most those that are left.

    Args:
        xml: of the sheet.
        lengths: of the shared texts.
        name: of the sheet.
        left: how many cells it may have.
        allowed: how many bytes its shared texts may have, each as often as a cell has it.
        path: the file, for messages.

    Raises:
        ImportFailed: it would make too large a grid, or too much text.
    """
    rows, columns = _size(xml)
    if rows * columns > left:
        raise ImportFailed(
            f"the sheet {name!r} reaches to row {rows:,} and column {columns:,}; delete the rows "
            f"and columns beyond the table (all sheets may have {MAX_CELLS:,} cells)",
            path,
        )
    known = [index for index in map(int, _INDEX.findall(xml)) if index < len(lengths)]
    if sum(map(lengths.__getitem__, known)) > allowed:
        reason = f"the sheet {name!r} holds more than {allowed // 2**20} MiB of text"
        raise ImportFailed(f"{reason}; split it", path)
    return rows * columns


def _size(xml: bytes) -> tuple[int, int]:
    """Return the most rows and columns that calamine makes of a sheet."""
    cells = _REFERENCE.findall(xml)
    stated = {*_ROW.findall(xml), *map(itemgetter(1), cells)}
    rows = max(map(int, stated), default=0)
    columns = max(map(_column, {*map(itemgetter(0), cells)}), default=0)
    bare_rows = bare_cells = most = 0
    for kind in (found.lastgroup for found in _BARE.finditer(xml)):
        if kind == "cell":
            bare_cells += 1
        elif kind == "end":
            most, bare_cells = max(most, bare_cells), 0
        elif kind == "row":
            bare_rows += 1
    most = max(most, bare_cells)
    return rows + bare_rows, columns + most


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _table(sheet: CalamineSheet, xml: bytes, name: str, path: Path) -> Table:
    hidden = {int(row) for row in _HIDDEN.findall(xml)} if b"hidden" in xml else set[int]()
    grid: list[list[str]] = []
    beyond = 0
    for values in sheet.iter_rows():
        cells = values[:MAX_COLUMNS]
        grid.append([v if type(v) is str and "_x" not in v else _text(v) for v in cells])
        if len(values) > MAX_COLUMNS:
            beyond += sum(value not in ("", None) for value in values[MAX_COLUMNS:])
    _, left = sheet.start or (0, 0)  # rows begin with the first, columns with a value
    repetitions = Repetitions(path)
    for letters, top, bottom in _MERGED.findall(xml) if b"mergeCell" in xml else ():
        _repeat(grid, int(top) - 1, int(bottom), _column(letters) - 1 - left, repetitions)
    rows = [
        Row(number, cells)
        for number, cells in enumerate(grid, 1)
        if any(cells) and number not in hidden
    ]
    skipped = sum(any(grid[n - 1]) for n in hidden if 0 < n <= len(grid))
    notes = (
        (skipped, f"{skipped:,} hidden rows are not read; show them to read them"),
        (beyond, f"{beyond:,} cells beyond {MAX_COLUMNS} columns are not read"),
    )
    return Table(rows, name, notes=tuple(note for count, note in notes if count), is_read=True)


def _repeat(
    grid: list[list[str]], first: int, stop: int, column: int, repetitions: Repetitions
) -> None:
    """Repeat the text of a cell that is merged over several rows in each of them."""
    if 0 <= first < len(grid) and 0 <= column < len(grid[first]):
        below = grid[first + 1 : stop]
        repetitions.add(len(below))
        for cells in below:
            cells[column] = cells[column] or grid[first][column]


def _text(value: object) -> str:
    """Return a value as a program shows it."""
    if isinstance(value, str):
        return _ESCAPED.sub(_sign, value) if "_x" in value else value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, datetime.datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return "" if value is None else str(value)


def _sign(found: re.Match[str]) -> str:
    """Return what an escape of Excel stands for; a line end is written `_x000D_`."""
    sign = chr(int(found[1], 16))
    return "" if sign == "\r" else sign
