"""The names in `entries.db`: looked up by key, by form and by beginning.

The names of a small segment are held in memory, some 500 bytes each: a question looks up ten of
them, and SQLite takes 15 microseconds for each.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from semsearch.storage.database import Reader
from semsearch.text.names import Name

_AFTER = "\U0010ffff"
"""What sorts behind every text with the same beginning."""


@dataclass(frozen=True, slots=True)
class NamedEntry:
    """A name that matched, and the position of its entry."""

    name: Name
    position: int


class _HeldNames:
    """Names in memory, each list in the order of the table."""

    def __init__(self, names: Iterable[NamedEntry]) -> None:
        self.by_key: dict[str, list[NamedEntry]] = defaultdict(list)
        self.by_form: dict[str, list[NamedEntry]] = defaultdict(list)
        for named in names:
            self.by_key[named.name.key].append(named)
            self.by_form[named.name.form].append(named)
        self._keys = sorted(self.by_key)

    def beginning_with(self, prefix: str) -> list[NamedEntry]:
        """Return the names whose key begins with `prefix`, shortest first."""
        first = bisect_left(self._keys, prefix)
        last = bisect_left(self._keys, prefix + _AFTER, first)
        keys = sorted(self._keys[first:last], key=lambda key: (len(key), key))
        return [named for key in keys for named in self.by_key[key]]


class NameTable:
    """The names of the open `entries.db`. Thread-safe."""

    def __init__(self, reader: Reader, *, is_held: bool) -> None:
        """Take the open file, and whether all names are held in memory from the first use on."""
        self._reader = reader
        self._is_held = is_held

    @cached_property
    def _held(self) -> _HeldNames | None:
        if not self._is_held:
            return None
        return _HeldNames(self._named("1", (), _EVERYWHERE, order=" ORDER BY rowid"))

    def longest_name(self) -> int:
        """Return the length of the longest name key."""
        ((longest,),) = self._reader.rows("SELECT longest FROM names")
        return int(longest)

    def by_key(self, key: str, allowed: range, languages: Sequence[str] = ()) -> list[NamedEntry]:
        """Return the names with this key in one of the given languages, or in any."""
        if languages or self._held is None:
            return self._named("key = ?", (key,), allowed, languages)
        return _within(self._held.by_key.get(key, ()), allowed)

    def by_form(self, form: str, allowed: range, languages: Sequence[str] = ()) -> list[NamedEntry]:
        """Return names with this form; see `by_key`."""
        if languages or self._held is None:
            return self._named("form = ?", (form,), allowed, languages)
        return _within(self._held.by_form.get(form, ()), allowed)

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
        if not languages and self._held is not None:
            return _within(self._held.beginning_with(prefix), allowed)[:limit]
        return self._named(
            "key >= ? AND key < ?",
            (prefix, prefix + _AFTER),
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
        if last:
            return self._named(
                "length(key) = ? AND substr(key, -1) = ?",
                (length, last),
                _EVERYWHERE,
                order=" ORDER BY rowid",
            )
        return self._named(
            "length(key) = ? AND key >= ? AND key < ?",
            (length, first, first + _AFTER),
            _EVERYWHERE,
            order=" ORDER BY rowid",
        )

    def count_names(self) -> int:
        """Return the number of names."""
        ((count,),) = self._reader.rows("SELECT count FROM names")
        return int(count)


_EVERYWHERE = range(1 << 62)


def _within(names: Iterable[NamedEntry], allowed: range) -> list[NamedEntry]:
    """Return the names of entries in a range of positions."""
    return [named for named in names if named.position in allowed]
