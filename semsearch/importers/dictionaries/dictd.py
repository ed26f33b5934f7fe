"""Reader of dictionaries of the DICT server dictd, as in Debian's `dict-*` packages.

The format is described in dictd(8), "DATABASE FORMAT". A line of NAME.index has three parts
separated by tabs: a headword, the offset of its article in the text, and its length in bytes. Both
numbers are in base 64, highest digit first, in the alphabet of RFC 1421 without padding. The text
is NAME.dict, or NAME.dict.dz, which dictzip made and gzip reads. An article is an entry, its first
headword the term. Other headwords of the same article are aliases, and {braces} around words link
to another entry.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

from semsearch.core.entries import Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.files.compressed import check_sizes, unpacked
from semsearch.importers.files.text_files import read_bytes
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.text.normalise import fold

DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
"""Base-64 digits, by value."""
_DIGITS = {digit: value for value, digit in enumerate(DIGITS)}
_ABOUT = ("00-database", "00database")
"""Headwords that begin so describe the dictionary itself."""
_LINK = re.compile(r"\{([^{}\n]*(?:\n[^{}\n]*)?)\}")
"""A link to another article; it may continue on the next line."""
_ADDRESS = re.compile(r"\(?(?:https?|ftp|news|mailto):[^\s()]*\)?\s*$")


@dataclass(frozen=True, slots=True)
class Article:
    """An article, all its headwords in the order of the index, and the line of the first."""

    headwords: tuple[str, ...]
    text: str
    line: int = field(default=0, compare=False)


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read a dictionary."""
    for article in read_articles(path, errors="replace"):
        yield _item(article, Source(str(path), article.line))


def read_articles(index: Path, *, errors: str = "strict") -> list[Article]:
    """Read each article of a dictionary once, in the order of the text.

    Args:
        index: NAME.index; NAME.dict.dz or NAME.dict is in the same folder.
        errors: for bytes of an article that are not UTF-8, as in `bytes.decode`.

    Raises:
        ImportFailed: a file cannot be read, or a line points outside the text; the message has the
            line.
    """
    data = _text(index)
    found: dict[tuple[int, int], tuple[int, list[str]]] = {}
    for number, line in enumerate(read_bytes(index).split(b"\n"), 1):
        if line.strip(b"\r"):
            headword, start, length = _record(line, index, number)
            if start + length > len(data):
                reason = f"{headword!r} ends at byte {start + length:,} of a text of {len(data):,}"
                raise ImportFailed(f"{reason}; fetch the dictionary again", index, number)
            if not headword.startswith(_ABOUT):
                found.setdefault((start, length), (number, []))[1].append(headword)
    check_sizes((length for _, length in found), data, index)
    return [
        Article(tuple(names), _decoded(data[start : start + length], index, errors=errors), number)
        for (start, length), (number, names) in sorted(found.items())
    ]


def _item(article: Article, source: Source) -> Item:
    names = article.headwords
    words = words_of(article.text, names)
    text = _without_headwords(article.text, names)
    links = tuple(" ".join(link[1].split()) for link in _LINK.finditer(text))
    term = _as_written(article, names)
    aliases = tuple(name for name in names if fold(name) != fold(term))
    return Record(term, words, source, aliases, see_also=links)


def words_of(text: str, names: tuple[str, ...]) -> str:
    """Return the text of an article without its headwords and without the braces of links."""
    return _unwrapped(_LINK.sub(lambda link: link[1], _without_headwords(text, names)))


def _without_headwords(text: str, names: tuple[str, ...]) -> str:
    """Remove the first line if it only repeats headwords."""
    first, _, rest = text.lstrip("\n").partition("\n")
    known = {fold(name) for name in names}
    parts = re.split(r"[;,]| {2,}|/", first)
    is_headline = fold(first) in known or all(fold(part) in known for part in parts if fold(part))
    return rest if is_headline else text


def _as_written(article: Article, names: tuple[str, ...]) -> str:
    """Return the headword above the article, with its capitals, or else the first one."""
    first = article.text.lstrip("\n").partition("\n")[0].strip()
    return first if fold(first) in map(fold, names) else names[0]


def _unwrapped(text: str) -> str:
    """Join the lines of each paragraph, which were wrapped and indented for terminals."""
    paragraphs = re.split(r"\n[ \t]*\n", text)
    joined = (" ".join(_ADDRESS.sub("", p.strip()).split()) for p in paragraphs)
    return "\n\n".join(filter(None, joined)) or " ".join(text.split())


def _text(index: Path) -> bytes:
    compressed, plain = index.with_suffix(".dict.dz"), index.with_suffix(".dict")
    text = compressed if compressed.exists() else plain
    if not text.exists():
        raise ImportFailed(
            f"the text of this index, {plain.name} or {compressed.name}, is not in the same folder",
            index,
        )
    return unpacked(text)


def _record(line: bytes, index: Path, number: int) -> tuple[str, int, int]:
    try:
        headword, start, length, *_ = _decoded(line, index, number).rstrip("\r").split("\t")
        return headword, _number(start), _number(length)
    except (ValueError, KeyError) as error:
        reason = "is not a headword, an offset and a length in base 64, separated by tabs"
        raise ImportFailed(reason, index, number) from error


def _decoded(data: bytes, index: Path, number: int | None = None, errors: str = "strict") -> str:
    try:
        return data.decode("utf-8", errors)
    except UnicodeDecodeError as error:
        raise ImportFailed("is not a dictionary in UTF-8", index, number) from error


def _number(digits: str) -> int:
    if not 0 < len(digits) <= 10:
        raise ValueError
    return reduce(lambda value, digit: value * 64 + _DIGITS[digit], digits, 0)
