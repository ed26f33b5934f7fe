"""A running service publishes edits."""

from __future__ import annotations

import asyncio
import logging
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import pending
from semsearch.server.auto_publish import publish_edits
from semsearch.storage.atomic_files import file_lock
from semsearch.storage.layout import IndexLayout

OVEN = Draft("Oven", "A hot box in which loaves are baked.")


@pytest.fixture
def layout(hashed_index: Path, tmp_path: Path) -> IndexLayout:
    """Give an index that a test may edit."""
    shutil.copytree(hashed_index, tmp_path / "index")
    return IndexLayout(tmp_path / "index")


async def _until_published(layout: IndexLayout, seconds: float) -> bool:
    """Run the task of the service until there is a second generation, or for so long."""
    task = asyncio.create_task(publish_edits(layout, interval_s=0.05))
    try:
        async with asyncio.timeout(seconds):
            while b'"generation": 2' not in layout.current.read_bytes():
                await asyncio.sleep(0.05)
        return True
    except TimeoutError:
        return False
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.mark.process
def test_edits_are_taken_in_when_nobody_edits_any_more(layout: IndexLayout) -> None:
    """By a process of its own; nothing waits then."""
    with Editor(layout.root, who="ann") as editor:
        editor.add("bakery", OVEN)
    assert asyncio.run(_until_published(layout, 60))
    assert pending(layout).changes == 0


def test_nothing_is_published_where_nothing_was_edited(layout: IndexLayout) -> None:
    """Nor where there is no store to look into."""
    assert not asyncio.run(_until_published(layout, 0.5))
    layout.store.unlink()
    assert not asyncio.run(_until_published(layout, 0.3))


@pytest.mark.process
def test_what_cannot_be_published_is_told_to_the_log(
    layout: IndexLayout, caplog: pytest.LogCaptureFixture
) -> None:
    """The service goes on, with the edits beside the index."""
    with Editor(layout.root, who="ann") as editor:
        editor.add("bakery", OVEN)
    with file_lock(layout.publishing), caplog.at_level(logging.WARNING):
        assert not asyncio.run(_until_published(layout, 15))
    assert "edits were not published and remain in the store" in caplog.text
    assert pending(layout).changes == 1
