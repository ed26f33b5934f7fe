"""Reader of JSON, JSON Lines and YAML: objects with the same fields as the columns of a table.

A file is a list of objects, an object with such lists under common keys, also inside of others as
APIs wrap them, or an object that maps terms to definitions or objects. Other lists and mappings
beside such lists are named in a note. Instead of a definition an object may have a block for each
language (`en`, `pt-BR`), and each becomes an entry. Numbers become text, NaN is accepted, and the
last of equal keys wins, as in other JSON readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import repeat
from pathlib import Path
from typing import Any

from semsearch.core.entries import Note, Refusal, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.fields import map_fields, shorten
from semsearch.importers.files.text_files import read_text
from semsearch.importers.records import ReadOptions, Record
from semsearch.importers.trees.json_values import Lined, LinedList, decoded, parse_json

LIST_KEYS = (
    *("entries", "terms", "glossary", "items", "data", "definitions", "hasDefinedTerm"),
    *("acronyms", "abbreviations"),
)
"""Keys under which an object may have lists of entries, in order of preference."""

_WRAPPERS = frozenset({"attributes", "fields", "properties", "node", "_source"})
"""Keys under which JSON:API, Airtable, Notion, GraphQL and Elasticsearch have the fields of one."""
_TEXT_KEY = "rendered"
_SEARCHED = 20
"""Members of a list that are searched for an entry."""
MAX_BLOCKS = 200
"""Most blocks of languages of an object, since each becomes an entry with the other members."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")


def read(path: Path, options: ReadOptions, syntax: str) -> Iterator[Record | Refusal | Note]:
    """Read a file of JSON, JSON Lines or YAML (`json`, `jsonl`, `yaml`).

    Raises:
        ImportFailed: it is not valid, or neither a list nor an object.
    """
    text = read_text(path)
    if syntax == "jsonl":
        yield from records_of_lines(text, str(path), options)
    elif syntax == "json":
        yield from _records(parse_json(text, path), path, options)
    else:
        from semsearch.importers.trees.syntaxes import parse_yaml  # noqa: PLC0415 - PyYAML

        yield from _records(parse_yaml(text, path), path, options)


def records_of_lines(text: str, name: str, options: ReadOptions) -> Iterator[Record | Refusal]:
    """Read JSON Lines, an object a line; `name` is that of the source, for messages."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        source = Source(name, number)
        try:
            value = decoded(line, name, number)
        except ImportFailed as error:
            yield Refusal(source, error.reason)
        else:
            yield from _records_of(value, source, options)


def _records(value: object, path: Path, options: ReadOptions) -> Iterator[Record | Refusal | Note]:
    if not isinstance(value, list | Lined):
        raise ImportFailed("a list or an object of entries is expected", path, 1)
    around: list[list[Any] | Lined] = [*_unwrapped(value, options)] or [value]
    for one in around:
        held = _lists(one, options) if isinstance(one, Lined) else {}
        yield from _records_in(held, one, path, options)


def _records_in(
    held: Mapping[str, list[Any] | Lined],
    around: list[Any] | Lined,
    path: Path,
    options: ReadOptions,
) -> Iterator[Record | Refusal | Note]:
    for members in held.values() or [around]:
        for language, key, one, line in _members(members, options):
            known = one if key is None else _keyed(key, one)
            if language and isinstance(known, dict):
                known = {"language": language} | known
            yield from _records_of(known, Source(str(path), line), options)
    if held and isinstance(around, Lined):
        yield from _beside(around, held, path)


def _unwrapped(value: object, options: ReadOptions, depth: int = 4) -> list[Lined]:
    """Return the objects that have lists of entries, also inside of others.

    Of `{"data": {"items": [...]}}` it is the inner one. Entries and mappings of terms are not
    searched.
    """
    if not isinstance(value, Lined) or not depth or _is_defined(value, options):
        return []
    if any(_is_list_of_entries(one, options) for one in value.values()):
        return [value]
    inner = [one for one in value.values() if isinstance(one, Lined)]
    if any(_is_defined(one, options) for one in inner):
        return []
    return [found for one in inner for found in _unwrapped(one, options, depth - 1)]


def _is_list_of_entries(value: object, options: ReadOptions) -> bool:
    return isinstance(value, list) and any(_is_entry(one, options) for one in value[:_SEARCHED])


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
    if not first:  # such as a list for each letter
        return {k: v for k, v in value.items() if _is_list_of_entries(v, options)}
    more = (key for key in others if any(_is_entry(one, options) for one in value[key]))
    return {key: value[key] for key in (first, *more) if key}


def _is_entry(value: object, options: ReadOptions) -> bool:
    """Return whether a value is an object with a term and a definition."""
    if not isinstance(value, Mapping):
        return False
    return not map_fields(list(_flat(value, options)), options.columns).missing()


def _flat(value: Mapping[str, object], options: ReadOptions) -> Mapping[str, object]:
    """Return an object with the fields of an entry that it wraps, as JSON:API does in `attributes`.

    A text in an object of its own is that text: `{"title": {"rendered": "Leaven"}}` of WordPress.
    """
    texts = {
        key: one[_TEXT_KEY]
        for key, one in value.items()
        if isinstance(one, Mapping) and isinstance(one.get(_TEXT_KEY), str)
    }
    if texts:
        value = {**value, **texts}
    for key in _WRAPPERS & value.keys():
        one = value[key]
        is_own = not map_fields(list(value), options.columns).missing()
        if isinstance(one, Mapping) and not is_own and _is_entry(one, options):
            return {**{k: v for k, v in value.items() if k != key}, **one}
    return value


def _members(
    value: list[Any] | Lined, options: ReadOptions
) -> Iterator[tuple[str, str | None, object, int]]:
    """Yield the members: language of the block around it, key, value and line."""
    if isinstance(value, list):
        lines = value.lines if isinstance(value, LinedList) else repeat(1)
        members = zip(value, lines, strict=False)
        for one, line in members:
            key = _only_key(one, options)
            known = one if key is None else one[key]
            yield "", key, known, getattr(one, "line", line)
        return
    if not map_fields(list(value), options.columns).missing():
        yield "", None, value, value.line
        return
    is_languages = all(
        _LANGUAGE.fullmatch(key) and isinstance(one, list | Lined) and not _is_defined(one, options)
        for key, one in value.items()
    )
    is_letters = all(
        len(key) == 1
        and isinstance(one, Lined)
        and not (_is_defined(one, options) or _languages(one, options))
        for key, one in value.items()
    )
    is_dictionary = value.get("") == ""  # as pyglossary ends it
    for key, one in value.items():
        if is_letters:
            yield from _members(one, options)
        elif is_languages:
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


def _only_key(value: Any, options: ReadOptions) -> str | None:  # noqa: ANN401 - of JSON
    """Return the term of `{"Leaven": "Dough."}` in a list; None if the key names a field."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return None
    [(key, one)] = value.items()
    is_field = any(map_fields([key], options.columns).columns.values())
    is_own = isinstance(one, str) or _is_defined(one, options)
    return key if is_own and not is_field else None


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
    if len(blocks) > MAX_BLOCKS:
        reason = f"{len(blocks):,} languages; an entry has at most {MAX_BLOCKS}, so divide it"
        yield Refusal(source, reason)
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
    flat = _flat(value, options)
    found = map_fields(list(flat), options.columns).record(flat, source)
    return Refusal(source, found) if isinstance(found, str) else found
