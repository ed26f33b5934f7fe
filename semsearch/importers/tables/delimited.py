"""Tables as text: CSV, TSV, "Unicode text" of Excel, text exports of Anki, CSV of pyglossary.

The separator is the one that `sep=` or `#separator:` names, or the one of comma, semicolon, tab and
bar with which the header has the most known columns. Quoting is strict, since a stray quote can
swallow the rest of a file. A file that is not UTF-8 is read as Windows-1252 if the result looks
like a text of Western Europe, and the user is told.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from semsearch.core.errors import ImportFailed
from semsearch.importers.fields import map_fields
from semsearch.importers.files.text_files import read_bytes, read_text
from semsearch.importers.formats.detection import opens_anki
from semsearch.importers.parse_errors import csv_reason
from semsearch.importers.records import ReadOptions
from semsearch.importers.tables.table import MAX_COLUMNS, SEARCHED, Row, Table

_SEPARATORS = ",;\t|"
_SEP = re.compile(r'"?sep=([^\n"])"?[ \t,;]*(?:\n|\Z)', re.IGNORECASE)
_DIRECTIVE = re.compile(r"#([a-z]+(?: column)?):(.*)\n?")
_ANKI = {"separator", "html", "columns", "notetype", "deck", "tags", "guid"}
_NAMED = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " ", "pipe": "|", "colon": ":"}
_ABOUT = re.compile(r'"?#{1,2}\w+"?,[^\n]*')
"""A row about the dictionary in CSV of pyglossary, such as `#name,Bakery`."""
_PYGLOSSARY = ("term", "definition", "aliases")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Opening:
    """What the first lines of a text say about the rest, and how many characters they are."""

    length: int = 0
    separator: str = ""
    header: tuple[str, ...] = ()
    special: tuple[tuple[int, str], ...] = ()
    """Columns of Anki that are none of a note, from 1."""
    is_hidden: bool = False
    """Whether a spreadsheet shows none of these lines."""
    holds_html: bool = False


def tables(path: Path, options: ReadOptions) -> Iterator[Table]:
    """Read the table of a text file.

    Yields:
        Table: the only one.

    Raises:
        ImportFailed: it is no text, or not valid CSV.
    """
    text, notes = _decoded(path)
    if text.startswith("||"):  # the header of a table of a wiki
        text = text.replace("||", "|")
    opening = _opening(text)
    separator = opening.separator or _best_separator(text, opening.length, path, options.columns)
    found = rows(text, separator, path, opening)
    header = opening.header
    if opening.special and not header:
        first = next(rows(text, separator, path, opening), Row(1, []))
        header = _positions(len(first.cells), dict(opening.special))
    yield Table(found, "", header, notes, opening.holds_html, is_text=True)


def rows(text: str, separator: str, path: Path, opening: _Opening = _Opening()) -> Iterator[Row]:
    """Yield the rows that are not blank, each with the line on which it begins.

    Raises:
        ImportFailed: the text is not valid CSV.
    """
    source = io.StringIO(text)
    source.seek(opening.length)
    skipped = text.count("\n", 0, opening.length)
    reader = csv.reader(source, delimiter=separator, strict=True)
    line = 1
    hidden = skipped if opening.is_hidden else 0
    try:
        for number, cells in enumerate(reader, 1 + skipped - hidden):
            if any(cell.strip() for cell in cells):
                yield Row(line + skipped, cells, number)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ImportFailed(csv_reason(error), path, line + skipped) from error


def _opening(text: str) -> _Opening:
    if found := _SEP.match(text):
        return _Opening(found.end(), found[1], is_hidden=True)
    if opens_anki(text):
        return _anki(text)
    end = 0
    while found := _ABOUT.match(text, end):
        end = min(found.end() + 1, len(text))
    first = text[1 : text.find("\n")] if end else ""
    if not end or not map_fields(re.split(r"[,;\t|]", first), {}).missing():
        return _Opening()
    return _Opening(end, ",", _PYGLOSSARY)


def _anki(text: str) -> _Opening:
    end, stated = 0, dict[str, str]()
    while (found := _DIRECTIVE.match(text, end)) and found[1].split()[0] in _ANKI:
        stated[found[1]] = found[2].strip(" ")
        end = found.end()
    given = stated.get("separator", "tab")
    separator = _NAMED.get(given.strip().lower(), given[:1] or "\t")
    columns = stated.get("columns", "")
    special = tuple(
        (int(number), name.partition(" ")[0])
        for name, number in stated.items()
        if name.endswith(" column") and number.isascii() and number.isdigit() and len(number) < 4
    )
    return _Opening(
        end,
        separator,
        tuple(columns.split(separator)) if columns else (),
        special or ((0, ""),),
        holds_html=stated.get("html", "").lower() == "true",
    )


def _positions(width: int, special: Mapping[int, str]) -> tuple[str, ...]:
    """Name the columns of notes of Anki: the first field is the term, the second its definition."""
    free = iter(("term", "definition"))
    return tuple(special.get(n) or next(free, f"column {n}") for n in range(1, width + 1))


def _best_separator(text: str, start: int, path: Path, chosen: Mapping[str, str]) -> str:
    """Return the separator with which one of the first rows has the most known columns."""

    def known(separator: str) -> tuple[int, int]:
        best = (-1, 0)
        try:
            for row in islice(rows(text, separator, path, _Opening(start)), SEARCHED):
                cells = row.cells[:MAX_COLUMNS]
                columns = map_fields(cells, chosen).columns
                best = max(best, (sum(map(bool, columns.values())), len(cells)))
        except ImportFailed:  # a quote that is not followed by this separator
            pass
        return best

    return "\t" if path.suffix.lower() == ".tsv" else max(_SEPARATORS, key=known)


def _decoded(path: Path) -> tuple[str, tuple[str, ...]]:
    try:
        return read_text(path), ()
    except ImportFailed:
        data = read_bytes(path)
        text = "" if b"\0" in data else _windows_1252(data)
        if not text:
            raise
    word = next(one for one in _LETTERS.findall(text) if not one.isascii())
    return text.replace("\r\n", "\n").replace("\r", "\n"), (
        f"is not UTF-8; it was read as Windows-1252, which is a guess: it says {word[:60]!r}; if "
        "that is wrong, save it as UTF-8",
    )


def _windows_1252(data: bytes) -> str:
    """Decode a text of Western Europe, whose letters are mostly ASCII; an empty text if not."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    letters = "".join(_LETTERS.findall(text))
    foreign = sum(not sign.isascii() for sign in letters)
    return text if 0 < foreign <= len(letters) // 4 else ""
