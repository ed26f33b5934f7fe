"""The tree of blocks that Markdown is read into."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from semsearch.importers.markdown_syntax.blocks import parse_blocks

MARKDOWN = "# A\n\nb\nc\n\n- d\n  - e\n\nf\n: g\n\n| h |\n|---|\n| i |\n"


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Leave the collector of cycles off."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_blocks_stand_in_blocks_as_in_the_text() -> None:
    """Each with the line in which it begins; inline text is left as it was written."""
    found = [
        (node.type, node.first_line, node.content)
        for top in parse_blocks(MARKDOWN).nodes
        for node in top.walk()
        if node.content or node.children
    ]
    assert [one for one in found if one[2]] == [
        ("inline", 0, "A"),
        ("inline", 2, "b\nc"),
        ("inline", 5, "d"),
        ("inline", 6, "e"),
        ("inline", 8, "f"),
        ("inline", 9, "g"),
        ("inline", 11, "h"),
        ("inline", 13, "i"),
    ]
    assert [kind for kind, _, content in found if not content] == [
        *("heading", "paragraph", "bullet_list", "list_item", "paragraph", "bullet_list"),
        *("list_item", "paragraph", "dl", "dt", "dd", "paragraph"),
        *("table", "thead", "tr", "th", "tbody", "tr", "td"),
    ]


def test_a_tree_that_nobody_holds_leaves_nothing_to_collect(uncollected: None) -> None:
    """Half a million objects in cycles would take a third of the time of a file of tiny blocks."""
    del uncollected
    parse_blocks(MARKDOWN)
    gc.collect()
    parse_blocks(MARKDOWN * 100)
    assert gc.collect() < 100
