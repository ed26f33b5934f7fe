"""From the paths a user names to the entries of every glossary among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from semsearch.errors import ImportFailed
from semsearch.importers.entries import make_entries
from semsearch.importers.formats import reader_for
from semsearch.importers.records import ReadOptions, Record
from semsearch.importers.sources import SourceFile, find_files
from semsearch.progress import Progress, Silent, told
from semsearch.types import Entry, Refusal, Source


@dataclass(frozen=True, slots=True)
class Corpus:
    """What was read: the entries, what was refused and why, and how many files there were."""

    entries: tuple[Entry, ...]
    refusals: tuple[Refusal, ...]
    files: int


def read_corpus(
    paths: Iterable[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Read glossaries; see `sources` for which files make which glossary.

    Args:
        paths: files, folders, or `NAME=PATH` for either; files are named in messages as here.
        columns: for our fields (`term`, `definition`, `aliases`, `id`, `language`) the column
            of a table or the key of a JSON object that holds them, if it has another name.
        progress: told about the files; silent by default.

    Returns:
        The entries by glossary in the order of the paths, and in file order within each; every
        record that did not become an entry is among the refusals.

    Raises:
        ImportFailed: if a path or file cannot be read, or not one entry was found.
        UnknownFormat: if a file named directly has a suffix that no reader reads.
    """
    options = ReadOptions(dict(columns or {}))
    files = find_files(paths)
    if not files:
        raise ImportFailed("no path was given; name a file or a folder to read", ".")
    items: dict[str, list[Record | Refusal]] = {}
    for file in told(files, progress or Silent(), "reading", len(files)):
        items.setdefault(file.glossary, []).extend(_read_file(file, options))
    entries: list[Entry] = []
    refusals: list[Refusal] = []
    for glossary, read in items.items():
        made, refused = make_entries(read, glossary)
        entries += made
        refusals += refused
    if not entries:
        first = refusals[0]
        raise ImportFailed(
            f"no entry was found: {first.reason}", first.source.file, first.source.line
        )
    return Corpus(tuple(entries), tuple(refusals), len(files))


def _read_file(file: SourceFile, options: ReadOptions) -> list[Record | Refusal]:
    items = list(reader_for(file.path)(file.path, options))
    return items or [Refusal(Source(str(file.path), 1), "nothing in this file reads as an entry")]
