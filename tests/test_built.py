"""What tests share is made once, anew when its input changes, and never half."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests import built
from tests.built import cached


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the cache of this run out of it."""
    monkeypatch.setattr(built, "CACHE", tmp_path / "cache")


class Maker:
    """Makes a folder of one file, and counts how often."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, folder: Path) -> None:
        """Fill the folder."""
        self.made += 1
        folder.mkdir()
        (folder / "file").write_text(str(self.made))


def test_it_is_made_once_for_the_same_input(tmp_path: Path) -> None:
    """A copy can be spoilt; the next one is whole."""
    make = Maker()
    first = cached("thing", ["a"], make, tmp_path / "first")
    (first / "file").write_text("spoilt")
    second = cached("thing", ["a"], make, tmp_path / "second")
    assert (make.made, (second / "file").read_text()) == (1, "1")
    assert cached("thing", ["a"], make) == cached("thing", ["a"], make)


def test_another_input_replaces_it(tmp_path: Path) -> None:
    """A text, or the content of a file; what was made of the former input is gone."""
    make = Maker()
    folders = [cached("thing", inputs, make) for inputs in (["a"], ["b"], ["a", "b"], ["ab"])]
    assert (make.made, len(set(folders))) == (4, 4)
    assert [folder.exists() for folder in folders] == [False, False, False, True]
    assert (cached("other", ["ab"], make)).exists()
    assert folders[-1].exists()


def test_what_was_interrupted_is_made_again(tmp_path: Path) -> None:
    """An interruption leaves nothing that looks complete."""

    def stop(folder: Path) -> None:
        folder.mkdir()
        (folder / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cached("thing", ["a"], stop)
    found = cached("thing", ["a"], Maker(), tmp_path / "copy")
    assert [path.name for path in found.iterdir()] == ["file"]
    assert not list(built.CACHE.glob("*.unfinished"))


def test_several_that_need_it_at_once_wait_for_one(tmp_path: Path) -> None:
    """The lock is held by an open file, so threads wait as processes do."""
    make = Maker()
    threads = [
        threading.Thread(target=cached, args=("thing", ["a"], make, tmp_path / str(n)))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert make.made == 1
    assert all((tmp_path / str(n) / "file").read_text() == "1" for n in range(6))
