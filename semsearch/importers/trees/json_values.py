"""Parses JSON so that each object knows its line; numbers become texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from json.decoder import JSONDecodeError
from pathlib import Path
from typing import Any

from semsearch.core.errors import ImportFailed
from semsearch.importers.files.text_files import nested_too_deeply
from semsearch.importers.parse_errors import json_reason

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"(\s*:)?|\Z)|[{}\n]', re.DOTALL)
_GAP = re.compile(r"[\s,]*")
# numbers become texts: no integer is too long, and a term may be 404
_TEXTS: dict[str, Any] = dict.fromkeys(("parse_int", "parse_float", "parse_constant"), str)
_DECODER = json.JSONDecoder(**_TEXTS)


class Lined(dict[str, Any]):
    """An object of JSON or a mapping of YAML that knows its line, and those of its keys."""

    line = 1
    lines: Mapping[str, int] = {}


class LinedList(list[Any]):
    """A list that knows the lines of its members."""

    lines: Sequence[int] = ()


def parse_json(text: str, path: Path, first_line: int = 1) -> object:
    """Parse JSON, which begins on a line of a file.

    Raises:
        ImportFailed: it is not JSON, or nested too deeply.
    """
    lines = _lines_of_objects(text, first_line)

    def lined(pairs: list[tuple[str, Any]]) -> Lined:
        made = Lined(pairs)
        made.line, keys = next(lines, (first_line, []))
        made.lines = dict(zip((key for key, _ in pairs), keys, strict=False))
        return made

    value = decoded(text, path, first_line, json.JSONDecoder(object_pairs_hook=lined, **_TEXTS))
    if isinstance(value, list) and not all(isinstance(one, Lined) for one in value):
        value = LinedList(value)
        value.lines = list(_lines_of_members(text))
    return value


def decoded(
    text: str, path: str | Path, first_line: int = 1, decoder: json.JSONDecoder = _DECODER
) -> object:
    """Parse JSON without the lines of its objects; see `parse_json`."""
    try:
        return decoder.decode(text)
    except JSONDecodeError as error:
        line = first_line + error.lineno - 1
        raise ImportFailed(json_reason(error), path, line) from error
    except RecursionError as error:
        raise nested_too_deeply(path) from error


def _lines_of_members(text: str) -> Iterator[int]:
    """Yield the line of each member of the outermost list."""
    line, counted, at = 1, 0, text.index("[") + 1
    while (start := _GAP.match(text, at)) and text[start.end()] != "]":
        at = start.end()
        line += text.count("\n", counted, at)
        counted = at
        yield line
        _, at = _DECODER.raw_decode(text, at)


def _lines_of_objects(text: str, line: int) -> Iterator[tuple[int, list[int]]]:
    """Yield the line of each object and of its keys, in the order in which the objects end."""
    begun: list[tuple[int, list[int]]] = []
    for token in _TOKEN.finditer(text):
        if token[0] == "\n":
            line += 1
        elif token[0] == "{":
            begun.append((line, []))
        elif token[0] == "}" and begun:
            yield begun.pop()
        elif token[1] and begun:
            begun[-1][1].append(line)
            line += token[1].count("\n")
