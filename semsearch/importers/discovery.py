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

from semsearch.core.entries import UnreadFile
from semsearch.core.errors import ImportFailed
from semsearch.importers.asked_as_files import (
    AskedFile,
    is_asked_file,
    name_of,
    phrase_file_of,
    refuse_as_glossary,
)
from semsearch.importers.formats import is_page, is_part, is_wanted, named, reader_for
from semsearch.importers.unread import is_empty, is_glossary_candidate, reason_unread
from semsearch.text.slugs import slug


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read, as the user named it, or `is_found` below a named folder."""

    glossary: str
    path: Path
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files of glossaries and the side files of phrases, each once in a glossary.

    `unread` are the other files of the named folders, except those that no glossary would be in.
    """

    files: list[SourceFile]
    asked: list[AskedFile]
    unread: list[UnreadFile]


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
    unread: dict[str, UnreadFile] = {}
    for given in paths:
        for file in _files_of(str(given), format_):
            if isinstance(file, UnreadFile):
                unread.setdefault(file.file, file)
                continue
            _check_name(file.path)
            key = file.glossary, file.path.resolve()
            if isinstance(file, AskedFile):
                asked.setdefault(key, file)
            else:
                files.setdefault(key, file)
    return FoundFiles(list(files.values()), list(asked.values()), list(unread.values()))


_Found = SourceFile | AskedFile | UnreadFile


def _files_of(given: str, format_: str | None) -> Iterator[_Found]:
    name, path = _split_name(given)
    found: list[_Found] = list(_glossaries(path, name, format_))
    yield from found
    phrases = phrase_file_of(path)
    if phrases is not None:
        yield AskedFile(_glossary_name(_own_name(path, name), path), phrases)


def _own_name(path: Path, name: str | None) -> str:
    """Return the name of the glossary that a file, or a folder as a whole, is."""
    if name is not None:
        return name
    return path.resolve().name if path.is_dir() else path.stem


def _glossaries(path: Path, name: str | None, format_: str | None) -> Iterator[_Found]:
    refuse_as_glossary(path)
    if path.is_dir():
        candidates = sorted(_walk(path))
        every = [file for file in candidates if _is_readable(file, format_)]
        unread = list(_unread(candidates, every, format_))
        if all(map(is_asked_file, every)):
            first = f"; {Path(unread[0].file).name}: {unread[0].reason}" if unread else ""
            raise ImportFailed(f"no file in this folder can be read as a glossary{first}", path)
        yield from unread
        if name is None and _is_corpus(path, format_) and not _are_pages(path, format_):
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
    return AskedFile(glossary, path) if is_asked_file(path) else SourceFile(glossary, path, True)


def _in_corpus(folder: Path, file: Path) -> SourceFile | AskedFile:
    parts = file.relative_to(folder).parts
    if is_asked_file(file):
        return AskedFile(_glossary_name(parts[0] if len(parts) > 1 else name_of(file), file), file)
    is_of_folder = is_page(file) or is_part(file)
    own_name = folder.resolve().name if is_of_folder else file.stem
    name = parts[0] if len(parts) > 1 else own_name
    return _file(_glossary_name(name, file), file)


def _is_corpus(folder: Path, format_: str | None) -> bool:
    return any(
        file.is_file()
        and is_glossary_candidate(file)
        and _is_readable(file, format_)
        and not is_page(file)
        and not is_asked_file(file)
        for file in folder.iterdir()
    )


def _are_pages(path: Path, format_: str | None) -> bool:
    """Return whether the user named a format in which every file is an entry."""
    return format_ is not None and named(format_, path).is_page


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder that may be glossaries; links to folders are not followed."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files = (Path(place, name) for name in names)
        yield from (file for file in files if is_glossary_candidate(file) and file.is_file())


def _is_readable(file: Path, format_: str | None) -> bool:
    return is_asked_file(file) or (is_wanted(file, format_) and not is_empty(file))


def _unread(
    candidates: Iterable[Path], read: Iterable[Path], format_: str | None
) -> Iterator[UnreadFile]:
    """Yield the files that are not read; those beside the parts of a database belong to it."""
    known = set(read)
    databases = {file.parent for file in known if is_part(file)}
    for file in candidates:
        if file not in known and file.parent not in databases:
            yield UnreadFile(_shown(file), reason_unread(file, format_))


def _shown(path: Path) -> str:
    """Return a path as text; bytes of its name that are not UTF-8 are escaped."""
    return str(path).encode("utf-8", "backslashreplace").decode()


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
