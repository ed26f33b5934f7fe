"""Markdown as it is written."""

from __future__ import annotations

from semsearch.core.entries import Details, Entry
from tests.exporters.support import export


def test_names_and_relations_stand_below_the_heading() -> None:
    """Each kind in a line, as links; a definition that begins like one is kept apart by a comment."""
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
