"""Which elements have no marked terms; in pages this is tried by `test_marking.py`."""

from __future__ import annotations

import pytest

from semsearch.doc_sites.opaque import INTERACTIVE, OPAQUE, RAW_TEXT, is_opaque


def test_the_lists_of_the_standard_are_covered() -> None:
    """All interactive content but open details, and everything whose content is raw text."""
    assert INTERACTIVE - {"details"} <= OPAQUE
    assert "details" not in OPAQUE
    assert RAW_TEXT <= OPAQUE


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, False),
        ({"hidden": None}, True),
        ({"hidden": "until-found"}, True),
        ({"aria-hidden": "TRUE "}, True),
        ({"aria-hidden": "false"}, False),
        ({"contenteditable": ""}, True),
        ({"contenteditable": "false"}, False),
        ({"role": "presentation"}, False),
        ({"role": "presentation\tButton"}, True),
        ({"class": "button", "id": "hidden"}, False),
    ],
)
def test_attributes_decide_where_the_name_does_not(
    attributes: dict[str, str | None], expected: bool
) -> None:
    """Their values are compared without case and blanks around them."""
    assert is_opaque("div", attributes) is expected
