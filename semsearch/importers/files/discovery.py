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
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
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
from semsearch.importers.corpus_file import CorpusFile, corpus_file
from semsearch.importers.files.folder_walk import link_beside, shown, walk
from semsearch.importers.files.skipped_files import is_empty, is_glossary_candidate, reason_unread
from semsearch.importers.formats.detection import without_page_id
from semsearch.importers.formats.format_lookup import is_page, is_part, is_wanted, named, reader_for
from semsearch.text.slugs import slug


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read, as the user named it, or `is_found` below a named folder.

    `stated` is what the nearest `semsearch.toml` says.
    """

    glossary: str
    path: Path
    stated: CorpusFile
    is_found: bool = False


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """The files of glossaries and the side files of phrases, each once in a glossary.

    `unread` are the other files of the named folders, except those that no glossary would be in.
    """

    files: list[SourceFile]
    asked: list[AskedFile]
    unread: list[UnreadFile]


@dataclass(frozen=True, slots=True)
class _Options:
    """What the user chose for all paths, and the nearest `semsearch.toml` of each folder."""

    format: str | None
    follow_links: bool
    by_folder: dict[Path, CorpusFile] = field(default_factory=dict)

    def stated(self, file: Path) -> CorpusFile:
        """Return what the nearest `semsearch.toml` of a file says; each folder is asked once."""
        folder = file.resolve().parent
        if folder not in self.by_folder:
            self.by_folder[folder] = corpus_file(file)
        return self.by_folder[folder]

    def format_of(self, file: Path) -> str | None:
        """Return the format that the user named, or that the nearest `semsearch.toml` states."""
        return self.format or self.stated(file).format


def find_files(
    paths: Iterable[str | Path], format_: str | None = None, *, follow_links: bool = False
) -> FoundFiles:
    """List the files of some paths, in the given order and sorted below a folder.

    Args:
        paths: files, folders, or `NAME=PATH` for either.
        format_: the format of all of them, if the user named one.
        follow_links: whether links may lead out of a named folder.

    Raises:
        ImportFailed: a path does not exist, a folder has nothing readable, a glossary would have
            no name, or a `semsearch.toml` is not valid.
        UnknownFormat: a file named directly has a suffix that no reader reads.
    """
    options = _Options(format_, follow_links)
    files: dict[tuple[str, Path], SourceFile] = {}
    asked: dict[tuple[str, Path], AskedFile] = {}
    unread: dict[str, UnreadFile] = {}
    for given in paths:
        for file in _files_of(str(given), options):
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


_ADDRESS = re.compile(r"(?:[^/=]*=)?(?:https?|ftp|s3)://", re.IGNORECASE)


def _files_of(given: str, options: _Options) -> Iterator[_Found]:
    if _ADDRESS.match(given):
        raise ImportFailed("an address is not read; download it, and name the file", given)
    name, path = split_name(given)
    found: list[_Found] = list(_glossaries(path, name, options))
    yield from found
    phrases = phrase_file_of(path)
    if phrases is not None:
        yield AskedFile(_glossary_name(_own_name(path, name), path), phrases)


def _own_name(path: Path, name: str | None) -> str:
    """Return the name of the glossary that a file, or a folder as a whole, is."""
    if name is not None:
        return name
    return path.resolve().name if path.is_dir() else path.stem


def _glossaries(path: Path, name: str | None, options: _Options) -> Iterator[_Found]:
    refuse_as_glossary(path)
    if path.is_dir():
        walked = list(walk(path, follow_links=options.follow_links))
        candidates = sorted(
            file for file in walked if isinstance(file, Path) and is_glossary_candidate(file)
        )
        every = [file for file in candidates if _is_readable(file, options)]
        unread = sorted(
            (
                file
                for file in walked
                if isinstance(file, UnreadFile) and is_glossary_candidate(Path(file.file))
            ),
            key=lambda one: one.file,
        )
        unread += _unread(candidates, every, options)
        if all(map(is_asked_file, every)):
            first = f"; {Path(unread[0].file).name}: {unread[0].reason}" if unread else ""
            raise ImportFailed(f"no file in this folder can be read as a glossary{first}", path)
        yield from unread
        if name is None and _is_corpus(path, every) and not _are_pages(path, options):
            yield from (_in_corpus(path, file, options) for file in every)
        else:
            glossary = _glossary_name(_own_name(path, name), path)
            yield from (_file(glossary, file, options) for file in every)
    elif path.exists():
        if not options.follow_links and (refused := link_beside(path)):
            raise ImportFailed(refused.reason, path)
        reader_for(path, options.format_of(path))
        glossary = _glossary_name(_own_name(path, name), path)
        yield SourceFile(glossary, path, options.stated(path))
    else:
        raise ImportFailed("no such file or folder", path)


def split_name(given: str) -> tuple[str | None, Path]:
    """Split `NAME=PATH`, unless the whole is an existing path or the name has a slash."""
    name, equals, path = given.partition("=")
    if not equals or "/" in name or os.sep in name or Path(given).exists():
        return None, Path(given)
    return name, Path(path)


def _file(glossary: str, path: Path, options: _Options) -> SourceFile | AskedFile:
    if is_asked_file(path):
        return AskedFile(glossary, path)
    return SourceFile(glossary, path, options.stated(path), is_found=True)


def _in_corpus(folder: Path, file: Path, options: _Options) -> SourceFile | AskedFile:
    parts = file.relative_to(folder).parts
    if is_asked_file(file):
        return AskedFile(_glossary_name(parts[0] if len(parts) > 1 else name_of(file), file), file)
    is_of_folder = is_page(file) or is_part(file)
    own_name = folder.resolve().name if is_of_folder else file.stem
    name = parts[0] if len(parts) > 1 else own_name
    return _file(_glossary_name(name, file), file, options)


def _is_corpus(folder: Path, readable: Iterable[Path]) -> bool:
    return any(
        file.parent == folder and not is_page(file) and not is_asked_file(file) for file in readable
    )


def _are_pages(folder: Path, options: _Options) -> bool:
    """Return whether a format is stated for the folder in which every file is an entry."""
    stated = options.format or corpus_file(folder).format
    return stated is not None and named(stated, folder).is_page


def _is_readable(file: Path, options: _Options) -> bool:
    if not os.access(file, os.R_OK):
        return False
    if is_asked_file(file):
        return True
    return is_wanted(file, options.format_of(file)) and not is_empty(file)


def _unread(
    candidates: Iterable[Path], read: Iterable[Path], options: _Options
) -> Iterator[UnreadFile]:
    """Yield the files that are not read; those beside the parts of a database belong to it."""
    known = set(read)
    databases = {file.parent for file in known if is_part(file)}
    for file in candidates:
        if file not in known and file.parent not in databases:
            yield UnreadFile(shown(file), reason_unread(file, options.format_of(file)))


def _check_name(path: Path) -> None:
    """Refuse a file name that is not UTF-8; entries state their file."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        raise ImportFailed("the name of this file is not UTF-8; rename it", ascii(path)) from None


def _glossary_name(name: str, path: Path) -> str:
    glossary = slug(without_page_id(name))
    if not glossary:
        raise ImportFailed("no name for this glossary; give it as NAME=PATH", path)
    return glossary
