"""Reads parts of zip packages: Office Open XML and OpenDocument, in bounded memory and time."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TypeVar
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from semsearch.core.errors import ImportFailed
from semsearch.importers.files.compressed import allowed_size, unpacks_to_too_much
from semsearch.importers.files.text_files import nested_too_deeply, read_bytes

MIN_TAGS = 1_000_000
"""Tags that every package may have: those of 250,000 cells of Excel, or of 40,000 of Word."""
TAGS_A_BYTE = 1
"""More tags that a package may have for each of its bytes; documents of programs have .6."""
OF_EXCEL = 3
"""How many of its tags, which have short texts and are read by calamine, count as one."""
MAX_TAG = 200_000
"""Longest tag with its attributes; drawings of Word have some of 50,000 characters."""

MAX_PART_DEPTH = 500
"""Most nested elements of a part."""

_OLD = b"\xd0\xcf\x11\xe0"
"""Of the container in which old and encrypted office files lie."""
_CHUNK = 1 << 16
_LONG_TAG = re.compile(rb"<[^<>]{%d}" % MAX_TAG)
_Found = TypeVar("_Found")
_BROKEN = (
    BadZipFile, EOFError, NotImplementedError, OSError, OverflowError, RuntimeError, UnicodeError,
    ValueError, zlib.error,
)  # fmt: skip


class Package:
    """A zip package, of which no more is unpacked than its size allows: `allowed` bytes."""

    def __init__(self, path: Path) -> None:
        """Open a package.

        Raises:
            ImportFailed: it cannot be read, or is none.
        """
        data = read_bytes(path)
        if data.startswith(_OLD):
            raise ImportFailed(
                "is of an old office program or protected by a password; save it without one as "
                ".xlsx, .ods, .docx or .odt",
                path,
            )
        self._path = path
        self._parts: dict[str, bytes] = {}
        self._size = len(data)
        self.allowed = self._left = allowed_size(self._size)
        self._tags = MIN_TAGS + TAGS_A_BYTE * self._size
        try:
            self._zip = ZipFile(BytesIO(data))
        except _BROKEN as error:
            raise ImportFailed(
                "is no complete zip package; save it again, or fetch it again", path
            ) from error

    def names(self) -> list[str]:
        """Return the names of all parts."""
        return self._zip.namelist()

    def part(self, name: str) -> bytes:
        """Unpack a part; one that does not exist is empty.

        Raises:
            ImportFailed: it is damaged, unpacks to too much, or has too many elements.
        """
        if name in self._parts:
            return self._parts[name]
        try:
            info = self._zip.getinfo(name)
        except KeyError:
            return b""
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise ImportFailed(f"the part {name[:60]!r} is packed in an unusual way", self._path)
        try:
            with self._zip.open(info) as file:
                data = file.read(self._left + 1)
        except _BROKEN as error:
            raise ImportFailed(
                f"the part {name[:60]!r} is damaged; save the file again", self._path
            ) from error
        self._left -= len(data)
        if self._left < 0:
            raise unpacks_to_too_much(self._size, self._path)
        self._tags -= data.count(b"<") // (OF_EXCEL if name.startswith("xl/") else 1)
        if self._tags < 0 or _LONG_TAG.search(data):
            what = "too many elements" if self._tags < 0 else "too long a tag"
            reason = f"the part {name[:60]!r} has {what} for a document of {self._size:,} bytes"
            raise ImportFailed(f"{reason}; split it, or save it again", self._path)
        self._parts[name] = data
        return data


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def events(
    data: bytes,
    path: Path,
    found: list[_Found],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> Iterator[_Found]:
    """Parse XML, and yield what its handlers append to a list; no tree is made.

    Args:
        data: the XML, or nothing.
        path: the file, for messages.
        found: the list; it is emptied again and again.
        start: gets the name of each element and its attributes, without prefixes.
        end: gets the name of an element that ends.
        text: gets characters.

    Raises:
        ImportFailed: it is not well-formed, is nested too deeply, or declares entities, which
            office programs never do.
    """
    if not data:
        return
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.CharacterDataHandler = text
    depth = 0

    def opened(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_PART_DEPTH:
            raise nested_too_deeply(path, parser.CurrentLineNumber)
        start(_local(tag), {_local(key): value for key, value in attributes.items()})

    def closed(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if end is not None:
            end(_local(tag))

    parser.StartElementHandler, parser.EndElementHandler = opened, closed

    def refuse(*_: object) -> None:
        raise ImportFailed("its XML declares a document type; save the file again", path)

    parser.StartDoctypeDeclHandler = refuse
    try:
        for at in range(0, len(data), _CHUNK):
            parser.Parse(data[at : at + _CHUNK])
            yield from found
            found.clear()
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # or an unknown encoding
        raise ImportFailed("its XML is damaged; save the file again", path) from error
    yield from found
    found.clear()
