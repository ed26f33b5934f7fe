"""A running service publishes edits."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

import pytest

from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import pending
from semsearch.server import auto_publish
from semsearch.storage.files.atomic_files import file_lock
from semsearch.storage.files.layout import IndexLayout

OVEN = Draft("Oven", "A hot box in which loaves are baked.")


@pytest.fixture
def layout(own_hashed_index: Path) -> IndexLayout:
    """Give an index that a test may edit."""
    return IndexLayout(own_hashed_index)


async def _until_published(
    layout: IndexLayout, seconds: float, told: list[bool] | None = None
) -> bool:
    """Run the task of the service until there is a second generation, or for so long.

    What it tells is appended to `told`.
    """
    tell = ([] if told is None else told).append
    task = asyncio.create_task(auto_publish.publish_regularly(layout, interval_s=0.05, tell=tell))
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
    """A process of its own publishes; afterwards no edit is pending."""
    with Editor(layout.root, who="ann") as editor:
        editor.add("bakery", OVEN)
    assert asyncio.run(_until_published(layout, 60))
    assert pending(layout).changes == 0


@pytest.mark.process
def test_publishing_imports_nothing_from_the_working_directory(
    layout: IndexLayout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module in the folder where the service was started is not run."""
    folder = tmp_path / "shared"
    folder.mkdir()
    for name in ("semsearch", "numpy", "typer"):
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write(__name__)")
    monkeypatch.chdir(folder)
    with Editor(layout.root, who="ann") as editor:
        editor.add("bakery", OVEN)
    published = asyncio.run(_until_published(layout, 60))
    assert not (tmp_path / "ran").exists()
    assert published


def test_nothing_is_published_where_nothing_was_edited(layout: IndexLayout) -> None:
    """An index without a store is not published either."""
    assert not asyncio.run(_until_published(layout, 0.5))
    layout.store.unlink()
    assert not asyncio.run(_until_published(layout, 0.3))


@pytest.mark.process
def test_what_cannot_be_published_is_told_to_the_log(
    layout: IndexLayout, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service goes on, with the edits beside the index."""
    with Editor(layout.root, who="ann") as editor:
        editor.add("bakery", OVEN)
    monkeypatch.setenv("SEMSEARCH_QUEUE", "0")  # no setting that the command accepts
    told: list[bool] = []
    with caplog.at_level(logging.WARNING):
        assert not asyncio.run(_until_published(layout, 15, told))
    assert "edits were not published and remain in the store: semsearch: the setting" in caplog.text
    assert told
    assert not any(told)
    assert pending(layout).changes == 1


@pytest.mark.process
def test_what_another_process_publishes_is_no_failure(
    layout: IndexLayout, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor is it a success of this one: nothing is told, and the log says nothing."""
    with Editor(layout.root, who="ann") as editor:
        editor.add("bakery", OVEN)
    told: list[bool] = []
    with file_lock(layout.publishing), caplog.at_level(logging.WARNING):
        assert not asyncio.run(_until_published(layout, 15, told))
    assert (told, caplog.text) == ([], "")
    assert pending(layout).changes == 1


@pytest.mark.process
def test_nothing_to_publish_is_no_success(layout: IndexLayout) -> None:
    """Another process has published since this one looked."""
    with Editor(layout.root, who="ann") as editor:
        editor.add("bakery", OVEN)
    assert asyncio.run(auto_publish._run(layout)) is True
    assert asyncio.run(auto_publish._run(layout)) is None
