"""Tables of AsciiDoc: the lines between `|===` and `|===`, and their cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from semsearch.importers.tables.table import MAX_COLUMNS, Repetitions

_FENCE = re.compile(r"\|={3,}\s*")
_ATTRIBUTES = re.compile(r"\[[^\[\]]*\]\s*")
_COLUMNS = re.compile(r"cols\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^,\]]*))")
_REPEATED = re.compile(r"\s*(\d{1,3})\*")
_CELL = re.compile(
    r"(?<!\\)(?:(?:(?<=\s)|\A)(?:(?:(?P<count>\d{1,3})(?:\.\d{1,3})?|\.\d{1,3})(?P<kind>[*+]))?"
    r"(?:[<^>.]{1,4})?[adehlmsv]?)?\|"
)
_MARK = re.compile(r"[ \t]*\+[ \t]*")


class Cells(NamedTuple):
    """A row: the line of its first cell, and the source of each cell."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class AsciiDocTable:
    """A table with its rows; an attached one is part of the definition above it."""

    line: int
    rows: list[Cells]
    is_attached: bool = False


def with_tables(
    lines: Sequence[tuple[int, str]], path: Path
) -> Iterator[tuple[int, str] | AsciiDocTable]:
    """Yield the lines of a text, and its tables; a table that nothing closes is text.

    Raises:
        ImportFailed: too many cells are repeated.
    """
    repetitions = Repetitions(path)
    fences = [place for place, (_, line) in enumerate(lines) if _FENCE.fullmatch(line)]
    ends = dict(zip(fences[::2], fences[1::2], strict=False))
    place = 0
    while place < len(lines):
        end = ends.get(place)
        if end is None:
            yield lines[place]
            place += 1
            continue
        above = [line for _, line in lines[max(place - 3, 0) : place]]
        stated = "".join(line for line in above[-2:] if _ATTRIBUTES.fullmatch(line))
        texts = [line for line in above if not _ATTRIBUTES.fullmatch(line)]
        is_attached = bool(texts) and _MARK.fullmatch(texts[-1]) is not None
        rows = _rows(lines[place + 1 : end], stated, repetitions)
        yield AsciiDocTable(lines[place][0], rows, is_attached)
        place = end + 1


def _rows(
    lines: Sequence[tuple[int, str]], attributes: str, repetitions: Repetitions
) -> list[Cells]:
    text = "\n".join(line for _, line in lines)
    found = list(_CELL.finditer(text))
    ends = [*(cell.start() for cell in found[1:]), *([len(text)] if found else ())]
    numbers: list[int] = []
    cells: list[str] = []
    line = counted = 0
    for cell, end in zip(found, ends, strict=True):
        line += text.count("\n", counted, cell.start())
        counted = cell.start()
        count = max(1, min(int(cell["count"] or 1), MAX_COLUMNS))
        repetitions.add(0 if cell["kind"] == "+" else count - 1, count - 1)
        source = text[cell.end() : end].strip().replace("\\|", "|")
        cells += [source] + [source if cell["kind"] == "*" else ""] * (count - 1)
        numbers += [lines[line][0]] * count
    width = (_width(attributes) or numbers.count(numbers[0])) if numbers else 1
    starts = range(0, len(cells), width)
    return [Cells(numbers[start], cells[start : start + width]) for start in starts]


def _width(attributes: str) -> int:
    """Return how many columns `cols` states; 0 if it states none."""
    stated = _COLUMNS.search(attributes)
    if stated is None:
        return 0
    columns = next(filter(None, stated.groups()), "").split(",")
    counts = (_REPEATED.match(one) for one in columns)
    return min(sum(int(one[1]) if one else 1 for one in counts), MAX_COLUMNS)
