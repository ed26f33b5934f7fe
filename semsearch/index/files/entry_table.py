"""The entries of a segment with names, relations and passages: `entries.db`, written once.

Positions count from 0, glossary by glossary, so that each glossary is a range of positions.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from semsearch.core.arrays import Numbers
from semsearch.core.entries import Entry, Relation
from semsearch.core.progress import Progress, track
from semsearch.index.files import alphabet, relations
from semsearch.index.files.alphabet import AlphabetPlace
from semsearch.index.files.name_stems import NameStemsWriter
from semsearch.storage.atomic_files import sync, write_array
from semsearch.storage.database import Reader, writing_once
from semsearch.storage.layout import GenerationLayout
from semsearch.storage.rows import COLUMNS, DEFINITIONS, from_row, to_row
from semsearch.text.names import Name, names_of
from semsearch.text.normalise import fold
from semsearch.text.passages import Passage
from semsearch.text.stems import Stemmed, words_with_stems

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
    CREATE TABLE glossary (
        name TEXT PRIMARY KEY, first INTEGER NOT NULL, entries INTEGER NOT NULL
    ) STRICT;
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
    INSERT INTO names SELECT COUNT(*), COALESCE(MAX(length(key)), 0) FROM name;
    ANALYZE;
"""  # noqa: S608 - constants


CACHED_ENTRIES = 4096
CACHED_PASSAGES = 16384
"""Cache sizes: a few megabytes each, whatever the size of the glossary."""


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """A name that matched, and the position of its entry."""

    name: Name
    position: int


@dataclass(frozen=True, slots=True)
class NameLabel:
    """Id, term and glossary of an entry."""

    id: str
    term: str
    glossary: str


def write_snapshot(
    files: GenerationLayout,
    entries: Iterable[tuple[Entry, Sequence[Passage]]],
    related: Iterable[Relation],
    *,
    progress: Progress,
    total: int,
) -> None:
    """Write `entries.db`, the stems of names, and the first row of each entry.

    Args:
        files: where to.
        entries: glossary by glossary.
        related: their relations.
        progress: reports the entries.
        total: number of entries.
    """
    stems = NameStemsWriter()
    first_rows = [0]
    with writing_once(files.entries, _SCHEMA, _INDEXES) as connection:
        for position, (entry, passages) in enumerate(track(entries, progress, "entries", total)):
            names = names_of(entry)
            stems.add(names)
            _insert(connection, position, entry, names)
            row = first_rows[-1]
            connection.executemany(
                "INSERT INTO passage VALUES (?, ?, ?)",
                ((row + i, p.start, p.end) for i, p in enumerate(passages)),
            )
            first_rows.append(row + len(passages))
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


class Snapshot:
    """The open `entries.db`. Thread-safe."""

    def __init__(self, file: Path) -> None:
        self._reader = Reader(file)
        # The file never changes, and some entries are read far more often than others.
        self._entry = lru_cache(CACHED_ENTRIES)(self._read_entry)
        self._passage = lru_cache(CACHED_PASSAGES)(self._read_passage)
        self.stems = lru_cache(CACHED_ENTRIES)(self._read_stems)

    def close(self) -> None:
        """Close the file; no query may be running."""
        self._reader.close()

    def glossaries(self) -> dict[str, range]:
        """Return the positions of each glossary, by name."""
        rows = self._reader.rows("SELECT name, first, entries FROM glossary")
        return {name: range(first, first + count) for name, first, count in rows}

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
        return [self._entry(int(position)) for position in positions]

    def passages(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        """Return the span in its definition of the passage of each row."""
        return [self._passage(int(row)) for row in rows]

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

    def _read_stems(self, position: int) -> list[Stemmed]:
        """Return the words of a definition with their stems."""
        return words_with_stems(self._entry(position).definition)

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

    def longest_name(self) -> int:
        """Return the length of the longest name key."""
        ((longest,),) = self._reader.rows("SELECT longest FROM names")
        return int(longest)

    def by_key(self, key: str, allowed: range, languages: Sequence[str] = ()) -> list[NamedEntry]:
        """Return the names with this key in one of the given languages, or in any."""
        return self._named("key = ?", (key,), allowed, languages)

    def by_form(self, form: str, allowed: range, languages: Sequence[str] = ()) -> list[NamedEntry]:
        """Return names with this form; see `by_key`."""
        return self._named("form = ?", (form,), allowed, languages)

    def bearing(self, forms: Iterable[str], allowed: range) -> set[int]:
        """Return the positions of the entries that have a name in one of these forms."""
        rows = self._reader.rows(
            "SELECT DISTINCT position FROM json_each(?) CROSS JOIN name ON form = value "
            "WHERE position >= ? AND position < ?",
            (json.dumps(list(forms)), allowed.start, allowed.stop),
        )
        return {position for (position,) in rows}

    def by_prefix(
        self, prefix: str, allowed: range, limit: int, languages: Sequence[str] = ()
    ) -> list[NamedEntry]:
        """Return the names whose key begins with `prefix`, shortest first; see `by_key`."""
        return self._named(
            "key >= ? AND key < ?",
            (prefix, prefix + "\U0010ffff"),
            allowed,
            languages,
            " ORDER BY length(key), key LIMIT ?",
            limit,
        )

    def _named(
        self,
        where: str,
        values: tuple[str | int, ...],
        allowed: range,
        languages: Sequence[str] = (),
        order: str = "",
        *tail: int,
    ) -> list[NamedEntry]:
        if languages:
            marks = ",".join("?" * len(languages))
            where += (
                f" AND COALESCE((SELECT MAX(language IN ({marks})) FROM name_language AS own "  # noqa: S608 - marks
                "WHERE own.position = name.position AND own.key = name.key), "
                f"(SELECT language IN ({marks}) FROM entry WHERE entry.position = name.position))"
            )
        rows = self._reader.rows(
            "SELECT label, key, form, kind, position FROM name "  # noqa: S608 - constant clauses
            f"WHERE position >= ? AND position < ? AND {where}{order}",
            (allowed.start, allowed.stop, *values, *languages, *languages, *tail),
        )
        return [NamedEntry(Name(label, key, form, kind), at) for label, key, form, kind, at in rows]

    def names_like(self, length: int, first: str, last: str) -> list[NamedEntry]:
        """Return the names whose key has this length and this last or else first letter."""
        everything = range(1 << 62)
        if last:
            return self._named(
                "length(key) = ? AND substr(key, -1) = ?",
                (length, last),
                everything,
                order=" ORDER BY rowid",
            )
        after = first + "\U0010ffff"
        return self._named(
            "length(key) = ? AND key >= ? AND key < ?",
            (length, first, after),
            everything,
            order=" ORDER BY rowid",
        )

    def count_names(self) -> int:
        """Return the number of names."""
        ((count,),) = self._reader.rows("SELECT count FROM names")
        return int(count)
