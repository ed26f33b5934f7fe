"""Reads `[formats.NAME]` of `semsearch.toml`: formats of trees that a user describes.

The file lies in the folder of the corpus, or in a folder above the file that is read:

    [formats.lexicon]
    root = "lexicon"                   # or `holds`: texts at the beginning of the file
    entries = "//article"
    fields = { term = "head", definition = "sense/gloss", aliases = ["variant", "abbreviation"] }
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

from semsearch.core.errors import ImportFailed
from semsearch.importers.trees.row import CARRIERS, FIELDS, TreeFormat

FILE = "semsearch.toml"
_FOLDERS = 8
"""Folders that are searched: that of the file, and those above it."""
_KEYS = {
    "about": str, "carrier": str, "entries": str, "fields": dict, "holds": list, "parts": str,
    "root": str, "suffixes": list,
}  # fmt: skip


def own_formats(path: Path) -> tuple[TreeFormat, ...]:
    """Return the formats that a user described for a file or a folder.

    Args:
        path: the file or folder that is read.

    Raises:
        ImportFailed: the description is not valid; the message names the key and the way out.
    """
    place = path.resolve()
    for folder in (place, *place.parents)[: _FOLDERS + 1]:
        file = folder / FILE
        if file.is_file():
            return _formats(file, file.stat().st_mtime_ns)
    return ()


@lru_cache(maxsize=8)
def _formats(file: Path, changed: int) -> tuple[TreeFormat, ...]:
    del changed  # only a part of the key
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ImportFailed(
            f"not valid TOML{_place(error)}; check quotes and brackets", file
        ) from error
    given = table.get("formats", {})
    if not isinstance(given, dict):
        raise ImportFailed("`formats` is no table; write [formats.NAME]", file)
    return tuple(_format(name, row, file) for name, row in given.items())


def _place(error: Exception) -> str:
    """Return the place that a parser of TOML names, without its words."""
    found = re.search(r"at line (\d+), column (\d+)", str(error))
    return f" at line {found[1]}, column {found[2]}" if found else ""


def _format(name: str, row: object, file: Path) -> TreeFormat:
    where = f"[formats.{name}]"
    if not isinstance(row, dict):
        raise ImportFailed(f"{where} is no table", file)
    for key, value in row.items():
        if key not in _KEYS:
            raise ImportFailed(f"{where} has no key {key!r}; the keys are {', '.join(_KEYS)}", file)
        if not isinstance(value, _KEYS[key]):
            raise ImportFailed(f"{where}: {key} = {value!r} is no {_KEYS[key].__name__}", file)
    carrier = row.get("carrier", "xml" if "root" in row else "")
    if carrier not in ("", *CARRIERS):
        known = ", ".join(CARRIERS)
        raise ImportFailed(f"{where}: no carrier is called {carrier!r}; there are {known}", file)
    suffixes = tuple(map(str, row.get("suffixes", [CARRIERS[carrier]] if carrier else [])))
    if not suffixes:
        raise ImportFailed(f"{where} needs suffixes, or a carrier: {', '.join(CARRIERS)}", file)
    fields = {key: _paths(value) for key, value in row.get("fields", {}).items()}
    made = TreeFormat(
        name,
        str(row.get("about", f"a format of {FILE}")),
        suffixes,
        str(row.get("entries", ".")),
        fields,
        (row["root"],) if "root" in row else (),
        tuple(map(str, row.get("holds", ()))),
        str(row.get("parts", "")),
        carrier=carrier,
    )
    _check(made, where, file)
    return made


def _paths(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


def _check(row: TreeFormat, where: str, file: Path) -> None:
    unknown = next((name for name in row.fields if name not in FIELDS), None)
    if unknown is not None:
        known = ", ".join(FIELDS)
        raise ImportFailed(f"{where}: {unknown!r} is no field; the fields are {known}", file)
    if "term" not in row.fields or "definition" not in row.fields:
        raise ImportFailed(f"{where} needs a path for `term` and one for `definition`", file)
    from semsearch.importers.trees.paths import InvalidPath, parse_path  # noqa: PLC0415 - lxml

    try:
        for path in (row.entries, row.parts or ".", *sum(row.fields.values(), ())):
            parse_path(path)
    except InvalidPath as error:
        raise ImportFailed(f"{where}: {error}", file) from error
