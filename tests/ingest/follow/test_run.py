"""Following until it is stopped: what passes is waited out, what does not is told."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from semsearch.core.entries import EntryPlace
from semsearch.core.errors import (
    EncoderUnavailable,
    IndexBusy,
    IndexMissing,
    InvalidSetting,
    SourceFailed,
    SourceRefused,
)
from semsearch.core.progress import Progress, Silent
from semsearch.index.backup import back_up
from semsearch.index.manifest import read_manifest
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.build import build_index
from semsearch.ingest.drafts import Draft
from semsearch.ingest.follow.answers import FeedPage, SourceInfo
from semsearch.ingest.follow.promotion import stop_following
from semsearch.ingest.follow.run import MAX_ASKED_PAUSE_S, MAX_PAUSE_S, Pace, follow_service
from semsearch.ingest.follow.service import FollowedService
from semsearch.ingest.purge import purge
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.atomic_files import file_lock
from semsearch.storage.files.following import follow_info, followed_url
from semsearch.storage.files.layout import IndexLayout
from tests.conftest import ENTRIES, PROJECT


class LocalService(FollowedService):
    """The index of another folder, without HTTP; fails as often as a test wants."""

    def __init__(self, index: Path, url: str = "http://source.example") -> None:
        super().__init__(url)
        self.index = index
        self.failures: list[Exception] = []
        self.asked = 0

    def _fail(self) -> None:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)

    def changes(self, position: str, limit: int, etag: str = "") -> FeedPage | None:
        """Return what the feed of the index has."""
        self._fail()
        identity, _, revision = position.partition("-")
        feed = Editor(self.index).feed(int(revision), limit, of_store=identity)
        tag = f'"{feed.reached}"'
        if tag == etag:
            return None
        return FeedPage(feed.changes, feed.identity[:12], feed.reached, feed.built, tag, 0)

    def places(self) -> list[EntryPlace]:
        """Return the places of the index."""
        return Editor(self.index).places()[1]

    def info(self) -> SourceInfo:
        """Return its encoder and presentation."""
        manifest = read_manifest(IndexLayout(self.index))[0]
        presentation, common = manifest.presentation.digest, manifest.common_questions
        return SourceInfo(manifest.fingerprint, manifest.model, presentation, common)

    def copy(self, file: Path, progress: Progress) -> None:
        """Back the index up."""
        self._fail()
        back_up(self.index, file, for_mirror=True)


@pytest.fixture
def service(hashed_index: Path, tmp_path: Path) -> Iterator[LocalService]:
    """Give a service over an index of its own."""
    shutil.copytree(hashed_index, tmp_path / "source")
    with LocalService(tmp_path / "source") as made:
        yield made


class Stopped(Exception):
    """A test ends the following here."""


def stopping(after: int, then: Callable[[int], None] = lambda n: None) -> Pace:
    """Return a pace that ends the following after some pauses.

    Args:
        after: pauses.
        then: is done in each pause, given its number from 1.
    """
    paused = 0

    def sleep(_seconds: float) -> None:
        nonlocal paused
        paused += 1
        then(paused)
        if paused == after:
            raise Stopped

    return Pace(sleep=sleep)


def run(
    service: FollowedService, index: Path, *, once: bool = True, pace: Pace | None = None
) -> list[str]:
    """Follow, and return what is told."""
    told: list[str] = []
    pace = pace or Pace(sleep=lambda seconds: None)
    try:
        follow_service(index, service, once=once, pace=pace, progress=Silent(), tell=told.append)
    except Stopped:
        told.append("stopped")
    return told


def test_once_copies_follows_and_publishes(service: LocalService, tmp_path: Path) -> None:
    """The first run copies, the next one brings what was edited; a generation has it."""
    mirror = tmp_path / "made" / "mirror"
    assert run(service, mirror) == [
        f"copying the index of http://source.example into {mirror}",
        f"copied the index of http://source.example into {mirror}",
    ]
    with Editor(service.index) as editor:
        added = editor.add("bakery", Draft("Scoring", "Cuts in a loaf."))
    assert run(service, mirror) == []
    layout = IndexLayout(mirror)
    assert Editor(mirror).entry(added.id).revision == added.revision
    assert read_manifest(layout)[0].revision == added.revision
    assert followed_url(layout) == "http://source.example"
    assert [path.name for path in mirror.parent.iterdir()] == ["mirror"], "nothing is left beside"


def test_once_tells_what_only_a_copy_brings(service: LocalService, tmp_path: Path) -> None:
    """Common questions come with no change, and the mirror stays as it is."""
    run(service, tmp_path / "mirror")
    build_index(ENTRIES, service.index, model="hashed", common_questions=True)
    (told,) = run(service, tmp_path / "mirror")
    assert "was built with common questions by now; move the index folder away" in told
    build_index(ENTRIES, service.index, model="hashed", common_questions=False)
    assert run(service, tmp_path / "mirror") == []


def test_what_a_copy_has_left_is_removed(service: LocalService, tmp_path: Path) -> None:
    """Its process may be killed when the index is there already."""
    mirror = tmp_path / "mirror"
    run(service, mirror)
    left = tmp_path / ".mirror.copy"
    left.mkdir()
    (left / "backup.tar").write_bytes(b"all")
    run(service, mirror)
    assert not left.exists()


def test_what_passes_is_waited_out(service: LocalService, tmp_path: Path) -> None:
    """Each new failure is told once, and that it goes on; the state says why meanwhile."""
    mirror = tmp_path / "mirror"
    run(service, mirror)
    down = SourceFailed("http://source.example cannot be reached (refused)")
    service.failures = [down, down, down]
    noted: list[str] = []

    def note(_n: int) -> None:
        state = follow_info(IndexLayout(mirror))
        noted.append(state.problem if state else "")

    told = run(service, mirror, once=False, pace=stopping(5, note))
    assert told == [f"{down}; trying again", "goes on", "stopped"]
    assert noted == [str(down)] * 3 + ["", ""]


def test_once_gives_up_after_some_attempts(service: LocalService, tmp_path: Path) -> None:
    """Also the first copy; the folder is not made."""
    service.failures = [SourceFailed("down")] * 5
    with pytest.raises(SourceFailed, match="down"):
        run(service, tmp_path / "mirror")
    assert service.asked == 5
    assert not (tmp_path / "mirror").exists()
    service.failures = [SourceFailed("down"), IndexBusy("busy"), EncoderUnavailable("away")]
    run(service, tmp_path / "mirror")


def test_what_does_not_pass_ends_it(service: LocalService, tmp_path: Path) -> None:
    """The error goes up, and the state has it."""
    mirror = tmp_path / "mirror"
    run(service, mirror)
    service.failures = [SourceRefused("the key was revoked")]
    with pytest.raises(SourceRefused, match="revoked"):
        run(service, mirror, once=False)
    state = follow_info(IndexLayout(mirror))
    assert state is not None
    assert state.problem == "the key was revoked"


def test_pauses_grow_and_vary() -> None:
    """Twice as long each time up to a minute; at least what the service asks for, to a limit."""
    pace = Pace()
    own = [pace.pause_s(n, None) for n in range(1, 12)]
    assert all(0.75 * 2**n <= pause <= 1.25 * 2**n for n, pause in enumerate(own[:6]))
    assert all(0.75 * MAX_PAUSE_S <= pause <= 1.25 * MAX_PAUSE_S for pause in own[6:])
    assert len(set(own)) == len(own)
    assert pace.pause_s(10_000, None) <= 1.25 * MAX_PAUSE_S
    assert 30 <= pace.pause_s(1, 30.0) <= 37.5
    assert MAX_ASKED_PAUSE_S <= pace.pause_s(1, 1e12) <= 1.25 * MAX_ASKED_PAUSE_S


def test_only_one_process_follows(service: LocalService, tmp_path: Path) -> None:
    """The second one says so."""
    mirror = tmp_path / "mirror"
    run(service, mirror)
    held = file_lock(IndexLayout(mirror).building)
    with held, pytest.raises(IndexBusy, match="another process follows or builds"):
        run(service, mirror)


def test_an_index_of_its_own_does_not_follow(
    service: LocalService, hashed_index: Path, tmp_path: Path
) -> None:
    """Nor does a folder with something else in it; nothing is changed."""
    index = tmp_path / "index"
    shutil.copytree(hashed_index, index)
    with pytest.raises(InvalidSetting, match="is no mirror; a mirror begins in a folder"):
        run(service, index)
    other = tmp_path / "photos"
    other.mkdir()
    (other / "photo.jpg").write_bytes(b"x")
    with pytest.raises(IndexMissing):
        run(service, other)
    assert sorted(path.name for path in other.iterdir()) == ["photo.jpg"]


def test_another_address_of_the_same_store_is_taken(
    service: LocalService, hashed_index: Path, tmp_path: Path
) -> None:
    """A service that moved; one with another store is refused."""
    mirror = tmp_path / "mirror"
    run(service, mirror)
    moved = LocalService(service.index, "https://new.example")
    assert run(moved, mirror) == [
        f"the index in {mirror} follows https://new.example from now on, and no longer "
        "http://source.example"
    ]
    assert followed_url(IndexLayout(mirror)) == "https://new.example"
    other = LocalService(hashed_index, "https://other.example")
    other.failures = [SourceRefused("another store")]
    with pytest.raises(SourceRefused, match="another store"):
        run(other, mirror)
    assert followed_url(IndexLayout(mirror)) == "https://new.example"


def test_a_mirror_that_is_promoted_meanwhile_ends(service: LocalService, tmp_path: Path) -> None:
    """It takes edits from then on, under another identity."""
    mirror = tmp_path / "mirror"
    run(service, mirror)
    told = run(service, mirror, once=False, pace=stopping(9, lambda n: promote_at(2, n, mirror)))
    assert told == [f"the index in {mirror} does not follow http://source.example any more"]
    with Editor(mirror) as editor:
        editor.delete("bakery:crumb")
        assert editor.identity != Editor(service.index).position()[0]


def promote_at(step: int, n: int, mirror: Path) -> None:
    """Promote a mirror in one of the pauses."""
    if n == step:
        assert stop_following(mirror) == "http://source.example"


@pytest.mark.process
@pytest.mark.parametrize("seed", [1, 2])
def test_a_kill_between_any_two_steps_loses_and_doubles_nothing(
    service: LocalService, tmp_path: Path, seed: int
) -> None:
    """The first copy and the following are killed again and again; the end is the same."""
    mirror = tmp_path / "mirror"
    run(service, mirror)
    shutil.copytree(mirror, tmp_path / "copied")
    if seed != 1:  # else it begins with the copy
        edit_all_ways(service.index)
    else:
        shutil.rmtree(mirror)
    command = [sys.executable, "-m", "tests.ingest.follow.killed_follow"]
    done = subprocess.run(
        [*command, str(service.index), str(mirror), str(seed)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 3
    if seed == 1:
        edit_all_ways(service.index)
        run(service, mirror)
    assert whole(mirror) == whole(service.index)
    assert verify(mirror).changed_since == 0
    assert sorted(path.name for path in tmp_path.glob("[!.]*")) == ["copied", "mirror", "source"]


def edit_all_ways(index: Path) -> None:
    """Edit an index in all ways."""
    with Editor(index) as editor:
        for n in range(2):
            lines = (
                f'{{"term": "Thing {m}", "definition": "Number {m} of {n}."}}\n' for m in range(40)
            )
            editor.take("".join(lines), "things")
        editor.delete("things:thing-7", successor="things:thing-8")
        editor.change("bakery:crumb", aliases=["inside"])
    purge(index, ["things:thing-9"])
    entries = [one.entry for one in Editor(index).changes_since(0) if one.entry]
    build_index(entries[::-1], index, model="hashed")


def whole(index: Path) -> object:
    """Return all that readers see of a store, and what later builds do."""
    with closing(EntryReader(IndexLayout(index).store)) as store:
        return (
            store.revision,
            list(store.entries()),
            store.places(),
            store.purged(),
            store.feed(0, None).changes,
            store.successor("things:thing-7"),
            store.last_build,
        )
