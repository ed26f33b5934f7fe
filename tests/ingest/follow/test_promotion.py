"""A mirror that is promoted takes edits, is sound, and has another identity."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from semsearch.core.errors import IndexMissing, InvalidSetting
from semsearch.index.verify import verify
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.ingest.follow import promotion
from semsearch.ingest.follow.promotion import stop_following
from semsearch.search.glossary import Glossary
from semsearch.storage.files.following import write_followed_url
from semsearch.storage.files.layout import IndexLayout


@pytest.fixture
def mirror(hashed_index: Path, tmp_path: Path) -> Path:
    """Give an index that follows a service."""
    index = tmp_path / "mirror"
    shutil.copytree(hashed_index, index)
    write_followed_url(IndexLayout(index), "http://source.example")
    return index


def test_it_takes_edits_from_then_on(mirror: Path) -> None:
    """An index that is open goes on; so does an editor, after it has read what is there."""
    with Glossary.open(mirror) as glossary:
        before = Editor(mirror).position()
        assert stop_following(mirror) == "http://source.example"
        identity, revision = Editor(mirror).position()
        assert identity != before[0]
        assert revision == before[1]
        with Editor(mirror) as editor:
            editor.add("bakery", Draft("Scoring", "Cuts in a loaf."))
        glossary.refresh()
        assert glossary.ask("scoring").hits[0].entry.term == "Scoring"
        assert glossary.info().follows is None
    assert verify(mirror).entries == 7
    assert not (mirror / "FOLLOWS").exists()


def test_an_index_that_follows_nothing_is_told(hashed_index: Path, tmp_path: Path) -> None:
    """And a folder without one."""
    index = tmp_path / "index"
    shutil.copytree(hashed_index, index)
    with pytest.raises(InvalidSetting, match="follows nothing; it takes edits already"):
        stop_following(index)
    with pytest.raises(IndexMissing):
        stop_following(tmp_path / "none")


class Killed(Exception):
    """The process ends here."""


@pytest.mark.parametrize("step", ["_write_again", "publish", "forget_followed_url"])
def test_it_may_be_killed_at_any_step(
    mirror: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index answers all the while, and a second run finishes it."""

    def kill(*_arguments: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(promotion, step, kill)
        with pytest.raises(Killed):
            stop_following(mirror)
    with Glossary.open(mirror) as glossary:
        assert glossary.ask("crumb").hits[0].entry.term == "Crumb"
    assert stop_following(mirror) == "http://source.example"
    assert verify(mirror).entries == 7
    with Editor(mirror) as editor:
        editor.delete("bakery:crumb")
