"""What deleting an entry and going back to an earlier state of it mean in the store."""

from __future__ import annotations

from semsearch.core.entries import glossary_of
from semsearch.core.errors import EntryNotFound, InvalidEntry
from semsearch.ingest.edit_session import known_entry
from semsearch.storage.entry_store import Edit, EntryStore


def deletion(store: EntryStore, id_: str, expected: int | None, successor: str | None) -> Edit:
    """Return the edit that deletes an entry; see `Editor.delete`.

    Raises:
        EntryNotFound: there is none, or no successor.
        InvalidEntry: it is the last one of the index, or cannot have this successor.
    """
    known_entry(store, id_)
    if store.is_only(id_):
        raise InvalidEntry(f"{id_!r} is the last entry of the index, which cannot be empty")
    if successor is not None:
        # whether another glossary has the entry is not told: a key may not read that glossary
        if successor == id_ or glossary_of(successor) != glossary_of(id_):
            raise InvalidEntry(
                f"{id_!r} cannot lead to {successor!r}; name another entry of its glossary"
            )
        known_entry(store, successor)
    return Edit(id_, None, expected, successor=successor or "")


def restoration(store: EntryStore, id_: str, revision: int, expected: int | None) -> Edit:
    """Return the edit that restores the state at a revision; see `Editor.restore`.

    Raises:
        EntryNotFound: the entry did not exist at that revision.
    """
    versions = store.versions(id_)
    then = [version for version in versions if version.revision <= revision]
    if not versions:
        known_entry(store, id_)
    if not then or then[-1].entry is None:
        had = ", ".join(str(v.revision) for v in versions if v.entry is not None)
        raise EntryNotFound(
            f"there was no entry {id_!r} at revision {revision}; it has versions of {had}"
        )
    return Edit(id_, then[-1].entry, expected, is_restored=True)
