"""Reads all files that a user names, and returns the entries and refusals of every glossary."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypedDict

from semsearch.core.entries import Entry, LeftOut, Merged, Note, Refusal, Source, UnreadFile
from semsearch.core.errors import EmptyFile, ImportFailed, InvalidSetting
from semsearch.core.presentation import Presentation
from semsearch.core.progress import Progress, Silent, track
from semsearch.importers.asked_as_files import add_phrases
from semsearch.importers.corpus_file import CorpusFile, corpus_file, presentation_of
from semsearch.importers.fields import NO_DEFINITION, chosen_columns, shorten
from semsearch.importers.files.discovery import SourceFile, find_files, split_name
from semsearch.importers.files.skipped_files import note_on_few_entries
from semsearch.importers.formats.format_lookup import format_name, reader_for, suggestion
from semsearch.importers.records import Item, ReadOptions, Record
from semsearch.importers.records_to_entries import make_entries
from semsearch.text.language_tags import language_tag


@dataclass(frozen=True, slots=True)
class Corpus:
    """The result of reading: entries, refusals with reasons, and the number of files."""

    entries: tuple[Entry, ...]
    refusals: tuple[Refusal, ...]
    files: int
    merged: tuple[Merged, ...] = ()
    """Records that became another name of an entry."""
    left_out: tuple[LeftOut, ...] = ()
    """Fields that entries cannot hold."""
    notes: tuple[Note, ...] = ()
    """Guesses of readers, and signs that a file holds more than was read."""
    unread: tuple[UnreadFile, ...] = ()
    """Files of folders that no reader reads, or that cannot be read."""
    presentation: Presentation = field(default_factory=Presentation)
    """How `semsearch.toml` shows it."""
    folders: tuple[Path, ...] = ()
    """To which the paths of files may be relative, by preference."""

    def check_readable(self) -> None:
        """Refuse a corpus without the entries of a file that cannot be read.

        Raises:
            ImportFailed: there is one; it is named.
        """
        for one in self.unread:
            if one.glossary:
                raise ImportFailed(one.reason, one.file, one.line or None)

    def check_complete(self) -> None:
        """Refuse a corpus with a refused record or an unread file.

        Raises:
            ImportFailed: there is one; it is named.
        """
        if self.refusals:
            first = self.refusals[0]
            raise ImportFailed(
                f"{first.reason} (the first of {len(self.refusals)} refused records; "
                "nothing was built)",
                first.source.file,
                first.source.line,
            )
        if self.unread:
            raise ImportFailed(
                f"{self.unread[0].reason} (the first of {len(self.unread)} files that were not "
                "read; nothing was built)",
                self.unread[0].file,
                self.unread[0].line or None,
            )


class CorpusOptions(TypedDict, total=False):
    """How files are read: the arguments of `read_corpus` that other functions pass on."""

    columns: Mapping[str, str] | None
    format: str | None
    language: str | None
    follow_links: bool


def read_corpus(
    paths: Iterable[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    language: str | None = None,
    follow_links: bool = False,
    progress: Progress | None = None,
) -> Corpus:
    """Read glossaries; `discovery.py` decides which files belong to which glossary.

    Args:
        paths: files, folders, or `NAME=PATH` for either; messages name files as given here.
        columns: our fields (`term`, `definition`, `aliases`, `id`, `language`) to the column of a
            table or the key of a JSON object that holds them, if it has another name. These and
            the format win over what `semsearch.toml` says (`corpus_file.py`).
        format: of every file, by its name in `FORMATS`; detected from each file by default.
        language: of entries whose file states none (English by default); it wins over what a page
            or a document says of itself, and over what the names of its columns suggest.
        follow_links: whether links may lead out of a named folder; whoever made the folder could
            otherwise have any file of this machine published.
        progress: reports the files; silent by default.

    Returns:
        The entries by glossary in the order of the paths, and in file order within each. Every
        record that did not become an entry is among the refusals, and every file of a folder that
        is not read among the unread.

    Raises:
        ImportFailed: a path, or a file named directly, cannot be read, or no entry was found.
        UnknownFormat: a file named directly has a format that no reader reads, or there is no such
            format.
        InvalidSetting: the language is none, or a chosen field.
    """
    if language and language_tag(language) is None:
        raise InvalidSetting(f"{shorten(language)!r} is no language; write it as en, de or pt-BR")
    paths = list(paths)
    places = [split_name(str(path))[1] for path in paths]
    options = ReadOptions(dict(columns or {}), format, language or "")
    found = find_files(paths, format, follow_links=follow_links)
    files = found.files
    if not files:
        raise ImportFailed("no path was given; name a file or a folder to read", ".")
    chosen_columns(options.columns)  # else every file would be refused for it
    read = _read_files(files, options, progress or Silent())
    nearest = (one for files in read.stated.values() for one in files)
    stated = [*map(corpus_file, places), *nearest]
    unread = (*found.unread, *read.unread)
    with _without_gc():
        made = [make_entries(own, glossary) for glossary, own in read.items.items()]
    entries = [entry for one in made for entry in one.entries]
    refusals = [refusal for one in made for refusal in one.refusals]
    if not entries:
        raise _nothing(refusals, unread)
    entries, refused = add_phrases(entries, found.asked)
    return Corpus(
        tuple(entries),
        (*refusals, *refused),
        len(files) - len(read.unread),
        tuple(merged for one in made for merged in one.merged),
        tuple(part for one in made for part in one.left_out),
        (*read.notes, *(note for one in made for note in one.notes)),
        unread,
        presentation_of(stated, read.stated),
        tuple(
            dict.fromkeys(
                (*(folder for one in stated for folder in one.folders), *map(_folder_of, places))
            )
        ),
    )


def _folder_of(path: Path) -> Path:
    return path if path.is_dir() else path.parent


@dataclass(slots=True)
class _ReadFiles:
    """The items of files by glossary, the notes on them, and the files that cannot be read.

    `stated` has the nearest `semsearch.toml` of each file.
    """

    items: dict[str, list[Item]] = field(default_factory=dict)
    stated: dict[str, list[CorpusFile]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    unread: list[UnreadFile] = field(default_factory=list)


def _read_files(
    files: Sequence[SourceFile], options: ReadOptions, progress: Progress
) -> _ReadFiles:
    """Read all files; one that was named directly must be readable."""
    found = _ReadFiles()
    for file in track(files, progress, "reading", len(files)):
        try:
            read = _read_file(file, options)
        except ImportFailed as error:
            if not file.is_found:
                raise
            found.unread.append(_unread(file, error))
            continue
        nearest = found.stated.setdefault(file.glossary, [])
        if file.stated not in nearest:
            nearest.append(file.stated)
        own = found.items.setdefault(file.glossary, [])
        own += (item for item in read if not isinstance(item, Note))
        found.notes += (item for item in read if isinstance(item, Note))
        found.notes += note_on_few_entries(file.path, read, options)
    return found


def _unread(file: SourceFile, error: ImportFailed) -> UnreadFile:
    """Name a file of a folder that cannot be read; an empty one has no entries any more."""
    path = str(file.path)
    is_own = f"{error.file}#".startswith(f"{path}#")  # and not that of a file beside it
    reason = error.reason if is_own else str(error)
    glossary = "" if isinstance(error, EmptyFile) else file.glossary
    return UnreadFile(path, reason, (is_own and error.line) or 0, glossary)


def _nothing(refusals: Sequence[Refusal], unread: Sequence[UnreadFile]) -> ImportFailed:
    if not refusals:
        first_file = next((one for one in unread if one.glossary), unread[0])
        reason = f"no entry was found: {first_file.reason}"
        return ImportFailed(reason, first_file.file, first_file.line or None)
    first = refusals[0]
    more = len(refusals) - 1
    others = ""
    if more and all(refusal.reason.startswith(NO_DEFINITION) for refusal in refusals):
        others = f", nor of {more:,} more; names alone cannot be searched by meaning"
    reason = f"no entry was found: {first.reason}{others}"
    return ImportFailed(reason, first.source.file, first.source.line)


@contextmanager
def _without_gc() -> Iterator[None]:
    """Disable the garbage collector while a file is parsed.

    Searching the trees of parsers for cycles takes a fifth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_file(file: SourceFile, options: ReadOptions) -> list[Item | Note]:
    options = replace(
        options,
        columns={**file.stated.columns, **options.columns},
        format=options.format or file.stated.format,
    )
    with _without_gc():
        read = list(reader_for(file.path, options.format)(file.path, options))
    if options.language:
        read = [
            replace(item, language=options.language)
            if isinstance(item, Record) and not item.language
            else item
            for item in read
        ]
    if all(isinstance(item, Note) for item in read):
        hint = suggestion(file.path, format_name(file.path, options.format))
        reason = f"nothing in this file reads as an entry{hint and f'; {hint}'}"
        read.append(Refusal(Source(str(file.path), 1), reason))
    return read
