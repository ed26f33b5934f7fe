"""The short form of `benchmarks.torture.clients`, and that it notices what it looks for."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx2
import pytest

from benchmarks.torture import clients
from benchmarks.torture.clients import AcknowledgedEdit
from benchmarks.torture.kill import PromiseBroken
from benchmarks.torture.mirror import Mirror
from benchmarks.torture.service import editing_key, serving
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft


@pytest.mark.timeout(300)
def test_no_edit_over_http_is_written_over(hashed_index: Path, tmp_path: Path) -> None:
    """A hundred edits of three entries by eight clients, of which some come too late."""
    shutil.copytree(hashed_index, tmp_path / "index")
    assert clients.torture(tmp_path / "index", 100) > 0


def test_edits_that_were_lost_or_out_of_order_are_noticed(
    hashed_index: Path, tmp_path: Path
) -> None:
    """A number twice, a revision twice, one that does not rise, and one that is not stored."""
    index = Path(shutil.copytree(hashed_index, tmp_path / "index"))
    crumb = "bakery:crumb"
    with Editor(index) as editor:
        editor.change(crumb, definition="Counted up to 2.")
    one, two = AcknowledgedEdit(crumb, 1, 11, 10), AcknowledgedEdit(crumb, 2, 12, 11)
    clients.check(index, [[one], [two]])
    for made, why in (
        ([[one], [AcknowledgedEdit(crumb, 1, 12, 10)]], "written over"),
        ([[one], [AcknowledgedEdit(crumb, 2, 11, 10)]], "the same revision"),
        ([[one], [AcknowledgedEdit(crumb, 2, 12, 13)]], "a later revision was acknowledged"),
        (
            [[one], [two], [AcknowledgedEdit(crumb, 3, 13, 12)]],
            "3 edits of bakery:crumb were acknowledged, 2",
        ),
    ):
        with pytest.raises(PromiseBroken, match=why):
            clients.check(index, made)


def test_a_mirror_that_missed_something_is_noticed(hashed_index: Path, tmp_path: Path) -> None:
    """It follows adding, changing and deleting.

    What it has not heard of yet is told from what is stored.
    """
    index = Path(shutil.copytree(hashed_index, tmp_path / "index"))
    headers = {"Authorization": f"Bearer {editing_key(index)}"}
    with (
        serving(index) as (_, url),
        httpx2.Client(base_url=url, headers=headers, trust_env=False, timeout=30) as http,
        Editor(index) as editor,
    ):
        mirror = Mirror(http)
        with mirror.following():
            editor.change("bakery:crumb", definition="The soft part.", aliases=["inside"])
            editor.delete("bakery:leaven")
        mirror.check(index)
        assert mirror.entries["bakery:leaven"] is None
        assert mirror.entries["bakery:crumb"]["aliases"] == ["inside"]
        editor.add("bakery", Draft("Peel", "A long shovel."))
        with pytest.raises(PromiseBroken, match="bakery:peel"):
            mirror.check(index)
        assert mirror.follow() == 1
        mirror.check(index)
        editor.delete("bakery:peel")
        with pytest.raises(PromiseBroken, match="bakery:peel"):
            mirror.check(index)
