"""Redirects: which entry has taken the place of one that is gone.

A build records one where an entry has another id than before, an edit where it deletes an entry
with a successor. Each is stored as it was recorded, and chains are followed when an id is looked
up: an entry in the middle that is restored is where the earlier ids lead again. Only a missing id
is looked up, so a redirect never hides an entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from semsearch.core.entries import Entry
from semsearch.storage.store_connection import StoreConnection
from semsearch.text.normalise import fold

_Name = tuple[str, str, str]
"""Glossary, language, and a folded name or a definition."""

MAX_STEPS = 1_000
"""Most redirects that are followed one after the other; it ends circles, too. A step takes some
microseconds."""


def record(connection: StoreConnection, id_: str, target: str) -> None:
    """Record that an entry has taken the place of another.

    Call it inside the transaction that deletes `id_`.
    """
    forget(connection, target)  # no circle
    connection.execute(
        "INSERT INTO redirect VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET target = excluded.target",
        (id_, target),
    )


def forget(connection: StoreConnection, id_: str) -> None:
    """Let an id lead nowhere."""
    connection.execute("DELETE FROM redirect WHERE id = ?", (id_,))


def target_of(connection: StoreConnection, id_: str) -> str | None:
    """Return the id of the first present entry that a missing id leads to, or None."""
    for step in range(MAX_STEPS + 1):
        if connection.execute("SELECT 1 FROM entry WHERE id = ?", (id_,)).fetchone():
            return id_ if step else None
        found = connection.execute("SELECT target FROM redirect WHERE id = ?", (id_,)).fetchone()
        if found is None:
            return None
        id_ = str(found[0])
    return None


def erase(connection: StoreConnection, id_: str) -> None:
    """Erase an id; what led to it leads to where it led, if anywhere."""
    onward = connection.execute("SELECT target FROM redirect WHERE id = ?", (id_,)).fetchone()
    if onward:
        connection.execute("UPDATE redirect SET target = ? WHERE target = ?", (*onward, id_))
    connection.execute("DELETE FROM redirect WHERE id = ? OR target IN (?, id)", (id_, id_))


def successors(gone: Collection[Entry], present: Iterable[Entry]) -> dict[str, str]:
    """Return the ids of entries that have taken the place of entries that are gone.

    A successor is of the same glossary and language. It has the term of the former entry as a name;
    else its definition, word for word. If two entries do, neither is.

    Args:
        gone: entries of the state before that have no id in the present one.
        present: all entries of the present state.
    """
    if not gone:
        return {}
    names: dict[_Name, set[str]] = {_named(one, one.term): set() for one in gone}
    texts: dict[_Name, set[str]] = {_defined(one): set() for one in gone}
    for entry in present:
        for name in (entry.term, *entry.aliases):
            if (ids := names.get(_named(entry, name))) is not None:
                ids.add(entry.id)
        if (ids := texts.get(_defined(entry))) is not None:
            ids.add(entry.id)
    found: dict[str, str] = {}
    for one in gone:
        for ids in (names[_named(one, one.term)], texts[_defined(one)]):
            if len(ids) == 1 and one.id not in found:
                (found[one.id],) = ids
    return found


def _named(entry: Entry, name: str) -> _Name:
    return entry.glossary, entry.language, fold(name)


def _defined(entry: Entry) -> _Name:
    return entry.glossary, entry.language, entry.definition
