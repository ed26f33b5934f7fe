"""Reads parts of zip packages: Office Open XML and OpenDocument, in bounded memory and time."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import TypeVar
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from semsearch.core.errors import ImportFailed
from semsearch.importers.text_files import MAX_BYTES, read_bytes

MAX_RATIO = 100
"""Most bytes that a byte of a package may unpack to; those of office programs reach 30."""
MIN_ALLOWED = 2 * 2**20
"""Bytes that every package may unpack to."""

_OLD = b"\xd0\xcf\x11\xe0"
"""Of the container in which old and encrypted office files lie."""
_CHUNK = 1 << 16
_Found = TypeVar("_Found")
_BROKEN = (
    BadZipFile, EOFError, NotImplementedError, OSError, OverflowError, RuntimeError, UnicodeError,
    ValueError, zlib.error,
)  # fmt: skip


class Package:
    """A zip package, of which no more is unpacked than its size allows."""

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
        self._left = min(MAX_BYTES, max(MIN_ALLOWED, MAX_RATIO * len(data)))
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
            ImportFailed: it is damaged, or unpacks to too much.
        """
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
            raise ImportFailed(
                f"unpacks to more than {MAX_BYTES // 2**20} MiB, or to {MAX_RATIO} times its size; "
                "split it",
                self._path,
            )
        return data


def events(
    data: bytes,
    path: Path,
    found: list[_Found],
    handlers: tuple[
        Callable[[str, dict[str, str]], None], Callable[[str], None], Callable[[str], None]
    ],
) -> Iterator[_Found]:
    """Parse XML, and yield what its handlers append to a list; no tree is made.

    Args:
        data: the XML, or nothing. Names in it are reduced to their local part.
        path: the file, for messages.
        found: the list; it is emptied again and again.
        handlers: of a start tag with its attributes, of an end tag, and of text.

    Raises:
        ImportFailed: it is not well-formed, or declares entities, which office programs never do.
    """
    if not data:
        return
    start, end, text = handlers
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text

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
