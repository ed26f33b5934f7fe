"""Ids that an unknown id may stand for, read from the store without opening the index."""

from __future__ import annotations

from collections.abc import Iterator

from semsearch.core.entries import glossary_of, slug_of
from semsearch.core.near_names import MAX_BEGINNING
from semsearch.storage.entry_reader import EntryReader
from semsearch.text.slugs import slug
from semsearch.text.spelling import similarity

_MAX_COMPARED = 10_000
"""Most ids of a glossary, with the same first letter, that are compared with a misspelt one in 5
ms."""
_MIN_SIMILARITY = 0.75
"""Least share of right letters, such as one error in four letters."""
_MIN_BEGINNING = 2
"""Fewest letters of the beginning of an id."""


def suggested_ids(store: EntryReader, id_: str) -> list[str]:
    """Return the same name in another form, ids that begin with it, and one that resembles it.

    Args:
        store: open for reading.
        id_: an unknown id, with its glossary or without; of a known glossary others are not told.
    """
    known = store.glossaries()
    is_named = ":" in id_ and glossary_of(id_) in known
    glossaries = [glossary_of(id_)] if is_named else known
    name = slug(slug_of(id_) or id_)
    if not name:
        return []
    if same := [f"{one}:{name}" for one in glossaries if store.get(f"{one}:{name}")]:
        return same[:MAX_BEGINNING]
    meant = sorted(_beginning(store, glossaries, name), key=len)[:MAX_BEGINNING]
    near = max(_resembling(store, glossaries, name), default=None)
    return list(dict.fromkeys([*meant, *([near[1]] if near else [])]))


def _beginning(store: EntryReader, glossaries: list[str], name: str) -> Iterator[str]:
    if len(name) >= _MIN_BEGINNING:
        for glossary in glossaries:
            yield from store.ids_beginning_with(f"{glossary}:{name}", _MAX_COMPARED)


def _resembling(
    store: EntryReader, glossaries: list[str], name: str
) -> Iterator[tuple[float, str]]:
    for glossary in glossaries:
        for id_ in store.ids_beginning_with(f"{glossary}:{name[0]}", _MAX_COMPARED):
            share = similarity(name, slug_of(id_))
            if share >= _MIN_SIMILARITY:
                yield share, id_
