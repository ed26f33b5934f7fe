"""Finds the files of each glossary below the paths that a user names.

A file is a glossary named after it. A folder is one glossary, named after it, with all files below
it. If files with several terms lie directly in a folder, it is a corpus instead: each of these
files and each sub-folder is a glossary. Pages (Markdown with front matter) directly in a corpus are
one glossary named after the folder, as are files that form a glossary together (WordNet).
`NAME=PATH` makes everything below PATH one glossary.

A file `NAME.asked.jsonl` beside a file or folder, or below the folder, is none of these: its
phrases go to the glossary that its name or its folder gives (`asked_as_files`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.errors import ImportFailed
from semsearch.importers.asked_as_files import (
    AskedFile,
    is_asked_file,
    name_of,
    phrase_file_of,
    refuse_as_glossary,
)
from semsearch.importers.formats import is_page, is_part, is_wanted, named, reader_for
from semsearch.text.slugs import slug

_ABOUT = ("README", "LICENSE", "LICENCE", "CONTRIBUTING", "CHANGELOG")
"""Files about a glossary; they are not read from folders, in any case, with any suffix."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read, as the user named it or below a named folder."""

    glossary: str
    path: Path


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files of glossaries and the side files of phrases, each once in a glossary."""

    files: list[SourceFile]
    asked: list[AskedFile]


def find_files(paths: Iterable[str | Path], format_: str | None = None) -> FoundFiles:
    """List the files of some paths, in the given order and sorted below a folder.

    Args:
        paths: files, folders, or `NAME=PATH` for either.
        format_: the format of all of them, if the user named one.

    Raises:
        ImportFailed: a path does not exist, a folder has nothing readable, or a glossary would have
            no name.
        UnknownFormat: a file named directly has a suffix that no reader reads.
    """
    files: dict[tuple[str, Path], SourceFile] = {}
    asked: dict[tuple[str, Path], AskedFile] = {}
    for given in paths:
        for file in _files_of(str(given), format_):
            _check_name(file.path)
            key = file.glossary, file.path.resolve()
            if isinstance(file, AskedFile):
                asked.setdefault(key, file)
            else:
                files.setdefault(key, file)
    return FoundFiles(list(files.values()), list(asked.values()))


def _files_of(given: str, format_: str | None) -> Iterator[SourceFile | AskedFile]:
    name, path = _split_name(given)
    found: list[SourceFile | AskedFile] = list(_glossaries(path, name, format_))
    yield from found
    phrases = phrase_file_of(path)
    if phrases is not None:
        yield AskedFile(_glossary_name(_own_name(path, name), path), phrases)


def _own_name(path: Path, name: str | None) -> str:
    """Return the name of the glossary that a file, or a folder as a whole, is."""
    if name is not None:
        return name
    return path.resolve().name if path.is_dir() else path.stem


def _glossaries(
    path: Path, name: str | None, format_: str | None
) -> Iterator[SourceFile | AskedFile]:
    refuse_as_glossary(path)
    if path.is_dir():
        every = sorted(_walk(path, format_))
        files = [file for file in every if not is_asked_file(file)]
        if not files:
            raise ImportFailed("no file in this folder can be read as a glossary", path)
        if name is None and _is_corpus(path, format_) and not _are_pages(format_):
            yield from (_in_corpus(path, file) for file in every)
        else:
            glossary = _glossary_name(_own_name(path, name), path)
            yield from (_file(glossary, file) for file in every)
    elif path.exists():
        reader_for(path, format_)
        yield SourceFile(_glossary_name(_own_name(path, name), path), path)
    else:
        raise ImportFailed("no such file or folder", path)


def _split_name(given: str) -> tuple[str | None, Path]:
    """Split `NAME=PATH`, unless the whole is an existing path or the name has a slash."""
    name, equals, path = given.partition("=")
    if not equals or "/" in name or os.sep in name or Path(given).exists():
        return None, Path(given)
    return name, Path(path)


def _file(glossary: str, path: Path) -> SourceFile | AskedFile:
    return (AskedFile if is_asked_file(path) else SourceFile)(glossary, path)


def _in_corpus(folder: Path, file: Path) -> SourceFile | AskedFile:
    parts = file.relative_to(folder).parts
    if is_asked_file(file):
        return AskedFile(_glossary_name(parts[0] if len(parts) > 1 else name_of(file), file), file)
    is_of_folder = is_page(file) or is_part(file)
    own_name = folder.resolve().name if is_of_folder else file.stem
    name = parts[0] if len(parts) > 1 else own_name
    return SourceFile(_glossary_name(name, file), file)


def _is_corpus(folder: Path, format_: str | None) -> bool:
    return any(
        _is_readable(file, format_) and not is_page(file) and not is_asked_file(file)
        for file in folder.iterdir()
    )


def _are_pages(format_: str | None) -> bool:
    """Return whether the user named a format in which every file is an entry."""
    return format_ is not None and named(format_).is_page


def _walk(folder: Path, format_: str | None) -> Iterator[Path]:
    """Yield the readable files below a folder; symbolic links to folders are not followed."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (file for name in names if _is_readable(file := Path(place, name), format_))


def _is_readable(file: Path, format_: str | None) -> bool:
    if file.name.startswith(".") or not file.is_file():
        return False
    # `LICENSE-MIT.txt` is about the glossary; `license-compliance.md` may be a term
    if file.name.split(".")[0].upper() in _ABOUT or file.name.startswith(_ABOUT):
        return False
    return is_asked_file(file) or is_wanted(file, format_)


def _check_name(path: Path) -> None:
    """Refuse a file name that is not UTF-8; entries state their file."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        raise ImportFailed("the name of this file is not UTF-8; rename it", ascii(path)) from None


def _glossary_name(name: str, path: Path) -> str:
    glossary = slug(name)
    if not glossary:
        raise ImportFailed("no name for this glossary; give it as NAME=PATH", path)
    return glossary
