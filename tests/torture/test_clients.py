"""The short form of `tests.torture.clients`, and that it notices what it looks for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from semsearch.editing import Editor
from tests.torture import clients
from tests.torture.clients import Edit
from tests.torture.kill import PromiseBroken


@pytest.mark.timeout(300)
def test_no_edit_over_http_is_written_over(hashed_index: Path, tmp_path: Path) -> None:
    """A hundred edits of three entries by eight clients, of which some come too late."""
    shutil.copytree(hashed_index, tmp_path / "index")
    assert clients.torture(tmp_path / "index", 100) > 0


def test_edits_that_were_lost_or_out_of_order_are_noticed(
    hashed_index: Path, tmp_path: Path
) -> None:
    """The same number twice, a revision twice, one that does not rise, and one that is not stored."""
    index = Path(shutil.copytree(hashed_index, tmp_path / "index"))
    crumb = "bakery:crumb"
    with Editor(index) as editor:
        editor.change(crumb, definition="Counted up to 2.")
    one, two = Edit(crumb, 1, 11, 10), Edit(crumb, 2, 12, 11)
    clients.judge(index, [[one], [two]])
    for made, why in (
        ([[one], [Edit(crumb, 1, 12, 10)]], "written over"),
        ([[one], [Edit(crumb, 2, 11, 10)]], "the same revision"),
        ([[one], [Edit(crumb, 2, 12, 13)]], "a later revision was acknowledged"),
        ([[one], [two], [Edit(crumb, 3, 13, 12)]], "3 edits of bakery:crumb were acknowledged, 2"),
    ):
        with pytest.raises(PromiseBroken, match=why):
            clients.judge(index, made)
