"""Reads `[formats.NAME]` of `semsearch.toml`: formats of trees that a user describes.

The file lies in the folder of the corpus, or in a folder above the file that is read:

    [formats.lexicon]
    root = "lexicon"                   # or `holds`: texts at the beginning of the file
    entries = "//article"
    fields = { term = "head", definition = "sense/gloss", aliases = ["variant", "abbreviation"] }
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from semsearch.core.errors import ImportFailed
from semsearch.importers.corpus_file import FILE, check_table, corpus_file
from semsearch.importers.trees.tree_format import FIELDS, SYNTAXES, TreeFormat

_KEYS = {
    "about": str, "carrier": str, "entries": str, "fields": dict, "holds": list, "parts": str,
    "root": str, "suffixes": list,
}  # fmt: skip


def user_formats(path: Path) -> tuple[TreeFormat, ...]:
    """Return the formats that a user described for a file or a folder.

    Raises:
        ImportFailed: the description is not valid; the message names the key and the way out.
    """
    stated = corpus_file(path)
    if stated.file is None or not stated.formats:
        return ()
    return _formats(stated.file, stated.file.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _formats(file: Path, changed: int) -> tuple[TreeFormat, ...]:
    del changed  # only a part of the key
    return tuple(_format(name, row, file) for name, row in corpus_file(file).formats.items())


def _format(name: str, table: object, file: Path) -> TreeFormat:
    where = f"[formats.{name}]"
    row = check_table(table, _KEYS, f"{where} ", file)
    syntax = row.get("carrier", "xml" if "root" in row else "")
    if syntax not in ("", *SYNTAXES):
        known = ", ".join(SYNTAXES)
        raise ImportFailed(f"{where}: no carrier is called {syntax!r}; there are {known}", file)
    suffixes = tuple(map(str, row.get("suffixes", [SYNTAXES[syntax]] if syntax else [])))
    if not suffixes:
        raise ImportFailed(f"{where} needs suffixes, or a carrier: {', '.join(SYNTAXES)}", file)
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
        syntax=syntax,
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
