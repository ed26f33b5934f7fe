"""Reading a dictionary of the DICT server dictd, as Debian's `dict-*` packages hold them.

The format is described in dictd(8), "DATABASE FORMAT". A line of NAME.index is a headword, where its
article begins in the text, and how long it is, in bytes, set apart by tabs; both numbers are
written to base 64, highest digit first, in the alphabet of RFC 1421 and without padding. The text
is NAME.dict, or NAME.dict.dz, which dictzip made and gzip reads.
"""

from __future__ import annotations

import gzip
import string
import zlib
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from semsearch.errors import ImportFailed

_DIGITS = {
    digit: value
    for value, digit in enumerate(
        string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    )
}
_ABOUT = ("00-database", "00database")
"""What the headwords begin with under which a dictionary speaks of itself."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article and every headword that the index has for it, in the order of the index."""

    headwords: tuple[str, ...]
    text: str


def read_articles(index: Path, *, errors: str = "strict") -> list[Article]:
    """Read the articles of a dictionary, each once, in the order of the text.

    Args:
        index: NAME.index; NAME.dict.dz or NAME.dict lies beside it.
        errors: what happens to bytes of an article that are not UTF-8, as `bytes.decode` has it.

    Raises:
        ImportFailed: a file cannot be read, or a line leads nowhere; the message has the line.
    """
    data = _text(index)
    headwords: dict[tuple[int, int], list[str]] = {}
    lines = _bytes(index).split(b"\n")
    for number, line in enumerate(lines, 1):
        if line:
            headword, start, length = _record(line, index, number)
            if start + length > len(data):
                reason = f"{headword!r} ends at byte {start + length:,} of a text of {len(data):,}"
                raise ImportFailed(f"{reason}; fetch the dictionary again", index, number)
            if not headword.startswith(_ABOUT):
                headwords.setdefault((start, length), []).append(headword)
    return [
        Article(tuple(found), _decoded(data[start : start + length], index, errors=errors))
        for (start, length), found in sorted(headwords.items())
    ]


def _text(index: Path) -> bytes:
    packed, plain = index.with_suffix(".dict.dz"), index.with_suffix(".dict")
    if not packed.exists():
        return _bytes(plain)
    try:
        return gzip.decompress(_bytes(packed))
    except (OSError, EOFError, zlib.error) as error:
        reason = f"is not what dictzip writes ({error}); fetch it again"
        raise ImportFailed(reason, packed) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (
            f"cannot be read ({error.strerror}); name a folder with NAME.index and NAME.dict.dz"
        )
        raise ImportFailed(reason, path) from error


def _record(line: bytes, index: Path, number: int) -> tuple[str, int, int]:
    try:
        headword, start, length, *_ = _decoded(line, index, number).split("\t")
        return headword, _number(start), _number(length)
    except (ValueError, KeyError) as error:
        reason = "is not a headword, an offset and a length to base 64, set apart by tabs"
        raise ImportFailed(reason, index, number) from error


def _decoded(data: bytes, index: Path, number: int | None = None, errors: str = "strict") -> str:
    try:
        return data.decode("utf-8", errors)
    except UnicodeDecodeError as error:
        raise ImportFailed(f"is not a dictionary in UTF-8 ({error})", index, number) from error


def _number(digits: str) -> int:
    if not digits:
        raise ValueError
    return reduce(lambda value, digit: value * 64 + _DIGITS[digit], digits, 0)
