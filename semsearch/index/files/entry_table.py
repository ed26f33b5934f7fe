"""The entries of a segment with names, relations and passages: `entries.db`, written once.

Positions count from 0, glossary by glossary, so that each glossary is a range of positions.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from semsearch.core.arrays import Numbers
from semsearch.core.cached_method import cached_method
from semsearch.core.entries import Entry, Relation
from semsearch.core.progress import Progress, track
from semsearch.index.files import alphabet, relations
from semsearch.index.files.alphabet import AlphabetPlace
from semsearch.index.files.name_stems import NameStemsWriter
from semsearch.index.files.name_table import NameTable
from semsearch.storage.database import Reader, writing_once
from semsearch.storage.files.atomic_files import sync, write_array
from semsearch.storage.files.generation_layout import GenerationLayout
from semsearch.storage.rows import COLUMNS, DEFINITIONS, from_row, to_row
from semsearch.text.names import Name, names_of
from semsearch.text.normalise import fold
from semsearch.text.passages import Passage
from semsearch.text.stems import StemPlaces, stem_places
from semsearch.text.word_languages import word_language

_SCHEMA = f"""
    CREATE TABLE entry (position INTEGER PRIMARY KEY, {DEFINITIONS}) STRICT;
    CREATE TABLE name (
        key TEXT NOT NULL,
        form TEXT NOT NULL,
        kind TEXT NOT NULL,
        label TEXT NOT NULL,
        position INTEGER NOT NULL REFERENCES entry
    ) STRICT;
    CREATE TABLE name_language (
        position INTEGER NOT NULL REFERENCES entry,
        key TEXT NOT NULL,
        language TEXT NOT NULL,
        PRIMARY KEY (position, key, language)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE passage (
        row INTEGER PRIMARY KEY,
        start INTEGER NOT NULL,
        stop INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE common_question (
        position INTEGER NOT NULL REFERENCES entry,
        number INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (position, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE glossary (
        name TEXT PRIMARY KEY, first INTEGER NOT NULL, entries INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE glossary_language (
        glossary TEXT NOT NULL, language TEXT NOT NULL, PRIMARY KEY (glossary, language)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE names (count INTEGER NOT NULL, longest INTEGER NOT NULL) STRICT;
    {relations.SCHEMA}
    {alphabet.SCHEMA}
"""
_INDEXES = f"""
    CREATE INDEX name_key ON name (key);
    CREATE INDEX name_form ON name (form);
    CREATE INDEX name_begin ON name (length(key), key);
    CREATE INDEX name_end ON name (length(key), substr(key, -1));
    CREATE INDEX named_in_language ON name_language (language, position);
    CREATE INDEX entry_language ON entry (language);
    {relations.INDEXES}
    {alphabet.INDEXES}
    INSERT INTO glossary SELECT glossary, MIN(position), COUNT(*) FROM entry GROUP BY glossary;
    INSERT INTO glossary_language SELECT glossary, language FROM entry
        UNION SELECT glossary, name_language.language FROM name_language JOIN entry USING (position);
    INSERT INTO names SELECT COUNT(*), COALESCE(MAX(length(key)), 0) FROM name;
    ANALYZE;
"""  # noqa: S608 - constants


HELD_ENTRIES = 10_000
"""Entries of a segment up to which its tables are held in memory, some 2 kB an entry beside its
text, so that SQLite is in the way of no question."""

CACHED_ENTRIES = 4096
CACHED_PASSAGES = 16384
"""Cache sizes of larger segments: a few megabytes each, whatever the size."""


@dataclass(frozen=True, slots=True)
class NameLabel:
    """Id, term and glossary of an entry."""

    id: str
    term: str
    glossary: str


def write_entry_table(
    files: GenerationLayout,
    entries: Iterable[tuple[Entry, Sequence[Passage]]],
    related: Iterable[Relation],
    common: Mapping[int, Sequence[str]],
    *,
    progress: Progress,
    total: int,
) -> None:
    """Write `entries.db`, the stems of names, and the first row of each entry.

    Args:
        files: where to.
        entries: glossary by glossary.
        related: their relations.
        common: the common questions of each position that has any.
        progress: reports the entries.
        total: number of entries.
    """
    stems = NameStemsWriter()
    first_rows = [0]
    with writing_once(files.entries, _SCHEMA, _INDEXES) as connection:
        for position, (entry, passages) in enumerate(track(entries, progress, "entries", total)):
            names = names_of(entry)
            stems.add(entry, names)
            _insert(connection, position, entry, names)
            row = first_rows[-1]
            connection.executemany(
                "INSERT INTO passage VALUES (?, ?, ?)",
                ((row + i, p.start, p.end) for i, p in enumerate(passages)),
            )
            first_rows.append(row + len(passages))
        connection.executemany(
            "INSERT INTO common_question VALUES (?, ?, ?)",
            ((at, n, text) for at, texts in common.items() for n, text in enumerate(texts)),
        )
        relations.insert(connection, related)
    sync(files.entries)
    stems.write(files)
    write_array(files.first_rows, np.array(first_rows, dtype="<i8"))


def _insert(
    connection: sqlite3.Connection, position: int, entry: Entry, names: Sequence[Name]
) -> None:
    connection.execute(
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (position, *to_row(entry))
    )
    alphabet.insert(connection, position, entry)
    connection.executemany(
        "INSERT INTO name VALUES (?, ?, ?, ?, ?)",
        ((name.key, name.form, name.kind, name.label, position) for name in names),
    )
    connection.executemany(
        "INSERT INTO name_language VALUES (?, ?, ?)",
        ((position, key, tag) for key, tags in _tags_by_key(entry).items() for tag in tags),
    )


def _tags_by_key(entry: Entry) -> dict[str, set[str]]:
    """Return the languages of the names that are not, or not only, in that of the definition."""
    stated = entry.details.languages()
    names = (entry.term, *entry.aliases, *entry.details.hidden_labels) if stated else ()
    found: dict[str, set[str]] = {}
    for name in names:
        found.setdefault(fold(name), set()).update(stated.get(name, (entry.language,)))
    return {key: tags for key, tags in found.items() if tags != {entry.language}}


class EntryTable(NameTable):
    """The open `entries.db`. Thread-safe."""

    def __init__(self, file: Path, *, is_held: bool = False) -> None:
        """Open the file.

        Args:
            file: `entries.db`, which never changes.
            is_held: whether all of it that questions need is held in memory once it was read.
        """
        super().__init__(Reader(file), is_held=is_held)
        # some entries are read far more often than others
        entries = HELD_ENTRIES if is_held else CACHED_ENTRIES
        self._entry = cached_method(entries, self._read_entry)
        self._passage = cached_method(CACHED_PASSAGES, self._read_passage)
        self.stems = cached_method(entries, self._read_stems)
        self.common_question = cached_method(CACHED_PASSAGES, self._read_common_question)

    def close(self) -> None:
        """Close the file; no query may be running."""
        self._reader.close()

    def glossaries(self) -> dict[str, range]:
        """Return the positions of each glossary, by name."""
        rows = self._reader.rows("SELECT name, first, entries FROM glossary")
        return {name: range(first, first + count) for name, first, count in rows}

    def glossary_languages(self) -> dict[str, list[str]]:
        """Return the tags of the definitions and names in each glossary, by its name."""
        found: dict[str, list[str]] = {}
        for name, tag in self._reader.rows("SELECT glossary, language FROM glossary_language"):
            found.setdefault(name, []).append(tag)
        return found

    def everything(self) -> range:
        """Return all positions."""
        ranges = self.glossaries().values()
        return range(max((one.stop for one in ranges), default=0))

    @cached_property
    def languages(self) -> dict[str, Numbers]:
        """Ascending positions of the entries of each language, by tag; read on first use."""
        tags = [tag for (tag,) in self._reader.rows("SELECT DISTINCT language FROM entry")]
        if len(tags) == 1:
            return {tags[0]: np.arange(len(self.everything()))}
        of = "SELECT position FROM entry WHERE language = ? ORDER BY position"
        found = {tag: self._reader.rows(of, (tag,)) for tag in sorted(tags)}
        return {tag: np.array(rows, dtype=np.int64)[:, 0] for tag, rows in found.items()}

    @cached_property
    def name_languages(self) -> dict[str, Numbers]:
        """Ascending positions of the entries that have names with a tag of their own, by tag."""
        rows = self._reader.rows(
            "SELECT DISTINCT language, position FROM name_language ORDER BY language, position"
        )
        found: dict[str, list[int]] = {}
        for tag, position in rows:
            found.setdefault(tag, []).append(position)
        return {tag: np.array(positions, dtype=np.int64) for tag, positions in found.items()}

    @cached_property
    def commonly_asked(self) -> Numbers:
        """Ascending positions of the entries that have common questions; read on first use."""
        rows = self._reader.rows("SELECT DISTINCT position FROM common_question ORDER BY position")
        return np.array(rows, dtype=np.int64).reshape(-1)

    def position_of(self, id_: str) -> int | None:
        """Return the position of an entry by its id."""
        rows = self._reader.rows("SELECT position FROM entry WHERE id = ?", (id_,))
        return int(rows[0][0]) if rows else None

    def positions(self) -> dict[str, int]:
        """Return the positions of all entries, by id."""
        return dict(self._reader.rows("SELECT id, position FROM entry"))

    def labels(self, positions: Sequence[int]) -> list[NameLabel]:
        """Return id, term and glossary of entries in the given order, without their definitions."""
        rows = self._reader.rows(
            "SELECT entry.id, term, glossary FROM json_each(?) AS wanted "
            "JOIN entry ON position = value ORDER BY wanted.key",
            (json.dumps(positions),),
        )
        return [NameLabel(*row) for row in rows]

    def entries(self, positions: Sequence[int]) -> list[Entry]:
        """Return the entries at some positions, in the given order."""
        return [self._entry(position) for position in positions]

    def passages(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        """Return the span in its definition of the passage of each row."""
        held = self._held_passages
        if held is None:
            return [self._passage(row) for row in rows]
        return [(start, stop) for start, stop in held[rows].tolist()]

    @cached_property
    def _held_passages(self) -> NDArray[np.int32] | None:
        """The spans of all passages, (rows, 2), if they are held."""
        if not self._is_held:
            return None
        rows = self._reader.rows("SELECT start, stop FROM passage ORDER BY row")
        return np.array(rows, dtype=np.int32).reshape(-1, 2)

    def _read_entry(self, position: int) -> Entry:
        (row,) = self._reader.rows(
            f"SELECT {COLUMNS} FROM entry WHERE position = ?",  # noqa: S608 - constant
            (position,),
        )
        return from_row(row)

    def _read_passage(self, row: int) -> tuple[int, int]:
        ((start, stop),) = self._reader.rows(
            "SELECT start, stop FROM passage WHERE row = ?", (row,)
        )
        return int(start), int(stop)

    def _read_stems(self, position: int) -> tuple[StemPlaces, StemPlaces]:
        """Return where words with which stems stand in a definition, and in its term."""
        entry = self._entry(position)
        language = word_language(entry.language)
        named = word_language(entry.languages_of(entry.term)[0])
        return stem_places(entry.definition, language), stem_places(entry.term, named)

    def _read_common_question(self, position: int, number: int) -> str:
        """Return one of the common questions of an entry, by its number from 0."""
        ((text,),) = self._reader.rows(
            "SELECT text FROM common_question WHERE position = ? AND number = ?",
            (position, number),
        )
        return str(text)

    def relations_from(self, position: int) -> list[Relation]:
        """Return the links of an entry, then the entries that its definition mentions."""
        return relations.read_from(self._reader, position)

    def relations_to(self, position: int) -> list[Relation]:
        """Return the entries that link to an entry or mention it."""
        return relations.read_to(self._reader, position)

    def alphabet_after(
        self, glossary: str, place: AlphabetPlace, limit: int, end: str
    ) -> list[AlphabetPlace]:
        """Return the places after one in a glossary's alphabet, up to the key `end`."""
        return alphabet.read_after(self._reader, glossary, place, limit, end)

    def alphabet_before(
        self, glossary: str, place: AlphabetPlace, limit: int
    ) -> list[AlphabetPlace]:
        """Return the places before one in a glossary's alphabet, nearest first."""
        return alphabet.read_before(self._reader, glossary, place, limit)
