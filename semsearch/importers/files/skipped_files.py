"""Says what was not read: files of a folder, and what is missing from files with few entries."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from semsearch.core.entries import Note, Source
from semsearch.importers.files.text_files import begins
from semsearch.importers.formats.format_lookup import SHARED_SUFFIXES, WAYS_OUT, format_name, named
from semsearch.importers.formats.format_table import HTML
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.xml_roots import EXPORT, NAME_FORMAT, reason_against_xml

_ABOUT = ("README", "LICENSE", "LICENCE", "CONTRIBUTING", "CHANGELOG")
"""Files about a glossary; they are not read from folders, in any case, with any suffix."""
_IMAGES = frozenset(
    [".avif", ".bmp", ".gif", ".heic", ".ico", ".jpeg", ".jpg", ".png", ".svg", ".tif", ".tiff", ".webp"]
)  # fmt: skip
_SETTINGS = frozenset({"semsearch.toml", "thumbs.db", "desktop.ini"})
_COMPANIONS = dict.fromkeys((".dict", ".dict.dz"), (".ifo", ".index")) | dict.fromkeys(
    (".idx", ".idx.gz", ".syn", ".syn.dz"), (".ifo",)
)
"""Endings of files that a reader opens together with one of another suffix."""
_NAME_PAGE = (
    "if its headings or words in bold are terms, write Glossary into its title, or name the file "
    "itself: semsearch build FILE"
)
"""What to do with a page of HTML."""
_ROWS = 5
"""Lines like rows of a table from which one entry is little."""
_LARGE, _HUGE = 4_000, 50_000
"""Bytes from which one entry is little, and bytes for each of several entries."""


def is_glossary_candidate(path: Path) -> bool:
    """Return whether a file of a folder could be a glossary, by its name.

    Not so are hidden files, images, settings, texts about the glossary, and the further files of a
    dictionary that its main file leads to.
    """
    name = path.name
    # `LICENSE-MIT.txt` is about the glossary; `license-compliance.md` may be a term
    if name.split(".")[0].upper() in _ABOUT or name.startswith((*_ABOUT, ".", "~$")):
        return False
    if path.suffix.lower() in _IMAGES or name.lower() in _SETTINGS:
        return False
    mains = next((_COMPANIONS[end] for end in _COMPANIONS if name.lower().endswith(end)), ())
    stem = name.split(".")[0]
    return not any(path.with_name(f"{stem}{suffix}").is_file() for suffix in mains)


def is_empty(path: Path) -> bool:
    """Return whether a file has nothing in it but a byte order mark."""
    return path.stat().st_size <= len(b"\xef\xbb\xbf") and not begins(path).strip()


def reason_unread(path: Path, format_: str | None = None) -> str:
    """Return why no reader reads a file of a folder, and what to do."""
    suffix = path.suffix.lower()
    if not os.access(path, os.R_OK):
        return "cannot be read: permission denied"
    if is_empty(path):
        return "the file is empty"
    if format_ is not None:
        return f"--format {format_} reads only {', '.join(named(format_, path).suffixes)}"
    if suffix in WAYS_OUT:
        return f"no reader for {suffix}: {WAYS_OUT[suffix]}"
    if suffix == ".xml" and (reason := reason_against_xml(begins(path))):
        return reason
    is_shared = suffix in SHARED_SUFFIXES
    reader = f"no reader for {suffix or 'files without a suffix'}"
    why = "nothing in it marks a glossary" if is_shared else reader
    return f"{why}; {_NAME_PAGE if suffix in HTML else f'{EXPORT}, or {NAME_FORMAT}'}"


def note_on_few_entries(
    path: Path, items: Sequence[Item | Note], options: ReadOptions
) -> list[Note]:
    """Return a note if a file gave suspiciously few entries, else nothing.

    A refused record is reported itself, so a file with refusals gets no note.
    """
    records = [item for item in items if isinstance(item, Record) and item.definition]
    if not records or len(records) < sum(not isinstance(item, Note) for item in items):
        return []
    size = path.stat().st_size
    if begins(path).startswith("PK"):  # bytes of a zip package say nothing about rows
        return []
    is_little = len(records) == 1 and (size >= _LARGE or _rows(path) >= _ROWS)
    if not is_little and size < _HUGE * len(records):
        return []
    name = format_name(path, options.format)
    if named(name, path).is_page:
        return []
    rows = _rows(path)
    held = f"{rows} rows of a table" if rows >= _ROWS else f"{size:,} bytes"
    count = "one entry" if len(records) == 1 else f"{len(records):,} entries"
    text = f"only {count} in {held}, read as {name}; if there are more, {NAME_FORMAT}"
    return [Note(Source(str(path), records[0].source.line), text)]


def _rows(path: Path) -> int:
    """Count the lines that look like rows of a table, among the first 64 kB."""
    return sum(line.count("|") > 1 or "\t" in line.strip() for line in begins(path).split("\n"))
