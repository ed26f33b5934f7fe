"""Markdown as it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.entries import Details, Entry, Source
from tests.exporters.support import export, written


def test_names_and_relations_stand_below_the_heading() -> None:
    """Each kind is a line of links; a comment separates a definition that begins like one."""
    details = Details(broader=("Tool",), related=("https://x.example/a_(b)",))
    entries = [
        Entry("k:peel", "Peel", "A shovel.", "k", ("a;b",), see_also=("no [b]",), details=details),
        Entry("k:c-1", "Tool", "See also: what helps.", "k"),
    ]
    made = export(entries, "markdown")
    assert b"".join(made.content()).decode() == (
        "# kitchen\n\n## Peel {#peel}\n\nAliases: a;b\n\nSee also: [no \\[b\\]](#no%20%5Bb%5D)\n\n"
        "Broader: [Tool](#c-1)\n\n"
        "Related: [https://x.example/a\\_(b)](https://x.example/a_%28b%29)\n\nA shovel.\n\n"
        "## Tool {#c-1}\n\n<!-- -->\n\nSee also: what helps.\n"
    )
    assert [(loss.id, loss.parts) for loss in made.losses()] == [("k:peel", ("aliases",))]


@pytest.mark.parametrize("name", [":", "::", " : a", "*:*"])
def test_an_extra_field_never_gets_into_the_definition(name: str, tmp_path: Path) -> None:
    """One whose name hides the beginning of its line is not written, and said to be lost."""
    details = Details(extra=((name, "A bowl.\n\n- round"), ("Owner*_", "Jane Doe")))
    peel = Entry("k:peel", "Peel", "A shovel.", "kitchen", source=Source("a", 1), details=details)
    made = written([peel], "markdown", tmp_path)["kitchen:peel"]
    assert (made.definition, made.details.extra) == ("A shovel.", (("Owner*_", "Jane Doe"),))
    assert [loss.parts for loss in export([peel], "markdown").losses()] == [("extra",)]
