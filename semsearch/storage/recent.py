"""Reads which entries were changed last, for the feed of changes."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing

from semsearch.storage.database import translate_corruption
from semsearch.storage.entry_reader import EntryReader, RecentEntry
from semsearch.storage.io_errors import translate_os_errors
from semsearch.storage.layout import IndexLayout


def recent_entries(
    layout: IndexLayout, limit: int, glossaries: Collection[str] = ()
) -> list[RecentEntry]:
    """Return the entries that were changed last, the latest first; none without a store.

    Args:
        layout: of the index.
        limit: most entries.
        glossaries: only of these; of all by default.

    Raises:
        StoredIndexError: the store cannot be read.
    """
    if not layout.store.exists():
        return []
    with (
        translate_os_errors(layout.root),
        translate_corruption(layout.store),
        closing(EntryReader(layout.store)) as store,
    ):
        return store.latest(limit, glossaries)
