"""Reads `NAME.asked.jsonl`: phrases by which people ask for the entries of the glossary `NAME.*`.

It adds phrases to a glossary that somebody else maintains. A line names an entry by `term` or `id`,
and has one phrase or a list under `asked_as` or `asked`:

    {"term": "Dropout", "asked_as": ["what stops a network from memorising its data?"]}

The file itself is not a glossary. Its phrases come after those in the glossary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from semsearch.core.entries import Details, Entry, Refusal, Source
from semsearch.core.errors import ImportFailed
from semsearch.importers.fields import shorten
from semsearch.importers.files.text_files import read_text
from semsearch.importers.records_to_entries import (
    MAX_PHRASES,
    clean_phrases,
    reason_against_phrases,
)
from semsearch.importers.trees.json_values import decoded
from semsearch.text.normalise import fold
from semsearch.text.slugs import slug

SUFFIX = ".asked.jsonl"
_MEMBERS = ("asked_as", "asked")


@dataclass(frozen=True, slots=True)
class AskedFile:
    """A file of phrases, and the glossary it belongs to."""

    glossary: str
    path: Path


def is_asked_file(path: Path) -> bool:
    """Return whether a file has phrases for a glossary."""
    return path.name.lower().endswith(SUFFIX)


def name_of(path: Path) -> str:
    """Return the NAME of `NAME.asked.jsonl`."""
    return path.name[: -len(SUFFIX)]


def phrase_file_of(path: Path) -> Path | None:
    """Return the file of phrases next to a file or folder, if there is one."""
    name = path.name if path.is_dir() else path.stem
    found = path.resolve().parent / f"{name}{SUFFIX}"
    return path.parent / found.name if found.is_file() else None


def refuse_as_glossary(path: Path) -> None:
    """Refuse such a file where a glossary is expected.

    Raises:
        ImportFailed: it is one.
    """
    if is_asked_file(path):
        raise ImportFailed(
            "this file has phrases for a glossary and is not a glossary itself; name the glossary, "
            f"{name_of(path)}.*, and its phrases are read too",
            path,
        )


def add_phrases(
    entries: Sequence[Entry], files: Iterable[AskedFile]
) -> tuple[list[Entry], list[Refusal]]:
    """Add the phrases of files to entries.

    Returns:
        The entries in their order, and the refusals: unreadable lines, lines without a unique
        entry, and phrases that are too long or too many.
    """
    made = list(entries)
    refusals: list[Refusal] = []
    for file in files:
        names = _Names(made, file.glossary)
        for source, line in _lines(file.path):
            refusals += (Refusal(source, reason) for reason in _add_line(made, names, line))
    return made, refusals


def _lines(path: Path) -> Iterator[tuple[Source, str]]:
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            yield Source(str(path), number), line


def _add_line(entries: list[Entry], names: _Names, line: str) -> Iterator[str]:
    """Add the phrases of a line to an entry, and yield the reasons for refusals."""
    try:
        line_ = decoded(line, SUFFIX)
    except ImportFailed as error:
        yield error.reason
        return
    phrases = _phrases(line_)
    if not isinstance(line_, dict) or not phrases:
        yield (
            'no phrase; a line reads {"term": "Dropout", '
            '"asked_as": ["what stops a network from memorising?"]}'
        )
        return
    at = names.find(line_)
    if isinstance(at, str):
        yield at
        return
    entry = entries[at]
    known = entry.details.asked_as
    for phrase in clean_phrases(phrases):
        reason = reason_against_phrases(entry.term, [phrase])
        if reason is not None:
            yield reason
        else:
            known = clean_phrases((*known, phrase))
    if len(known) > MAX_PHRASES:
        yield (
            f"{shorten(entry.term)!r} has {MAX_PHRASES} phrases already, no more are possible, so "
            f"{len(known) - MAX_PHRASES} of this line are left out"
        )
    details = {**entry.details.stated(), "asked_as": known[:MAX_PHRASES]}
    entries[at] = replace(entry, details=Details.of(details))


def _phrases(line_: object) -> list[str]:
    if not isinstance(line_, dict):
        return []
    values = [line_[name] for name in _MEMBERS if name in line_]
    several = [one for value in values for one in (value if isinstance(value, list) else [value])]
    return [one for one in several if isinstance(one, str) and one.strip()]


class _Names:
    """Ids, terms and aliases of the entries of a glossary."""

    def __init__(self, entries: Sequence[Entry], glossary: str) -> None:
        self._glossary = glossary
        self._ids: dict[str, int] = {}
        self._terms: dict[str, list[int]] = {}
        aliases: dict[str, list[int]] = {}
        for at, entry in enumerate(entries):
            if entry.glossary == glossary:
                self._ids[entry.id] = at
                self._terms.setdefault(fold(entry.term), []).append(at)
                for alias in entry.aliases:
                    aliases.setdefault(fold(alias), []).append(at)
        self._terms = {**aliases, **self._terms}

    def find(self, line_: dict[str, object]) -> int | str:
        """Return the place of the entry that a line names, or why there is none."""
        id_, term = line_.get("id"), line_.get("term")
        if isinstance(id_, str) and id_.strip():
            own = id_.strip().removeprefix(f"{self._glossary}:")
            found = self._ids.get(f"{self._glossary}:{slug(own)}")
            return (
                f"no entry of {self._glossary!r} has the id {shorten(id_)!r}"
                if found is None
                else found
            )
        if not isinstance(term, str) or not term.strip():
            return "neither a term nor an id says which entry the phrases are for"
        places = self._terms.get(fold(term), [])
        if len(places) == 1:
            return places[0]
        if places:
            count = f"{len(places)} entries of {self._glossary!r}"
            return f"{count} are called {shorten(term)!r}; name one by its id"
        return (
            f"no entry of {self._glossary!r} is called {shorten(term)!r}; write its term, or its id"
        )
