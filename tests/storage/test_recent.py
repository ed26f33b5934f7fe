"""The entries that were changed last."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from semsearch.core.entries import Entry
from semsearch.storage.entry_store import Edit, EntryStore
from semsearch.storage.layout import IndexLayout
from semsearch.storage.recent import recent_entries


def test_the_latest_come_first(tmp_path: Path) -> None:
    """With revision and time; of some glossaries if they are named; none without a store."""
    layout = IndexLayout(tmp_path)
    assert recent_entries(layout, 5) == []
    rig = Entry("a:rig", "Rig", "A rope.", "a")
    with closing(EntryStore(layout.store)) as store:
        store.replace_all(
            [Entry(f"{g}:{n}", f"Term {n}", "Text.", g) for g in "ab" for n in range(3)]
        )
        (changed,) = store.apply([Edit(rig.id, rig)], who="ann")
    found = recent_entries(layout, 3)
    assert (found[0].entry, found[0].revision) == (rig, changed.revision)
    assert found[0].at.endswith("Z")
    assert len(found) == 3
    assert [one.revision for one in found] == sorted((one.revision for one in found), reverse=True)
    assert {one.entry.glossary for one in recent_entries(layout, 9, ["b"])} == {"b"}
