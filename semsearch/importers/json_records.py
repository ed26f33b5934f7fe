"""Reader of JSON, JSON Lines and YAML: objects with the same fields as the columns of a table.

A file is a list of objects, an object with such lists under common keys, or an object that maps
terms to definitions or objects. Other lists and mappings beside such lists are named in a note. Instead of a definition an object may have a block for each
language (`en`, `pt-BR`), and each becomes an entry. Numbers become text, NaN is accepted, and the
last of equal keys wins, as in other JSON readers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import repeat
from json.decoder import JSONDecodeError
from pathlib import Path
from typing import Any

from semsearch.core.entries import Note, Refusal, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.fields import chosen_columns, map_fields, shorten
from semsearch.importers.parse_errors import json_reason
from semsearch.importers.records import ReadOptions, Record
from semsearch.importers.text_files import read_text
from semsearch.importers.trees.json_values import Lined, LinedList, parse_json

LIST_KEYS = (
    *("entries", "terms", "glossary", "items", "data", "definitions", "hasDefinedTerm"),
    *("acronyms", "abbreviations"),
)
"""Keys under which an object may have lists of entries, in order of preference."""

# numbers become text: no integer is too long, and a term may be 404
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")


def read(path: Path, options: ReadOptions) -> Iterator[Record | Refusal | Note]:
    """Read a JSON file.

    Args:
        path: the file.
        options: which keys hold which of our fields.

    Yields:
        Record | Refusal | Note: a record for each object with term and definition, a refusal for
        each other member, a note on lists that are not read.

    Raises:
        ImportFailed: the file is not JSON, or neither a list nor an object.
    """
    yield from _records(parse_json(read_text(path), path), path, options)


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
            yield from _records_of(value, source, options)


def read_yaml(path: Path, options: ReadOptions) -> Iterator[Record | Refusal | Note]:
    """Read a YAML file, which has the shapes of a JSON file.

    Args:
        path: the file.
        options: which keys hold which of our fields.

    Yields:
        Record | Refusal | Note: as for JSON.

    Raises:
        ImportFailed: the file is not YAML, or neither a list nor a mapping.
    """
    from semsearch.importers.trees.carriers import parse_yaml  # noqa: PLC0415 - PyYAML

    yield from _records(parse_yaml(read_text(path), path), path, options)


def _records(value: object, path: Path, options: ReadOptions) -> Iterator[Record | Refusal | Note]:
    chosen_columns(options.columns, path)
    if not isinstance(value, list | Lined):
        raise ImportFailed("a list or an object of entries is expected", path, 1)
    held = _lists(value, options) if isinstance(value, Lined) else {}
    for members in held.values() or [value]:
        for language, key, one, line in _members(members, options):
            known = one if key is None else _keyed(key, one)
            if language and isinstance(known, dict):
                known = {"language": language} | known
            yield from _records_of(known, Source(str(path), line), options)
    if held and isinstance(value, Lined):
        yield from _beside(value, held, path)


def _beside(value: Lined, held: Mapping[str, object], path: Path) -> Iterator[Note]:
    """Yield a note on the lists and mappings of an object beside those that are read."""
    unread = [k for k, v in value.items() if v and isinstance(v, list | dict) and k not in held]
    if unread:
        shown = ", ".join(shorten(repr(key)) for key in unread)
        text = f"beside the list {next(iter(held))!r}, so not read: {shown}"
        yield Note(Source(str(path), value.lines.get(unread[0], value.line)), text)


def _lists(value: Lined, options: ReadOptions) -> dict[str, list[Any] | Lined]:
    """Return the first of the usual lists of an object, and those others that hold an entry."""
    first, *others = [key for key in LIST_KEYS if _holds_entries(value.get(key))] or [""]
    more = (key for key in others if any(_is_entry(one, options) for one in value[key]))
    return {key: value[key] for key in (first, *more) if key}


def _is_entry(value: object, options: ReadOptions) -> bool:
    """Return whether a value is an object with a term and a definition."""
    if not isinstance(value, Mapping):
        return False
    return not map_fields(list(value), options.columns).missing()


def _members(
    value: list[Any] | Lined, options: ReadOptions
) -> Iterator[tuple[str, str | None, object, int]]:
    """Yield the members: language of the block around it, key, value and line."""
    if isinstance(value, list):
        lines = value.lines if isinstance(value, LinedList) else repeat(1)
        members = zip(value, lines, strict=False)
        yield from (("", None, one, getattr(one, "line", line)) for one, line in members)
        return
    if not map_fields(list(value), options.columns).missing():
        yield "", None, value, value.line
        return
    is_languages = all(
        _LANGUAGE.fullmatch(key) and isinstance(one, list | Lined) and not _is_defined(one, options)
        for key, one in value.items()
    )
    is_dictionary = value.get("") == ""  # as pyglossary ends it
    for key, one in value.items():
        if is_languages:
            yield from ((key, *rest[1:]) for rest in _members(one, options))
        elif is_dictionary and key and not key.startswith("#"):
            names = key.split("|")
            yield (
                "",
                names[0],
                {"aliases": names[1:], "definition": one},
                value.lines.get(key, value.line),
            )
        elif not is_dictionary:
            yield "", key, one, value.lines.get(key, value.line)


def _holds_entries(value: object) -> bool:
    """Return whether a value under a common key is a collection and not itself an entry."""
    if isinstance(value, dict):
        return not map_fields(list(value), {}).columns["definition"]
    return isinstance(value, list)


def _keyed(key: str, value: object) -> dict[str, object]:
    """Return `{"term": ..., "definition": ...}` for a member of an object of terms."""
    if isinstance(value, dict):
        return {"term": key, **value}
    return {"term": key, "definition": value}


def _records_of(value: object, source: Source, options: ReadOptions) -> Iterator[Record | Refusal]:
    """Yield the record of an object, or one for each block of a language."""
    blocks = _languages(value, options) if isinstance(value, Mapping) else {}
    if not blocks or not isinstance(value, Mapping):
        yield _record(value, source, options)
        return
    shared = {name: one for name, one in value.items() if name not in blocks}
    for language, block in blocks.items():
        stated = block if isinstance(block, Mapping) else {"definition": block}
        place = Source(source.file, getattr(block, "line", source.line))
        made = _record({**shared, "language": language, **stated}, place, options)
        is_first = language == next(iter(blocks))
        if isinstance(made, Record) and made.id and not is_first:
            made = replace(made, id=None, key=made.id, hint=f"{made.id}-{language}")
        yield made


def _languages(value: Mapping[str, object], options: ReadOptions) -> dict[str, object]:
    """Return the blocks of languages of an object without a definition of its own."""
    fields = map_fields(list(value), options.columns).columns
    if fields["definition"]:
        return {}
    tagged = {k: v for k, v in value.items() if _LANGUAGE.fullmatch(k) and k not in fields["id"]}
    blocks = {k: v for k, v in tagged.items() if _is_defined(v, options)}
    is_texts = len(tagged) > 1 and all(isinstance(one, str) for one in tagged.values())
    is_all = len(tagged) == len(value) - len(fields["term"]) - len(fields["id"])
    return {**(tagged if is_texts and is_all else blocks)}


def _is_defined(value: object, options: ReadOptions) -> bool:
    """Return whether a value is an object with a definition."""
    if not isinstance(value, Mapping):
        return False
    return bool(map_fields(list(value), options.columns).columns["definition"])


def _record(value: object, source: Source, options: ReadOptions) -> Record | Refusal:
    if not isinstance(value, Mapping):
        return Refusal(source, "not an object with a term and a definition")
    found = map_fields(list(value), options.columns).record(value, source)
    return Refusal(source, found) if isinstance(found, str) else found
