"""Generations of a mirror are published in another process, when they are due."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from semsearch.index.manifest import read_manifest
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.ingest.follow import publishing
from semsearch.ingest.follow.publishing import BackgroundPublisher
from semsearch.storage.files.layout import IndexLayout

pytestmark = pytest.mark.process


@pytest.fixture
def layout(hashed_index: Path, tmp_path: Path) -> IndexLayout:
    """Give an index with an edit that is not published."""
    shutil.copytree(hashed_index, tmp_path / "index")
    with Editor(tmp_path / "index") as editor:
        editor.add("bakery", Draft("Scoring", "Cuts in a loaf."))
    return IndexLayout(tmp_path / "index")


def published(publisher: BackgroundPublisher, layout: IndexLayout, seconds: float = 60) -> bool:
    """Look until a generation has the edit."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        publisher.look()
        if read_manifest(layout)[0].revision == 8:
            return True
        time.sleep(0.05)
    return False


def test_a_build_is_published_at_once(layout: IndexLayout) -> None:
    """A few changes are not; they wait until nothing more comes."""
    with BackgroundPublisher(layout, pytest.fail) as publisher:
        publisher.changed(is_built=False)
        assert not published(publisher, layout, 0.3)
        publisher.changed(is_built=True)
        assert published(publisher, layout)


def test_what_is_quiet_is_published(layout: IndexLayout, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small index, after some time without changes."""
    monkeypatch.setattr(publishing, "QUIET_S", 0.2)
    with BackgroundPublisher(layout, pytest.fail) as publisher:
        publisher.changed(is_built=False)
        assert published(publisher, layout)


def test_a_failure_is_told(layout: IndexLayout) -> None:
    """The edits stay in the store."""
    told: list[str] = []
    with BackgroundPublisher(layout, told.append) as publisher:
        publisher.changed(is_built=True)
        layout.current.write_bytes(b"{")
        until = time.monotonic() + 60
        while not told and time.monotonic() < until:
            publisher.look()
            time.sleep(0.05)
    assert told[0].startswith("the changes were not published and remain in the store: semsearch:")
