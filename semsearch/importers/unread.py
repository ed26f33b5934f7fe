"""Says what was not read: files of a folder, and what is missing from files with few entries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from semsearch.core.entries import Note, Source
from semsearch.importers.formats import SHARED_SUFFIXES, format_name, named
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.text_files import begins
from semsearch.importers.xml_roots import NAME_FORMAT, reason_against_xml

_ABOUT = ("README", "LICENSE", "LICENCE", "CONTRIBUTING", "CHANGELOG")
"""Files about a glossary; they are not read from folders, in any case, with any suffix."""
_IMAGES = frozenset(
    [".avif", ".bmp", ".gif", ".heic", ".ico", ".jpeg", ".jpg", ".png", ".svg", ".tif", ".tiff", ".webp"]
)  # fmt: skip
_SETTINGS = frozenset({"semsearch.toml", "thumbs.db", "desktop.ini"})
_COMPANIONS = {
    ".dict": (".ifo", ".index"),
    ".dict.dz": (".ifo", ".index"),
    ".idx": (".ifo",),
    ".idx.gz": (".ifo",),
    ".syn": (".ifo",),
    ".syn.dz": (".ifo",),
}
"""Endings of files that a reader opens together with one of another suffix."""
_WAYS_OUT = {
    ".pdf": "PDF keeps no terms apart; export the glossary from its source as CSV, Markdown or TBX",
    ".doc": "save it as .docx",
    ".dot": "save it as .docx",
    ".rtf": "save it as .docx",
    ".pages": "export it as .docx",
    ".xls": "save it as .xlsx or CSV",
    ".xlsb": "save it as .xlsx or CSV",
    ".numbers": "export it as .xlsx or CSV",
    ".ppt": "save the table in it as CSV",
    ".pptx": "save the table in it as CSV",
    ".sdltb": "a termbase of MultiTerm; export it as TBX",
    ".mdb": "a database of Access; export its table as CSV",
    ".accdb": "a database of Access; export its table as CSV",
    ".db": "a database; export its table as CSV",
    ".sqlite": "a database; export its table as CSV",
    ".tmx": "a translation memory has no definitions; export the termbase as TBX",
    ".zip": "an archive; unpack it",
    ".gz": "a compressed file; unpack it",
    ".7z": "an archive; unpack it",
    ".rar": "an archive; unpack it",
    ".tar": "an archive; unpack it",
}
"""What to do with files that no reader reads, by suffix."""
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
    """Return why no reader reads a file of a folder, and what to do.

    Args:
        path: the file.
        format_: the format of all files, if the user named one.
    """
    suffix = path.suffix.lower()
    if is_empty(path):
        return "the file is empty"
    if format_ is not None:
        return f"--format {format_} reads only {', '.join(named(format_, path).suffixes)}"
    if suffix in _WAYS_OUT:
        return f"no reader for {suffix}: {_WAYS_OUT[suffix]}"
    if suffix in SHARED_SUFFIXES:
        return reason_against_xml(begins(path)) or f"nothing in it marks a glossary; {NAME_FORMAT}"
    shown = suffix or "files without a suffix"
    return f"no reader for {shown}; {NAME_FORMAT}"


def doubts(path: Path, items: Sequence[Item | Note], options: ReadOptions) -> list[Note]:
    """Return a note if a file gave suspiciously few entries, else nothing.

    A refused record is reported itself, so a file with refusals gets no note.
    """
    records = [item for item in items if isinstance(item, Record)]
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
