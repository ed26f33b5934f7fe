"""Building while others edit.

A build holds the index for moments, and loses nothing that was acknowledged.

Covers `ingest/corpus_sync`.
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.torture.faults import FaultAtStep
from semsearch.core.errors import IndexBusy, InvalidSetting
from semsearch.core.progress import Progress, Silent
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.build_report import BuildReport
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import pending, publish_edits
from semsearch.search.glossary import Glossary
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import ENTRIES, PROJECT
from tests.ingest.killed_build import CHANGED, STEPS, build_and_die, command

SOON_S = 1.0
"""Within which an edit beside a build is acknowledged."""
UNLOCKED = tuple(step for step in STEPS if step not in ("storing", "publishing"))
SOFT = "The soft inside of a loaf."


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Give a freshly built index that a test may spoil."""
    build_index(ENTRIES, tmp_path / "index", model="hashed")
    return tmp_path / "index"


def _build(index: Path, progress: Progress | None = None) -> BuildReport:
    return build_index(CHANGED, index, model="hashed", progress=progress)


def _soften(index: Path) -> float:
    """Change an entry, and return how long that took."""
    began = time.monotonic()
    with Editor(index, who="ann") as editor:
        editor.change("bakery:crumb", definition=SOFT)
    return time.monotonic() - began


def _definitions(index: Path) -> dict[str, str]:
    """Return what the index answers with, and hold it to its store."""
    with Glossary.open(index) as glossary, closing(EntryReader(IndexLayout(index).store)) as store:
        shown = {entry.id: entry.definition for entry in glossary.definitions()[0]}
        assert shown == {entry.id: entry.definition for entry in store.entries()}
        assert glossary.ask(SOFT).hits
    return shown


@pytest.mark.parametrize("step", UNLOCKED)
def test_an_edit_beside_a_build_is_acknowledged_at_once_and_stays(index: Path, step: str) -> None:
    """An edit is tried during every long step of a build.

    The build shows it from the beginning, or beside the new generation.
    """
    took: list[float] = []
    report = _build(index, FaultAtStep(step, "begin", lambda: took.append(_soften(index))))
    assert report.published
    assert max(took) < SOON_S
    assert _definitions(index)["bakery:crumb"] == SOFT
    is_before = step in ("preparing", "embedding")
    assert pending(IndexLayout(index)).changes == (0 if is_before else 1)
    assert [conflict.id for conflict in report.conflicts] == (["bakery:crumb"] if is_before else [])
    again = _build(index)
    assert [conflict.id for conflict in again.conflicts] == ["bakery:crumb"]
    assert _definitions(index)["bakery:crumb"] == SOFT


@pytest.mark.parametrize("step", ["storing", "publishing"])
def test_an_edit_waits_for_the_moments_that_a_build_needs(index: Path, step: str) -> None:
    """An edit waits for the lock and is made right after; none is refused."""
    took: list[float] = []
    editing = threading.Thread(target=lambda: took.append(_soften(index)))

    def begin() -> None:
        editing.start()
        editing.join(0.1)
        assert editing.is_alive()

    _build(index, FaultAtStep(step, "begin", begin))
    editing.join()
    assert 0.1 < took[0] < SOON_S
    assert _definitions(index)["bakery:crumb"] == SOFT


def test_entries_added_and_deleted_beside_a_build(index: Path) -> None:
    """What is new is found, what was deleted does not come back, also where the corpus has it."""

    def edit() -> None:
        with Editor(index, who="ann") as editor:
            editor.add("bakery", Draft("Peel", "A long shovel for loaves."))
            editor.delete("bakery:dutch-oven")

    for step in ("embedding", "words"):
        build_index(ENTRIES, index, model="hashed", overwrite_edits=True)
        _build(index, FaultAtStep(step, "begin", edit))
        found = _definitions(index)
        assert found["bakery:peel"] == "A long shovel for loaves."
        assert "bakery:dutch-oven" not in found
        assert "bakery:scoring" in found


def test_a_text_of_before_that_is_written_again_beside_a_build_is_kept(index: Path) -> None:
    """A build forgets the vector of a dropped text, unless an edit has just brought it back."""
    dropped = ENTRIES[0]

    def edit() -> None:
        with Editor(index, who="ann") as editor:
            editor.add("pantry", Draft("Starter", dropped.definition))

    _build(index, FaultAtStep("checksums", "begin", edit))
    assert _definitions(index)["pantry:starter"] == dropped.definition
    with Editor(index, who="ann") as editor:
        editor.change("pantry:starter", aliases=["mother"])
    assert _build(index).embedded == 0


def test_a_corpus_that_is_deleted_live_beside_its_build(tmp_path: Path) -> None:
    """Nothing would be left: the build stops and the index stays as it is."""
    index = tmp_path / "index"
    build_index(ENTRIES[:2], index, model="hashed")

    def edit() -> None:
        with Editor(index, who="ann") as editor:
            editor.delete("bakery:leaven")

    with pytest.raises(InvalidSetting, match="nothing is left"):
        build_index(
            [replace(ENTRIES[0], definition="Another.")],
            index,
            model="hashed",
            progress=FaultAtStep("embedding", "begin", edit),
        )
    assert set(_definitions(index)) == {"bakery:crumb"}


@pytest.mark.process
def test_two_builds_take_turns(index: Path) -> None:
    """The second is told of the first, whatever that is at; edits and a publication are not."""
    refused: list[str] = []

    def build_too() -> None:
        with pytest.raises(IndexBusy, match=r"another build or edit of .* is under way") as caught:
            build_index(ENTRIES, index, model="hashed")
        refused.append(str(caught.value))
        _soften(index)
        assert publish_edits(IndexLayout(index), Silent())

    _build(index, FaultAtStep("embedding", "begin", build_too))
    assert len(refused) == 1
    assert _definitions(index)["bakery:crumb"] == SOFT
    assert IndexLayout(index).generation(3).root.exists()


def test_a_build_waits_for_a_publication(index: Path) -> None:
    """One of them derives a generation at a time, and both succeed."""
    _soften(index)
    reports: list[BuildReport] = []
    building = threading.Thread(target=lambda: reports.append(_build(index)))

    def begin() -> None:
        building.start()
        building.join(0.5)
        assert building.is_alive()

    assert publish_edits(IndexLayout(index), FaultAtStep("words", "begin", begin))
    building.join()
    assert reports[0].generation == 3
    assert "bakery:scoring" in _definitions(index)


@pytest.mark.process
@pytest.mark.parametrize("step", ["embedding", "storing", "words", "publishing"])
def test_what_a_killed_build_leaves_is_edited_on(index: Path, step: str) -> None:
    """No lock stays behind, and an edit made then is there after the next build."""
    assert build_and_die(index, step) == 9
    assert _soften(index) < SOON_S
    assert _definitions(index)["bakery:crumb"] == SOFT
    _build(index)
    assert _definitions(index)["bakery:crumb"] == SOFT


@pytest.mark.process
def test_a_build_that_stands_still_keeps_nobody_from_editing(index: Path) -> None:
    """A process that was stopped while it embeds, as one that takes an hour."""
    stopping = [*command(index, "embedding"), "stop"]
    with subprocess.Popen(stopping, cwd=PROJECT) as building:
        _until(lambda: _state(building.pid) == "T")
        assert all(_soften(index) < SOON_S for _ in range(3))
        building.send_signal(signal.SIGCONT)
        assert building.wait(timeout=60) == 0
    found = _definitions(index)
    assert found["bakery:crumb"] == SOFT
    assert "bakery:scoring" in found


def _state(pid: int) -> str:
    """Return the state of a process, T for one that was stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)
