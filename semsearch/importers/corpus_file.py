"""Reads `semsearch.toml`, with which the owner of a corpus says how it is read and shown.

The file lies in the folder of the corpus or in a folder above the file that is read. Keys are
strict: an unknown one is refused. docs/corpus-file.md describes them; `[formats.NAME]` is read by
`user_formats.py`, `[colours]` by `site_colours.py`.
"""

from __future__ import annotations

import base64
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from semsearch.core.errors import ImportFailed
from semsearch.core.near_names import near_or_known
from semsearch.core.presentation import GlossaryText, Presentation
from semsearch.importers.column_names import SYNONYMS
from semsearch.importers.fields import field_and_column, shorten
from semsearch.importers.files.text_files import first_bytes, nested_too_deeply
from semsearch.importers.site_colours import KEYS, accents

FILE = "semsearch.toml"
MAX_CHARS = 1_000
"""Longest text."""
MAX_LOGO_BYTES = 64 * 1024
MAX_FILE_BYTES = 256 * 1024
_NESTED = re.compile(r"(?:[\w\"'-]{1,200}[ \t]*\.[ \t]*){32}")
"""A key of more tables in tables than the parser should follow; its time is quadratic in them."""
_FOLDERS = 8
"""Folders that are searched: that of the file, and those above it."""
_TEXTS = tuple(one.name for one in fields(GlossaryText))
_KEYS: dict[str, type] = {
    **dict.fromkeys((*_TEXTS, "source_url", "default_glossary", "format", "logo"), str),
    **dict.fromkeys(("columns", "colours", "glossaries", "formats"), dict),
}
_KINDS: dict[type, str] = {str: "a text", dict: "a table", list: "a list"}
_ADDRESSES = ("licence_url", "home_page", "source_url")
_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\]+\Z", re.IGNORECASE)
_IMAGES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
}
"""First bytes of the images that may be a logo; SVG may have scripts, so it is none of them."""


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """The content of `semsearch.toml`: how files are read, and how entries are shown.

    `formats` are the tables of `[formats.NAME]`, not yet checked. `file` is None if there is none.
    """

    file: Path | None = None
    presentation: Presentation = field(default_factory=Presentation)
    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, Any] = field(default_factory=dict)
    logo: str = ""
    """Name of the image, which `presentation` has."""

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folder of the file, if there is one."""
        return (self.file.parent,) if self.file else ()


def corpus_file(path: Path) -> CorpusFile:
    """Return what the owner of a file or a folder says; nothing if there is no `semsearch.toml`.

    Raises:
        ImportFailed: it is not valid; the message names the key and the way out.
    """
    place = path.resolve()
    for folder in (place, *place.parents)[: _FOLDERS + 1]:
        file = folder / FILE
        if os.path.lexists(file):
            if not file.is_file():
                raise ImportFailed(
                    "is not a regular file, or a link that leads nowhere; remove it", file
                )
            return _with_logo(_read(file, file.stat().st_mtime_ns), file)
    return CorpusFile()


def presentation_of(
    files: Iterable[CorpusFile], glossaries: Mapping[str, Iterable[CorpusFile]]
) -> Presentation:
    """Return how an index of several corpora is shown: as the first file says.

    Of glossaries every file may say something; the nearest one of a glossary wins.

    Args:
        files: of the paths in their order, then those of sub-folders.
        glossaries: the names that exist, each with the nearest file of each of its files.

    Raises:
        ImportFailed: a file names a glossary that does not exist.
    """
    stated = {one.file: one for one in files if one.file}
    texts: dict[str, GlossaryText] = {}
    for file, one in reversed(stated.items()):
        own = one.presentation
        for name in (*own.glossaries, own.default_glossary):
            if name and name not in glossaries:
                reason = f"there is no glossary {name!r}{near_or_known(name, glossaries)}"
                raise ImportFailed(reason, file)
        texts |= own.glossaries
    for name, nearest in glossaries.items():
        said = (one.presentation.glossaries.get(name) for one in nearest)
        if text := next(filter(None, said), None):
            texts[name] = text
    first = next(iter(stated.values()), CorpusFile())
    return replace(first.presentation, glossaries=texts)


@lru_cache(maxsize=8)
def _read(file: Path, changed: int) -> CorpusFile:
    del changed  # only a part of the key
    content = first_bytes(file, MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise ImportFailed(f"has more than {MAX_FILE_BYTES // 1024} kB; shorten it", file)
    try:
        text = content.decode()
        if _NESTED.search(text):
            raise nested_too_deeply(file)
        table = tomllib.loads(text)
    except RecursionError as error:
        raise nested_too_deeply(file) from error
    except ValueError as error:  # or a number of thousands of digits
        raise ImportFailed(
            f"not valid TOML{_place(error)}; check quotes and brackets", file
        ) from error
    check_table(table, _KEYS, "", file)
    columns = table.get("columns", {})
    check_table(columns, dict.fromkeys(columns, str), "[columns] ", file)
    for key, value in columns.items():
        name, _ = field_and_column(key, value)
        if name not in SYNONYMS:
            near = near_or_known(name, SYNONYMS)
            raise ImportFailed(f"[columns] {key}: there is no field {name!r}{near}", file)
    colours = check_table(table.get("colours", {}), KEYS, "[colours] ", file)
    accent, accent_dark = accents(colours, file)
    texts = {
        name: GlossaryText(
            **check_table(text, dict.fromkeys(_TEXTS, str), f"[glossaries.{name}] ", file)
        )
        for name, text in table.get("glossaries", {}).items()
    }
    return CorpusFile(
        file,
        Presentation(
            **{
                key: table[key]
                for key in (*_TEXTS, "source_url", "default_glossary")
                if key in table
            },
            accent=accent,
            accent_dark=accent_dark,
            glossaries=texts,
        ),
        table.get("format"),
        columns,
        table.get("formats", {}),
        table.get("logo", ""),
    )


def _place(error: Exception) -> str:
    """Return the place that a parser of TOML names, without its words."""
    found = re.search(r"at line (\d+), column (\d+)", str(error))
    return f" at line {found[1]}, column {found[2]}" if found else ""


def check_table(table: object, keys: Mapping[str, type], where: str, file: Path) -> dict[str, Any]:
    """Return a table whose keys are known and have values of the right type.

    Texts have 1 to `MAX_CHARS` characters, and addresses are checked by `check_address`.

    Args:
        table: as TOML has it.
        keys: the known keys, each with the type of its value: `str`, `dict` or `list`.
        where: name of the table for messages, `[NAME] ` with a blank; empty for the whole file.
        file: which has the table.

    Raises:
        ImportFailed: it is no table, or a key or a value is wrong.
    """
    if not isinstance(table, dict):
        raise ImportFailed(f"{where}is {shorten(repr(table))}, not a table", file)
    for key, value in table.items():
        if key not in keys:
            raise ImportFailed(f"{where}there is no key {key!r}{near_or_known(key, keys)}", file)
        if not isinstance(value, keys[key]):
            raise ImportFailed(
                f"{where}{key} is {shorten(repr(value))}, not {_KINDS[keys[key]]}", file
            )
        if isinstance(value, str) and not 0 < len(value.strip()) <= MAX_CHARS:
            raise ImportFailed(f"{where}{key} has 1 to {MAX_CHARS:,} characters", file)
        if key in _ADDRESSES:
            check_address(key, str(value), file, where)
    return table


def check_address(key: str, value: str, file: str | Path, where: str = "") -> None:
    """Refuse what is no address of the web; `{file}` and `{line}` may stand in `source_url`.

    Raises:
        ImportFailed: it is none.
    """
    if not _ADDRESS.match(value):
        raise ImportFailed(f"{where}{key} is {value!r}; write an address with http(s)://", file)
    if key == "source_url" and "{file}" not in value:
        raise ImportFailed(f"{where}{key} is {value!r}; write {{file}} where the path stands", file)


def _with_logo(stated: CorpusFile, file: Path) -> CorpusFile:
    """Read the image, which may be replaced while the file stays as it is."""
    if not stated.logo:
        return stated
    try:
        path = (file.parent / stated.logo).resolve()
    except (OSError, RuntimeError, ValueError):  # links in a circle, or a NUL character
        raise ImportFailed(f"logo is {stated.logo!r}, which is no path of a file", file) from None
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        changed = 0
    logo, logo_type = _logo(file, stated.logo, path, changed)
    shown = replace(stated.presentation, logo=logo, logo_type=logo_type)
    return replace(stated, presentation=shown)


@lru_cache(maxsize=8)
def _logo(file: Path, name: str, path: Path, changed: int) -> tuple[str, str]:
    """Return an image beside the file in Base64, and its media type."""
    del changed  # only a part of the key
    if not path.is_relative_to(file.parent.resolve()):
        raise ImportFailed(f"logo is {name!r}, which leads out of this folder", file)
    try:
        content = first_bytes(path, MAX_LOGO_BYTES + 1)
    except ImportFailed:
        raise ImportFailed(f"logo is {name!r}, which cannot be read", file) from None
    kind = next((kind for begin, kind in _IMAGES.items() if content.startswith(begin)), "")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "image/webp"
    if not kind:
        raise ImportFailed(f"logo is {name!r}; take a PNG, JPEG, GIF or WebP image", file)
    if len(content) > MAX_LOGO_BYTES:
        size = MAX_LOGO_BYTES // 1024
        raise ImportFailed(f"logo is {name!r}, which has more than {size} kB; scale it down", file)
    return base64.b64encode(content).decode(), kind
