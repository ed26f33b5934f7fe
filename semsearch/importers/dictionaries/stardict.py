"""Reader of StarDict dictionaries: NAME.ifo (description), .idx (headwords), .dict (articles).

The format is described in StarDict's doc/StarDictFileFormat. The index is a sequence of headwords.
Each ends with a zero byte and is followed by the offset of its article (32 bits, or 64 if
`idxoffsetbits` says so) and its length, highest byte first. An article is a sequence of fields;
`sametypesequence` states their types, or else a letter before each field. Fields of lower-case
types end with a zero byte, fields of upper-case types begin with their length. The optional
NAME.syn is a sequence of further headwords, each with the number of another headword; they become
aliases.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.entries import NO_DETAILS, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.files.compressed import check_sizes, unpacked
from semsearch.importers.files.text_files import read_text
from semsearch.importers.formats.detection import STARDICT
from semsearch.importers.html.to_text import html_words
from semsearch.importers.markdown_writer.from_html import markdown_of_html
from semsearch.importers.records import Item, ReadOptions, Record, with_markdown

_TEXT = frozenset("mlnw")
_MARKUP = frozenset("hgxk")
"""Field types that contain words; the others are sounds, pictures and pronunciations."""
_MAX_FIELDS = 64
_MIN_NAMES = 50_000
"""Names that every dictionary may have."""
_BYTES_A_NAME = 3
"""Fewest bytes of a further name, compressed; in dictionaries it takes 6 and more."""


@dataclass(frozen=True, slots=True)
class _Headword:
    word: str
    start: int
    size: int


def read(path: Path, _: ReadOptions) -> Iterator[Item]:
    """Read a dictionary."""
    about = _about(path)
    articles = unpacked(_companion(path, ".dict.dz", ".dict"))
    headwords = list(_headwords(path, about))
    aliases = _synonyms(path, len(headwords))
    by_place: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, headword in enumerate(headwords):
        by_place[headword.start, headword.size].append(number)
    check_sizes((size for start, size in by_place if start + size <= len(articles)), articles, path)
    for (start, size), numbers in by_place.items():
        source = Source(str(path), numbers[0] + 1)
        first, *more = (headwords[number].word for number in numbers)
        if start + size > len(articles):
            reason = f"{first!r} ends at byte {start + size:,} of a text of {len(articles):,}"
            raise ImportFailed(f"{reason}; fetch the dictionary again", path, source.line)
        names = (*more, *(name for number in numbers for name in aliases.get(number, ())))
        types = about.get("sametypesequence", "")
        fields = list(_texts(articles[start : start + size], types))
        text = "\n\n".join(filter(None, (_words(*one) for one in fields)))
        yield Record(
            first,
            text,
            source,
            names,
            language=about.get("lang", ""),
            details=with_markdown(NO_DETAILS, _markdown(fields)),
        )


def _about(path: Path) -> dict[str, str]:
    first, *lines = read_text(path).split("\n")
    if not first.startswith(STARDICT):
        raise ImportFailed("is not the description of a StarDict dictionary", path, 1)
    parts = (line.partition("=") for line in lines)
    return {name.strip(): value.strip() for name, _, value in parts}


def _companion(path: Path, *suffixes: str) -> Path:
    found = [place for suffix in suffixes if (place := path.with_suffix(suffix)).exists()]
    if not found:
        names = " or ".join(path.with_suffix(suffix).name for suffix in suffixes)
        raise ImportFailed(
            f"{names} is not in the same folder; put the files of a dictionary together", path
        )
    return found[0]


def _headwords(path: Path, about: dict[str, str]) -> Iterator[_Headword]:
    file = _companion(path, ".idx", ".idx.gz", ".idx.dz")
    numbers = struct.Struct(">QI" if about.get("idxoffsetbits") == "64" else ">II")
    for word, (start, size) in _rows(unpacked(file), numbers, file):
        yield _Headword(word, start, size)


def _synonyms(path: Path, count: int) -> dict[int, list[str]]:
    """Return the further names of each headword, by its number."""
    found: dict[int, list[str]] = defaultdict(list)
    for suffix in (".syn", ".syn.dz"):
        file = path.with_suffix(suffix)
        if file.exists():
            for word, (number,) in _rows(unpacked(file), struct.Struct(">I"), file):
                if number >= count:
                    reason = f"{word!r} is another name of headword {number:,} of {count:,}"
                    raise ImportFailed(f"{reason}; fetch the dictionary again", file)
                found[number].append(word)
    return found


def _rows(data: bytes, numbers: struct.Struct, file: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    at = count = 0
    allowed = _MIN_NAMES + file.stat().st_size // _BYTES_A_NAME
    while at < len(data):
        count += 1
        if count > allowed:
            reason = f"has more than {allowed:,} names in {file.stat().st_size:,} bytes"
            raise ImportFailed(f"{reason}; fetch the dictionary again", file)
        end = data.find(b"\0", at)
        if end < 0 or end + 1 + numbers.size > len(data):
            raise ImportFailed(f"is truncated at byte {at:,}; fetch the dictionary again", file)
        yield data[at:end].decode("utf-8", "replace"), numbers.unpack_from(data, end + 1)
        at = end + 1 + numbers.size


def _texts(article: bytes, types: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of an article that are text, each with its type."""
    for kind, field in _fields(article, types):
        if kind in _MARKUP or kind in _TEXT:
            yield kind, field.decode("utf-8", "replace").strip()


def _words(kind: str, text: str) -> str:
    return html_words(text) if kind in _MARKUP else text


def _markdown(fields: list[tuple[str, str]]) -> str:
    """Return the Markdown of an article that is one field of markup."""
    kinds = [kind for kind, _ in fields]
    return markdown_of_html(fields[0][1]) if len(kinds) == 1 and kinds[0] in _MARKUP else ""


def _fields(article: bytes, types: str) -> Iterator[tuple[str, bytes]]:
    at = 0
    for place in range(len(types) or _MAX_FIELDS):
        if at >= len(article):
            return
        kind = types[place : place + 1] or chr(article[at])
        at += not types
        is_last = bool(types) and place == len(types) - 1
        if is_last:
            end = after = len(article)
        elif kind.isupper():
            size = int.from_bytes(article[at : at + 4], "big")
            at += 4
            end = after = at + size
        else:
            found = article.find(b"\0", at)
            end = len(article) if found < 0 else found
            after = end + 1
        yield kind, article[at:end]
        at = after
