"""What an index follows: the setting is read strictly, the note about it never fails."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from semsearch.core.errors import FollowingStopped, IndexDamaged, IndexFollows
from semsearch.core.index_info import FollowInfo
from semsearch.storage.files.following import (
    check_follows,
    follow_info,
    followed_url,
    forget_followed_url,
    note_followed,
    refuse_mirror,
    write_followed_url,
)
from semsearch.storage.files.layout import IndexLayout

URL = "https://source.example"


@pytest.fixture
def layout(tmp_path: Path) -> IndexLayout:
    """Give a folder."""
    return IndexLayout(tmp_path)


def test_an_index_of_its_own_takes_edits(layout: IndexLayout) -> None:
    """It follows nothing, also after it was a mirror."""
    for _ in range(2):
        assert followed_url(layout) is None
        assert follow_info(layout) is None
        refuse_mirror(layout)
        with pytest.raises(FollowingStopped, match=f"does not follow {URL} any more"):
            check_follows(layout, URL)
        write_followed_url(layout, URL)
        note_followed(layout, FollowInfo(URL, 3, 1.0, None, ""))
        forget_followed_url(layout)
    assert list(layout.root.iterdir()) == []


def test_a_mirror_takes_those_of_its_source_alone(layout: IndexLayout) -> None:
    """The refusal has the address, the folder and the way out."""
    write_followed_url(layout, URL)
    check_follows(layout, URL)
    with pytest.raises(FollowingStopped):
        check_follows(layout, "https://other.example")
    with pytest.raises(IndexFollows) as refused:
        refuse_mirror(layout)
    assert str(refused.value) == (
        f"the index in {layout.root} follows {URL}; edit there, or stop following with "
        f"`semsearch follow --stop --index {layout.root}`"
    )
    assert refused.value.url == URL


def test_how_it_stands_is_told(layout: IndexLayout) -> None:
    """Seconds since it was in step; a note that cannot be read or written is none."""
    write_followed_url(layout, URL)
    assert follow_info(layout) == FollowInfo(URL, 0, 0.0, None, "")
    note_followed(layout, FollowInfo(URL, 7, time.time() - 60, 0.0, "it is down"))
    state = follow_info(layout)
    assert state is not None
    assert (state.position, state.problem) == (7, "it is down")
    assert state.in_step_ago_s is not None
    assert 60 <= state.in_step_ago_s < 1e4
    for content in (b"", b"{}", b"[" * 99_999, b'{"in_step_at": 1e999}'):
        layout.followed.write_bytes(content)
        assert follow_info(layout) == FollowInfo(URL, 0, 0.0, None, "")
    layout.followed.unlink()
    layout.followed.mkdir()
    note_followed(layout, FollowInfo(URL, 8, 1.0, 0.0, ""))


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", b'{"url": 3}', b"\xff"])
def test_a_setting_that_cannot_be_read_is_no_leave_to_edit(
    layout: IndexLayout, content: bytes
) -> None:
    """The message names the file and what to do."""
    layout.follows.write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"FOLLOWS cannot be read.*follow it again"):
        refuse_mirror(layout)
