"""Reader of JSON and JSON Lines: objects with the same fields as the columns of a table.

A .json file is a list of objects, an object with such a list under a common key, or an object that
maps terms to definitions or objects. Members are decoded one by one, so that every record has its
line. Numbers become text, NaN is accepted, and the last of equal keys wins, as in other JSON
readers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from json.decoder import JSONDecodeError
from pathlib import Path
from typing import Any

from semsearch.core.entries import Refusal, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.fields import chosen_columns, map_fields
from semsearch.importers.parse_errors import json_reason
from semsearch.importers.records import ReadOptions, Record
from semsearch.importers.text_files import read_text

LIST_KEYS = ("entries", "terms", "glossary", "items", "data", "definitions", "hasDefinedTerm")
"""Keys under which an object may have its list of entries, in order of preference."""

# numbers become text: no integer is too long, and a term may be 404
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_SPACE = re.compile(r"[ \t\n]*")


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of a list (no key) or of an object, with the offsets of it and of its value."""

    key: str | None
    value: Any
    start: int
    value_start: int


_Members = Generator[_Member, None, int]
"""Yield members in order; return the offset after the closing bracket."""


def read(path: Path, options: ReadOptions) -> Iterator[Record | Refusal]:
    """Read a JSON file.

    Args:
        path: the file.
        options: which keys hold which of our fields.

    Yields:
        Record | Refusal: a record for each object with term and definition, a refusal for each
        other member.

    Raises:
        ImportFailed: the file is not JSON, or neither a list nor an object.
    """
    chosen_columns(options.columns, path)
    text = read_text(path)
    try:
        yield from _records(text, path, options)
    except JSONDecodeError as error:
        reason = json_reason(error)
        raise ImportFailed(reason, path, error.lineno) from error
    except RecursionError as error:
        raise ImportFailed("nested too deeply to be a glossary", path) from error


def read_lines(path: Path, options: ReadOptions) -> Iterator[Record | Refusal]:
    """Read JSON Lines: one object per line, without blank lines.

    Args:
        path: the file.
        options: which keys hold which of our fields.

    Yields:
        Record | Refusal: a record for each line with term and definition, a refusal for each other
        line.
    """
    chosen_columns(options.columns, path)
    yield from records_of_lines(read_text(path), str(path), options)


def records_of_lines(text: str, name: str, options: ReadOptions) -> Iterator[Record | Refusal]:
    """Read JSON Lines from a text; see `read_lines`.

    Args:
        text: the lines.
        name: of the source, for messages.
        options: which keys hold which of our fields.

    Yields:
        Record | Refusal: as for a file.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        source = Source(name, number)
        try:
            value = _DECODER.decode(line)
        except JSONDecodeError as error:
            yield Refusal(source, json_reason(error))
        except RecursionError:
            yield Refusal(source, "nested too deeply to be an entry")
        else:
            yield _record(value, source, options)


def _records(text: str, path: Path, options: ReadOptions) -> Iterator[Record | Refusal]:
    start = _skip(text, 0)
    if text[start : start + 1] not in ("[", "{"):
        raise JSONDecodeError("a list or an object of entries is expected", text, start)
    members = _entry_members(text, start)
    line, counted = 1, 0
    for member in members:
        line += text.count("\n", counted, member.start)
        counted = member.start
        value = member.value if member.key is None else _keyed(member)
        yield _record(value, Source(str(path), line), options)


def _entry_members(text: str, start: int) -> Iterator[_Member]:
    """Yield the members that should be entries: of the list, or of the list in the object."""
    members = _members(text, start)
    if text[start] == "[":
        return _whole(text, members)
    held = list(_whole(text, members))
    by_key = {member.key: member for member in held if _holds_entries(member.value)}
    wrapped = next((by_key[key] for key in LIST_KEYS if key in by_key), None)
    return iter(held) if wrapped is None else _members(text, wrapped.value_start)


def _holds_entries(value: object) -> bool:
    """Return whether a value under a common key is a collection and not itself an entry."""
    if isinstance(value, dict):
        return not map_fields(list(value), {}).columns["definition"]
    return isinstance(value, list)


def _whole(text: str, members: _Members) -> Iterator[_Member]:
    """Yield the members of the outermost value, and refuse anything after it."""
    end = yield from members
    if _skip(text, end) != len(text):
        raise JSONDecodeError("something follows the end", text, _skip(text, end))


def _members(text: str, start: int) -> _Members:
    """Yield the members of the list or object at an offset; return the offset of its end."""
    is_object = text[start] == "{"
    close = "}" if is_object else "]"
    position = _skip(text, start + 1)
    if text.startswith(close, position):
        return position + 1
    while True:
        member_start = position
        key = None
        if is_object:
            if not text.startswith('"', position):
                raise JSONDecodeError("a key in double quotes is expected", text, position)
            key, position = _DECODER.raw_decode(text, position)
            position = _skip(text, _expect(text, position, ":"))
        value, end = _DECODER.raw_decode(text, position)
        yield _Member(key, value, member_start, position)
        position = _skip(text, end)
        if text.startswith(close, position):
            return position + 1
        position = _skip(text, _expect(text, position, ","))


def _expect(text: str, position: int, sign: str) -> int:
    position = _skip(text, position)
    if not text.startswith(sign, position):
        raise JSONDecodeError(f"{sign!r} is expected", text, position)
    return position + 1


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _keyed(member: _Member) -> dict[Any, Any]:
    """Return `{"term": ..., "definition": ...}` for a member of an object of terms."""
    if isinstance(member.value, dict):
        return {"term": member.key} | member.value
    return {"term": member.key, "definition": member.value}


def _record(value: object, source: Source, options: ReadOptions) -> Record | Refusal:
    if not isinstance(value, Mapping):
        return Refusal(source, "not an object with a term and a definition")
    found = map_fields(list(value), options.columns).record(value, source)
    return Refusal(source, found) if isinstance(found, str) else found
