"""Of an article in the layout of the Jargon File the first sense is kept."""

from __future__ import annotations

import pytest

from semsearch.importers.dictionaries.dictd import Article
from training.jargon import read_senses


@pytest.mark.parametrize(
    ("body", "definition"),
    [
        (
            "\n\n    [bakers] A dough that was\n    forgotten. See also {oven}.\n",
            "A dough that was forgotten.",
        ),
        (" n.,v.\n\n    1. To burn {bread}. 2. [rare] A burnt one.\n", "To burn bread."),
        (" /lev'n/, n.\n\n    [74-12-29] It raises. Compare {yeast}; see {dough}.\n", "It raises."),
    ],
)
def test_notes_numbers_and_references_are_left_out(body: str, definition: str) -> None:
    """The braces of references inside a sentence go, their words stay."""
    (sense,) = read_senses([Article(("burnt toast", "toast"), f"burnt toast\n{body}")])
    assert (sense.id, sense.names, sense.definition) == (
        "jargon:burnt toast",
        ("burnt toast", "toast"),
        definition,
    )


def test_an_article_that_only_refers_to_another_is_none() -> None:
    """Nothing is left of it."""
    assert [*read_senses([Article(("toast",), "toast\n\n    See {burnt toast}.\n")])] == []
