"""Finds the format of a file: which reader reads which file.

A suffix selects candidates; the first candidate that recognises the file's beginning reads it. The
last candidate of a suffix accepts any file, so that its messages say what is wrong. A file with
another suffix is read if the user names it and a format recognises it. A format that the user names
is not checked.
"""

from __future__ import annotations

from pathlib import Path

from semsearch.core.errors import UnknownFormat
from semsearch.core.near_names import did_you_mean, near_or_known
from semsearch.importers.files.text_files import begins, has_front_matter
from semsearch.importers.formats import detection as known
from semsearch.importers.formats.format_table import (
    ASCIIDOC,
    HTML,
    LATEX,
    MARKDOWN,
    ROWS,
    XML,
    YAML,
    Format,
    tree_format,
)
from semsearch.importers.formats.user_formats import user_formats
from semsearch.importers.records import Reader
from semsearch.importers.xml_roots import reason_against_xml

FORMATS: dict[str, Format] = {one.name: one for one in ROWS}
"""Formats by name; of those with the same suffix the first that recognises a file reads it."""
SUFFIXES: tuple[str, ...] = tuple(dict.fromkeys(s for one in ROWS for s in one.suffixes))
"""Suffixes of readable files, in lower case."""
SHARED_SUFFIXES = frozenset({*YAML, *HTML, *ASCIIDOC, *LATEX, ".xml", ".index", ".rst", ".rest"})
"""Suffixes with many other uses; from a folder such files are read only if they contain a
glossary."""

WAYS_OUT = {
    suffix: way_out
    for suffixes, way_out in {
        ".pdf": "PDF keeps no terms apart; export the glossary from its source as CSV, Markdown or TBX",
        ".doc .dot .rtf": "save it as .docx",
        ".pages": "export it as .docx",
        ".xls .xlsb": "save it as .xlsx or CSV",
        ".numbers": "export it as .xlsx or CSV",
        ".ppt .pptx": "save the table in it as CSV",
        ".sdltb": "a termbase of MultiTerm; export it as TBX",
        ".mdb .accdb": "a database of Access; export its table as CSV",
        ".db .sqlite": "a database; export its table as CSV",
        ".tmx": "a translation memory has no definitions; export the termbase as TBX",
        ".zip .7z .rar .tar": "an archive; unpack it",
        ".gz": "a compressed file; unpack it",
    }.items()
    for suffix in suffixes.split()
}
"""What to do with files that no reader reads, by suffix."""

VOCABULARIES = ("turtle", "rdf-xml", "json-ld")
"""Formats that describe concepts, with or without definitions; see `rdf/concepts.py`."""


def named(name: str, path: Path) -> Format:
    """Return the format of a file or folder by name; users may describe some for a folder.

    Raises:
        UnknownFormat: there is none.
    """
    if name in FORMATS:
        return FORMATS[name]
    own = {one.name: one for one in user_formats(path)}
    if name not in own:
        of_suffix = [one.name for one in ROWS if f".{name.lower()}" in one.suffixes]
        meant = did_you_mean(of_suffix[-1:]) or near_or_known(name, (*FORMATS, *own))
        raise UnknownFormat(f"no format is called {name!r}{meant}", path)
    return tree_format(own[name])


def is_wanted(path: Path, format_: str | None = None) -> bool:
    """Return whether a file in a folder is read."""
    suffix = path.suffix.lower()
    if format_ is not None:
        return suffix in named(format_, path).suffixes
    if any(one.knows(path, begins(path)) for one in _own(path, suffix)):
        return True
    if suffix in SHARED_SUFFIXES:
        return path.is_file() and known.is_glossary(path, begins(path))
    return suffix in SUFFIXES


def _own(path: Path, suffix: str) -> list[Format]:
    """Return the formats that the user described for files like this one."""
    return [tree_format(row) for row in user_formats(path) if suffix in row.suffixes]


def is_page(path: Path) -> bool:
    """Return whether a file is one entry of a glossary: Markdown with front matter, or a note."""
    if path.suffix.lower() not in MARKDOWN:
        return False
    if known.in_vault(path) or known.notion(path, begins(path)):
        return True
    return has_front_matter(path) and known.page(path, begins(path))


def is_part(path: Path) -> bool:
    """Return whether a file is one of several that form a glossary."""
    return any(one.in_parts and path.suffix.lower() in one.suffixes for one in ROWS)


def format_of(path: Path) -> Format:
    """Detect the format of a file.

    Raises:
        UnknownFormat: no reader reads files of this suffix, and none recognises this one.
        ImportFailed: it cannot be read at all.
    """
    suffix = path.suffix.lower()
    start = begins(path)
    own = next((one for one in _own(path, suffix) if one.knows(path, start)), None)
    if own is not None:
        return own
    candidates = [one for one in ROWS if suffix in one.suffixes]
    for one in candidates or ROWS:
        if (candidates or one.knows is not known.anything) and one.knows(path, start):
            return one
    if candidates:
        if suffix in XML and (reason := reason_against_xml(start)):
            raise UnknownFormat(reason, path)
        return candidates[-1]
    if suffix in WAYS_OUT:
        raise UnknownFormat(f"no reader for {suffix}: {WAYS_OUT[suffix]}", path)
    shown = path.suffix or "files without a suffix"
    hint = suggestion(path)
    raise UnknownFormat(
        f"no reader for {shown}; readers exist for {', '.join(SUFFIXES)}; "
        f"{hint or '`semsearch formats` lists them, and --format names one'}",
        path,
    )


def suggestion(path: Path, used: str = "") -> str:
    """Return a hint at another format that recognises a file; empty if none does."""
    start = begins(path)
    if used != "text" and known.text(start):
        return "it looks like terms and paragraphs: --format text"
    others = (one for one in ROWS if one.name != used and one.knows is not known.anything)
    found = next((one.name for one in others if one.knows(path, start)), "")
    return found and f"it looks like {found}: --format {found}"


def format_name(path: Path, format_: str | None = None) -> str:
    """Return the name of the format in which a file is read; see `reader_for`."""
    return (format_of(path) if format_ is None else named(format_, path)).name


def reader_for(path: Path, format_: str | None = None) -> Reader:
    """Return the reader of a file.

    Raises:
        UnknownFormat: no reader reads such files, or there is no such format.
        ImportFailed: it cannot be read at all.
    """
    return (format_of(path) if format_ is None else named(format_, path)).read
