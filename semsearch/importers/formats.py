"""Which reader reads which file. Readers are imported when the first file needs them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from semsearch.errors import UnknownFormat
from semsearch.importers.files import has_front_matter
from semsearch.importers.records import Reader, ReadOptions, Record
from semsearch.types import Refusal


def _lazy(module: str, function: str = "read") -> Reader:
    def read(path: Path, options: ReadOptions) -> Iterator[Record | Refusal]:
        reader: Reader = getattr(import_module(f"semsearch.importers.{module}"), function)
        return reader(path, options)

    return read


_read_markdown = _lazy("markdown")
_read_page = _lazy("pages")


def _read_markdown_or_page(path: Path, options: ReadOptions) -> Iterator[Record | Refusal]:
    """Read a page if the file has front matter, a glossary of many terms if not."""
    reader = _read_page if has_front_matter(path) else _read_markdown
    return reader(path, options)


FORMATS: dict[str, Reader] = {
    ".csv": _lazy("tabular"),
    ".json": _lazy("json_records"),
    ".jsonl": _lazy("json_records", "read_lines"),
    ".markdown": _read_markdown_or_page,
    ".md": _read_markdown_or_page,
    ".ndjson": _lazy("json_records", "read_lines"),
    ".tsv": _lazy("tabular"),
    ".txt": _lazy("plain"),
}
"""Suffix in lower case → reader."""


def is_known(path: Path) -> bool:
    """Say whether a reader exists for a file's suffix."""
    return path.suffix.lower() in FORMATS


def is_page(path: Path) -> bool:
    """Say whether a file is one page of a glossary: Markdown with front matter."""
    return FORMATS.get(path.suffix.lower()) is _read_markdown_or_page and has_front_matter(path)


def reader_for(path: Path) -> Reader:
    """Give the reader of a file.

    Args:
        path: the file, as the user named it.

    Returns:
        The reader that its suffix asks for.

    Raises:
        UnknownFormat: if no reader reads files of this suffix.
    """
    if not is_known(path):
        suffix = path.suffix or "files without a suffix"
        known = ", ".join(FORMATS)
        raise UnknownFormat(f"no reader for {suffix}; readers exist for {known}", path)
    return FORMATS[path.suffix.lower()]
