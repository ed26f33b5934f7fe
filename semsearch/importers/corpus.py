"""Reads all files that a user names, and returns the entries and refusals of every glossary."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.entries import (
    Entry,
    LeftOut,
    Merged,
    Note,
    Refusal,
    Source,
    UnreadFile,
)
from semsearch.core.errors import EmptyFile, ImportFailed
from semsearch.core.progress import Progress, Silent, track
from semsearch.importers.asked_as_files import add_phrases
from semsearch.importers.discovery import SourceFile, find_files
from semsearch.importers.formats import format_name, reader_for, suggestion
from semsearch.importers.records import Item, ReadOptions
from semsearch.importers.records_to_entries import NO_DEFINITION, make_entries
from semsearch.importers.unread import doubts


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
    """Files of folders that no reader reads."""

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
            )


def read_corpus(
    paths: Iterable[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Read glossaries; `discovery.py` decides which files belong to which glossary.

    Args:
        paths: files, folders, or `NAME=PATH` for either; messages name files as given here.
        columns: our fields (`term`, `definition`, `aliases`, `id`, `language`) to the column of a
            table or the key of a JSON object that holds them, if it has another name.
        format: of every file, by its name in `FORMATS`; detected from each file by default.
        progress: reports the files; silent by default.

    Returns:
        The entries by glossary in the order of the paths, and in file order within each. Every
        record that did not become an entry is among the refusals, and every file of a folder that
        no reader reads among the unread.

    Raises:
        ImportFailed: a path or file cannot be read, or no entry was found.
        UnknownFormat: a file named directly has a format that no reader reads, or there is no such
            format.
    """
    options = ReadOptions(dict(columns or {}), format)
    found = find_files(paths, format)
    files = found.files
    if not files:
        raise ImportFailed("no path was given; name a file or a folder to read", ".")
    items: dict[str, list[Item]] = {}
    notes: list[Note] = []
    unread = list(found.unread)
    for file in track(files, progress or Silent(), "reading", len(files)):
        try:
            read = _read_file(file, options)
        except EmptyFile as error:
            if not file.is_found:
                raise
            unread.append(UnreadFile(str(file.path), error.reason))
            continue
        own = items.setdefault(file.glossary, [])
        own += (item for item in read if not isinstance(item, Note))
        notes += (item for item in read if isinstance(item, Note))
        notes += doubts(file.path, read, options)
    entries: list[Entry] = []
    refusals: list[Refusal] = []
    merged: list[Merged] = []
    left_out: list[LeftOut] = []
    for glossary, own in items.items():
        with _without_gc():
            made = make_entries(own, glossary)
        entries += made.entries
        refusals += made.refusals
        merged += made.merged
        left_out += made.left_out
        notes += made.notes
    if not entries:
        raise _nothing(refusals, unread)
    entries, refused = add_phrases(entries, found.asked)
    refusals += refused
    return Corpus(
        tuple(entries),
        tuple(refusals),
        len(files) - len(unread) + len(found.unread),
        tuple(merged),
        tuple(left_out),
        tuple(notes),
        tuple(unread),
    )


def _nothing(refusals: Sequence[Refusal], unread: Sequence[UnreadFile]) -> ImportFailed:
    if not refusals:
        return ImportFailed(f"no entry was found: {unread[0].reason}", unread[0].file)
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
    with _without_gc():
        read = list(reader_for(file.path, options.format)(file.path, options))
    if all(isinstance(item, Note) for item in read):
        hint = suggestion(file.path, format_name(file.path, options.format))
        reason = f"nothing in this file reads as an entry{hint and f'; {hint}'}"
        read.append(Refusal(Source(str(file.path), 1), reason))
    return read
